//! How user and password become a session: the ladder, one submission of the password, and the way out.

use crate::{
    error::{Error, Kind, Result},
    http::{self, Answer, Body, Client, Content, Credentials, Method, Request},
    json::{self, Json},
    secret::Secret,
    services::{Flavour, Rung, Service, Submit},
};

/// What one rung of the ladder came to.
enum Step {
    /// We are in.
    In,
    /// The password was taken, but no session came with it.
    Taken,
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
            Step::Taken => break,
            Step::NotOffered => {}
        }
    }
    Ok(Credentials::Basic { user: user.to_owned(), secret: password.clone() })
}

async fn climb(service: &Service, client: &Client, rung: &Rung, user: &str, password: &Secret) -> Result<Step> {
    if let Some(page) = rung.before {
        let mut before = Request::new(Method::Get, page);
        before.page = true;
        client.send(&before, &Credentials::Session).await?;
    }
    let request = request(rung, user, password)?;
    let credentials = match rung.submit {
        Submit::Basic => Credentials::Basic { user: user.to_owned(), secret: password.clone() },
        Submit::Json(_) | Submit::Form(..) => Credentials::Session,
    };
    let answer = client.send(&request, &credentials).await?;
    match judge(service, rung, &request, &answer)? {
        Step::In if client.cookies().is_none() => Ok(Step::Taken),
        step => Ok(step),
    }
}

fn request(rung: &Rung, user: &str, password: &Secret) -> Result<Request> {
    let (path, query) = http::query_pairs(rung.path);
    let method = if matches!(rung.submit, Submit::Basic) { Method::Get } else { Method::Post };
    let mut request = Request::new(method, path);
    request.query = query;
    request.once = true;
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    match rung.submit {
        Submit::Basic => {}
        Submit::Json(more) => {
            let mut body = vec![("username", Json::from(user)), ("password", Json::from(password.reveal()))];
            for (name, value) in more {
                body.push((name, json::parse(value.as_bytes())?));
            }
            request.body = Body::Json(Json::object(body));
        }
        Submit::Form(user_field, password_field, more) => {
            let mut form = vec![pair((user_field, user)), pair((password_field, password.reveal()))];
            form.extend(more.iter().copied().map(pair));
            request.body = Body::Form(form);
            request.page = true;
        }
    }
    Ok(request)
}

fn judge(service: &Service, rung: &Rung, request: &Request, answer: &Answer) -> Result<Step> {
    let failed = answer.header("x-seraph-loginreason").is_some_and(|reason| reason.contains("AUTHENTICATED_FAILED"));
    match answer.status {
        403 if answer.is_basic_switched_off() => Ok(Step::NotOffered),
        // A form answers with a page, or sends the browser on; its header says how it went.
        200..=399 if matches!(rung.submit, Submit::Form(..)) && failed => Err(wrong_password(service, request, answer)),
        302 | 303 if matches!(rung.submit, Submit::Form(..)) => Ok(Step::In),
        200..=299 if matches!(answer.content, Content::Page(_)) => Ok(Step::NotOffered),
        200..=299 => Ok(Step::In),
        404 | 405 | 410 | 501 => Ok(Step::NotOffered),
        401 => Err(wrong_password(service, request, answer)),
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

fn wrong_password(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    http::not_authorised(service, request, answer)
        .hint("the user name or the password is wrong; it is not tried again, since servers lock accounts for that")
}

fn two_steps(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    let mut error = http::failure(service, request, answer);
    error.kind = Kind::Auth;
    error.message =
        format!("Remote error: Two-step verification is on for this user. Response code: {}.", answer.status);
    error.hint("use a personal access token (`token`)")
}
