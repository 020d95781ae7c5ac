//! What stands between a request and the resource: permissions, the shapes of refusals.

use super::world::World;
use crate::sandbox::atlassian::gate::{Gate, House};
use crate::sandbox::atlassian::guard::{self, captcha, page};
pub(crate) use crate::sandbox::atlassian::guard::{Access, Refusal};
use crate::sandbox::atlassian::sign_in::{Caller, How};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

/// Where the exceptions of Data Center live.
const PACKAGE: &str = "com.atlassian.bitbucket";

/// Makes an error body of Data Center: `context` names the member at fault, `exception` comes without its package.
pub(crate) fn dc(status: u16, context: Value, message: &str, exception: &str) -> Refusal {
    let exception = if exception.is_empty() { Value::Null } else { json!(format!("{PACKAGE}.{exception}")) };
    let error = json!({ "context": context, "message": message, "exceptionName": exception });
    Box::new(Reply::json(status, &json!({ "errors": [error] })))
}

/// Makes an error body of Cloud.
pub(crate) fn cloud(status: u16, message: &str) -> Refusal {
    Box::new(Reply::json(status, &json!({ "type": "error", "error": { "message": message } })))
}

/// Makes an error body of Cloud with the members that are wrong.
pub(crate) fn cloud_fields(message: &str, field: &str, why: &str) -> Refusal {
    let error = json!({ "message": message, "fields": { field: [why] } });
    Box::new(Reply::json(400, &json!({ "type": "error", "error": error })))
}

/// The refusal of a token that was made for less.
pub(crate) fn out_of_bounds() -> Refusal {
    cloud(403, "This API is not accessible by this authentication mechanism")
}

/// The refusal of credentials on Cloud.
pub(crate) fn bad_token() -> Refusal {
    cloud(401, "Token is invalid, expired, or not supported for this endpoint.")
}

/// The refusal of credentials whose scopes do not cover the request.
pub(crate) fn scopes() -> Refusal {
    let error = json!({
        "message": "Your credentials lack one or more required privilege scopes.",
        "detail": { "granted": ["read:repository:bitbucket"], "required": ["write:repository:bitbucket"] },
    });
    Box::new(Reply::json(403, &json!({ "type": "error", "error": error })))
}

/// The refusal of user name and password on Data Center.
pub(crate) fn basic_failed(house: &'static House, reason: &'static str, status: u16) -> Refusal {
    if reason == "AUTHENTICATION_DENIED" {
        let text = "CAPTCHA required. Your account has been marked as requiring a CAPTCHA; log in with a browser.";
        return Box::new(captcha(house, *dc(status, Value::Null, text, "auth.CaptchaRequiredAuthenticationException")));
    }
    let text = "Authentication failed. Please check your credentials and try again.";
    let reply = *dc(401, Value::Null, text, "auth.IncorrectPasswordAuthenticationException");
    Box::new(reply.with("x-seraph-loginreason", reason))
}

/// The refusal of a token on Data Center.
pub(crate) fn token_failed() -> Refusal {
    let text = "Authentication failed. Please check your credentials and try again.";
    dc(401, Value::Null, text, "auth.IncorrectPasswordAuthenticationException")
}

/// The refusal of somebody who is known and may not.
pub(crate) fn not_permitted() -> Refusal {
    dc(401, Value::Null, "You are not permitted to access this resource", "AuthorisationException")
}

/// Checks that the caller may use a resource. Tokens never have global permissions on Data Center.
pub(crate) fn access(needs: Access, gate: &Gate, world: &World, caller: &Caller) -> Result<(), Refusal> {
    let house = gate.house;
    match needs {
        Access::Anyone => Ok(()),
        _ if caller.user.is_none() && house.cloud && caller.how == How::Nobody => Err(bad_token()),
        Access::User if caller.user.is_some() => Ok(()),
        Access::User if house.cloud => Err(out_of_bounds()),
        Access::User => Err(not_permitted()),
        _ if caller.user.is_none() || !world.is_admin(caller.user) => match house.cloud {
            true => Err(cloud(403, "Your credentials lack one or more required privilege scopes.")),
            false => Err(not_permitted()),
        },
        _ if caller.how == How::Token && !house.cloud => Err(not_permitted()),
        Access::Sudo if !guard::confirmed(gate, caller) => {
            let text = "This resource requires WebSudo.";
            Err(dc(401, Value::Null, text, "websudo.WebSudoRequiredException"))
        }
        _ => Ok(()),
    }
}

/// The path is there, the method is not.
pub(crate) fn wrong_method(is_cloud: bool) -> Reply {
    match is_cloud {
        true => *cloud(405, "Method not allowed"),
        false => Reply::html(405, page("405", "Method Not Allowed")),
    }
}

/// Nothing is at this path.
pub(crate) fn not_found(is_cloud: bool, path: &str, whole: &str) -> Reply {
    if is_cloud {
        return match path.starts_with("/2.0") {
            true => *cloud(404, "Resource not found"),
            false => Reply::html(404, page("Bitbucket", "Resource not found")),
        };
    }
    if !path.starts_with("/rest/") {
        return Reply::html(404, page("Not Found - Bitbucket", "404: Not Found"));
    }
    Reply::json(404, &json!({ "message": format!("null for uri: http://127.0.0.1{whole}"), "status-code": 404 }))
}
