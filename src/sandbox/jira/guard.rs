//! What stands between a request and the resource: permissions, pages for what is not there.

use super::world::World;
use crate::sandbox::atlassian::gate::Gate;
use crate::sandbox::atlassian::guard::{self, page};
pub(crate) use crate::sandbox::atlassian::guard::{Access, Refusal};
use crate::sandbox::atlassian::sign_in::Caller;
use crate::sandbox::http::Reply;
use serde_json::json;

/// Makes Jira's usual error body.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(status, &json!({ "errorMessages": [message], "errors": {} })))
}

/// Makes Jira's error body about one field.
pub(crate) fn refuse_field(field: &str, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(400, &json!({ "errorMessages": [], "errors": { field: message } })))
}

/// Checks that the caller may use a resource.
pub(crate) fn access(needs: Access, cloud: bool, gate: &Gate, world: &World, caller: &Caller) -> Result<(), Refusal> {
    if needs == Access::Anyone {
        return Ok(());
    }
    if caller.user.is_none() {
        return Err(unauthenticated(cloud));
    }
    if needs == Access::User {
        return Ok(());
    }
    if !world.is_admin(caller.user) {
        return Err(refuse(
            403,
            "You are not authorized to perform this operation. Administrator privileges are required.",
        ));
    }
    if needs == Access::Sudo && !guard::confirmed(gate, caller) {
        let body = json!({ "message": "This resource requires WebSudo.", "status-code": 401 });
        return Err(Box::new(Reply::json(401, &body)));
    }
    Ok(())
}

/// The answer to somebody who is not signed in where one must be.
pub(crate) fn unauthenticated(cloud: bool) -> Refusal {
    let reply = match cloud {
        true => Reply::text(401, "Client must be authenticated to access this resource."),
        false => *guard::nobody(),
    };
    Box::new(reply.with("www-authenticate", "OAuth realm=\"jira\""))
}

/// The path is there, the method is not.
pub(crate) fn wrong_method(cloud: bool) -> Reply {
    match cloud {
        true => Reply::json(405, &json!({ "errorMessages": ["Method Not Allowed"], "errors": {} })),
        false => Reply::html(405, page("405", "Method Not Allowed")),
    }
}

/// Nothing is at this path.
pub(crate) fn not_found(cloud: bool, path: &str, whole: &str) -> Reply {
    if !path.starts_with("/rest/") {
        return Reply::html(404, page("404", "Oops, you&#39;ve found a dead link."));
    }
    if cloud {
        let body = json!({ "errorMessages": ["No endpoint GET or POST for this path."], "errors": {}, "path": whole });
        return Reply::json(404, &body);
    }
    let message = format!("null for uri: http://127.0.0.1{whole}");
    Reply::json(404, &json!({ "message": message, "status-code": 404 }))
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
