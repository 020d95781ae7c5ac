//! What stands between a request and the resource: permissions, the shapes of refusals.

use super::world::World;
use crate::sandbox::atlassian::gate::Gate;
use crate::sandbox::atlassian::guard::{self, page};
pub(crate) use crate::sandbox::atlassian::guard::{Access, Refusal};
use crate::sandbox::atlassian::sign_in::Caller;
use crate::sandbox::http::Reply;
use serde_json::json;

fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        _ => "Error",
    }
}

/// Makes the usual error body of the first version of the API.
pub(crate) fn refuse(status: u16, exception: &str, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    let package = "com.atlassian.confluence.api.service.exceptions";
    let body = json!({
        "statusCode": status,
        "data": { "authorized": status != 403 && status != 401, "valid": status != 400, "allowedInReadOnlyMode": true, "errors": [], "successful": false },
        "message": format!("{package}.{exception}: {message}"),
        "reason": reason(status),
    });
    Box::new(Reply::json(status, &body))
}

/// Makes the error body of a value that breaks a rule.
pub(crate) fn invalid(message: &str, what: &str) -> Refusal {
    let body = json!({
        "statusCode": 400,
        "data": {
            "authorized": true, "valid": false, "allowedInReadOnlyMode": true, "successful": false,
            "errors": [{ "message": { "key": message, "translation": message, "args": [] } }],
        },
        "message": format!("com.atlassian.confluence.api.service.exceptions.BadRequestException: {what}"),
        "reason": "Bad Request",
    });
    Box::new(Reply::json(400, &body))
}

/// There is no such content, or not for the caller.
pub(crate) fn missing(id: &str) -> Refusal {
    let text = format!("No content found with id: ContentId{{id={}}}", id.trim_start_matches("att"));
    refuse(404, "NotFoundException", text)
}

/// The answer of Cloud to somebody who may not use it.
pub(crate) fn not_permitted() -> Reply {
    Reply::json(403, &json!({ "message": "Current user not permitted to use Confluence", "statusCode": 403 }))
}

/// Checks that the caller may use a resource.
pub(crate) fn access(needs: Access, gate: &Gate, world: &World, caller: &Caller) -> Result<(), Refusal> {
    if needs == Access::Anyone {
        return Ok(());
    }
    if caller.user.is_none() {
        return Err(Box::new(guard::nobody().with("www-authenticate", guard::realm(gate.house))));
    }
    if needs == Access::User {
        return Ok(());
    }
    if !world.is_admin(caller.user) {
        return Err(refuse(403, "PermissionException", "Only administrators may do this"));
    }
    if needs == Access::Sudo && !guard::confirmed(gate, caller) {
        let body = json!({ "message": "This resource requires WebSudo.", "status-code": 401 });
        return Err(Box::new(Reply::json(401, &body)));
    }
    Ok(())
}

/// The path is there, the method is not.
pub(crate) fn wrong_method(cloud: bool) -> Reply {
    match cloud {
        true => Reply::json(405, &json!({ "timestamp": 0, "status": 405, "error": "Method Not Allowed" })),
        false => Reply::html(405, page("405", "Method Not Allowed")),
    }
}

/// Nothing is at this path.
pub(crate) fn not_found(path: &str, whole: &str) -> Reply {
    if path.starts_with("/api/v2/") {
        return *super::v2::missing("the resource");
    }
    if !path.starts_with("/rest/") {
        return Reply::html(404, page("Page Not Found", "Page Not Found"));
    }
    Reply::json(404, &json!({ "message": format!("null for uri: http://127.0.0.1{whole}"), "status-code": 404 }))
}

/// The path lies outside of the site.
pub(crate) fn outside(cloud: bool, path: &str) -> Reply {
    if cloud {
        return Reply::json(404, &json!({ "code": 404, "message": "No tenant found" }));
    }
    if path == "/" {
        return Reply::redirect(302, &format!("{}/", super::DC_PATH));
    }
    Reply::html(404, page("HTTP Status 404", "Not Found"))
}

/// A resource of the first version that Cloud has taken away.
pub(crate) fn gone() -> Reply {
    Reply::json(410, &json!({ "code": 410, "message": "This deprecated endpoint has been removed" }))
}
