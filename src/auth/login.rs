//! How user and password become a session: the ladder, one submission of the password, and the way out.

use crate::{
    error::{Error, Kind, Result},
    http::{self, Answer, Body, Client, Content, Credentials, Method, Request},
    json::{self, Json},
    secret::Secret,
    services::{Flavour, Rung, Service},
};

/// What one rung of the ladder came to.
enum Step {
    /// We are in.
    In,
    /// This server does not offer it; the password was not judged.
    NotOffered,
}

/// Logs in by the first rung that the server offers. Where it offers none, the answer is Basic authentication.
///
/// A password that was refused is never sent again, in this or another form: servers lock accounts for that.
pub(super) async fn log_in(
    service: &Service,
    flavour: &Flavour,
    client: &Client,
    user: &str,
    password: &Secret,
) -> Result<Credentials> {
    for rung in flavour.ladder {
        match climb(service, client, rung, user, password).await? {
            Step::In => return Ok(Credentials::Session),
            Step::NotOffered => {}
        }
    }
    Ok(Credentials::Basic { user: user.to_owned(), secret: password.clone() })
}

async fn climb(service: &Service, client: &Client, rung: &Rung, user: &str, password: &Secret) -> Result<Step> {
    let request = request(rung, user, password)?;
    let answer = client.send(&request, &Credentials::Session).await?;
    judge(service, &request, &answer)
}

fn request(rung: &Rung, user: &str, password: &Secret) -> Result<Request> {
    let mut body = vec![("username", Json::from(user)), ("password", Json::from(password.reveal()))];
    for (name, value) in rung.more {
        body.push((name, json::parse(value.as_bytes())?));
    }
    let mut request = Request::new(Method::Post, rung.path);
    request.body = Body::Json(Json::object(body));
    request.once = true;
    Ok(request)
}

fn judge(service: &Service, request: &Request, answer: &Answer) -> Result<Step> {
    match answer.status {
        200..=299 if matches!(answer.content, Content::Page(_)) => Ok(Step::NotOffered),
        200..=299 => Ok(Step::In),
        404 | 405 | 410 | 501 => Ok(Step::NotOffered),
        401 => Err(http::not_authorised(service, request, answer).hint(
            "the user name or the password is wrong; it is not tried again, since servers lock accounts for that",
        )),
        412 => Err(two_steps(service, request, answer)),
        // A refusal that gives no reason of the log-in machinery is about the resource, not about the password.
        403 if answer.header("x-authentication-denied-reason").is_none()
            && answer.header("x-seraph-loginreason").is_none() =>
        {
            Ok(Step::NotOffered)
        }
        _ => Err(http::failure(service, request, answer)),
    }
}

fn two_steps(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    let mut error = http::failure(service, request, answer);
    error.kind = Kind::Auth;
    error.message =
        format!("Remote error: Two-step verification is on for this user. Response code: {}.", answer.status);
    error.hint("use a personal access token (`token`)")
}
