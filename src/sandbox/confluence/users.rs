//! Users, groups, and what the server says about itself.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{ADMINS, USERS, User, UserId, World};
use crate::sandbox::atlassian::CLOUD_ID;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/_edge/tenant_info", Access::Anyone, tenant),
    row(On::Dc, "GET", "/rest/applinks/{v}/manifest", Access::Anyone, manifest),
    row(On::Dc, "GET", "/rest/api/server-information", Access::User, server_information),
    row(On::Cloud, "GET", "/rest/api/settings/systemInfo", Access::Admin, system_info),
    row(On::Both, "GET", "/rest/api/user/current", Access::Anyone, current),
    row(On::Both, "GET", "/rest/api/user/anonymous", Access::Anyone, anonymous),
    row(On::Both, "GET", "/rest/api/user", Access::User, get),
    row(On::Both, "GET", "/rest/api/user/memberof", Access::User, member_of),
    row(On::Dc, "GET", "/rest/api/user/list", Access::User, all),
    row(On::Dc, "GET", "/rest/api/admin/users/list/active", Access::Sudo, active),
    row(On::Cloud, "GET", "/rest/api/user/bulk", Access::User, bulk),
    row(On::Cloud, "POST", "/api/v2/users-bulk", Access::User, bulk_v2),
    row(On::Cloud, "GET", "/rest/api/search/user", Access::User, search),
    row(On::Both, "GET", "/rest/api/group", Access::User, groups),
    row(On::Cloud, "GET", "/rest/api/group/picker", Access::User, groups),
    row(On::Cloud, "GET", "/rest/api/group/by-id", Access::User, group),
    row(On::Dc, "GET", "/rest/api/group/{}", Access::User, group),
    row(On::Dc, "GET", "/rest/api/group/{}/member", Access::User, members),
    row(On::Cloud, "GET", "/rest/api/group/{}/membersByGroupId", Access::User, members),
    row(On::Dc, "POST", "/rest/api/admin/user", Access::Sudo, create),
    row(On::Dc, "PUT", "/rest/api/admin/user/{}/disable", Access::Sudo, disable),
    row(On::Dc, "PUT", "/rest/api/admin/user/{}/enable", Access::Sudo, enable),
    row(On::Dc, "DELETE", "/rest/api/admin/user/{}", Access::Sudo, remove),
    row(On::Dc, "POST", "/rest/api/admin/group", Access::Sudo, create_group),
    row(On::Cloud, "POST", "/rest/api/group", Access::Admin, create_group),
    row(On::Dc, "DELETE", "/rest/api/admin/group/{}", Access::Sudo, remove_group),
    row(On::Cloud, "DELETE", "/rest/api/group/by-id", Access::Admin, remove_group),
    row(On::Dc, "PUT", "/rest/api/user/{}/group/{}", Access::Sudo, join),
    row(On::Dc, "DELETE", "/rest/api/user/{}/group/{}", Access::Sudo, leave),
    row(On::Cloud, "POST", "/rest/api/group/userByGroupId", Access::Admin, join),
    row(On::Cloud, "DELETE", "/rest/api/group/userByGroupId", Access::Admin, leave),
];

fn tenant(_: &mut Call) -> Outcome {
    Call::ok(&json!({ "cloudId": CLOUD_ID }))
}

/// Tells the version to everybody; there is no server info resource.
fn manifest(call: &mut Call) -> Outcome {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><manifest>\
         <id>8f6c1f8e-93b4-3b5c-9f0e-5a4f1ed2c0aa</id><name>Practice Confluence</name><typeId>confluence</typeId>\
         <version>{}</version><buildNumber>9116</buildNumber><applinksVersion>10.2.4</applinksVersion>\
         <inboundAuthenticationTypes>com.atlassian.applinks.api.auth.types.OAuthAuthenticationProvider</inboundAuthenticationTypes>\
         <publicSignup>false</publicSignup><url>{}</url></manifest>",
        call.gate.version(),
        call.face.base
    );
    Ok(Reply::typed(200, "application/xml;charset=UTF-8", xml))
}

fn server_information(call: &mut Call) -> Outcome {
    Call::ok(&json!({
        "baseUrl": call.face.base, "version": call.gate.version(), "majorVersion": call.gate.version().split('.').next(),
        "buildNumber": 9116, "buildDate": "2026-06-01",
    }))
}

fn system_info(call: &mut Call) -> Outcome {
    let host = call.face.base.split("//").nth(1).unwrap_or_default().split('/').next();
    Call::ok(&json!({
        "cloudId": CLOUD_ID, "commitHash": "5f0e0a1", "baseUrl": call.face.base, "edition": "premium",
        "siteTitle": "Practice Confluence", "defaultLocale": "en_US", "defaultTimeZone": "Etc/UTC", "microsPerimeter": host,
    }))
}

fn current(call: &mut Call) -> Outcome {
    Call::ok(&match call.caller.user {
        Some(id) => call.face.user(&call.world.users[id]),
        None => call.face.nobody(),
    })
}

fn anonymous(call: &mut Call) -> Outcome {
    Call::ok(&call.face.nobody())
}

/// Finds the user that the query or the path names.
fn named(call: &Call) -> Result<UserId, Refusal> {
    let request = call.request;
    let names: &[&str] = if call.face.cloud { &["accountId"] } else { &["username", "key"] };
    let text = names.iter().find_map(|name| request.param(name)).or(call.args.first().map(String::as_str));
    let text = text.ok_or_else(|| refuse(400, "BadRequestException", "No user given"))?;
    find(call.world, text)
}

fn find(world: &World, text: &str) -> Result<UserId, Refusal> {
    let found = world.user(text);
    found.ok_or_else(|| refuse(404, "NotFoundException", format!("No user found with key : {text}")))
}

fn get(call: &mut Call) -> Outcome {
    let user = &call.world.users[named(call)?];
    let mut value = call.face.user(user);
    if !call.face.cloud {
        value["status"] = json!(if user.active { "current" } else { "deactivated" });
        value["email"] = json!(user.email);
    }
    Call::ok(&value)
}

fn member_of(call: &mut Call) -> Outcome {
    let user = &call.world.users[named(call)?];
    let all: Vec<Value> = user.groups.iter().map(|g| call.face.group(g)).collect();
    Call::ok(&call.page(&all, 200, 200)?)
}

fn everybody(call: &Call, fits: impl Fn(&User) -> bool) -> Vec<Value> {
    call.world.users.iter().filter(|u| fits(u)).map(|u| call.face.user(u)).collect()
}

fn all(call: &mut Call) -> Outcome {
    Call::ok(&call.page(&everybody(call, |_| true), 200, 200)?)
}

fn active(call: &mut Call) -> Outcome {
    Call::ok(&call.page(&everybody(call, |u| u.active), 200, 200)?)
}

fn bulk(call: &mut Call) -> Outcome {
    let asked: Vec<&str> = call.request.params("accountId");
    Call::ok(&call.page(&everybody(call, |u| asked.contains(&u.account_id.as_str())), 200, 200)?)
}

fn bulk_v2(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let asked: Vec<&str> = body["accountIds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Call::ok(&json!({ "results": everybody(call, |u| asked.contains(&u.account_id.as_str())), "_links": {} }))
}

/// Finds users by `user.fullname ~ "text"`.
fn search(call: &mut Call) -> Outcome {
    let cql = call.request.param("cql").unwrap_or_default();
    let text = cql.split('"').nth(1).unwrap_or_default().trim_matches('*').to_lowercase();
    let fits = |u: &&User| u.display.to_lowercase().contains(&text) || u.account_id.to_lowercase() == text;
    let found: Vec<Value> = call
        .world
        .users
        .iter()
        .filter(fits)
        .map(|u| json!({ "user": call.face.user(u), "title": u.display, "excerpt": "", "url": "", "entityType": "user" }))
        .collect();
    Call::ok(&call.page(&found, 25, 200)?)
}

fn groups(call: &mut Call) -> Outcome {
    let text = call.request.param("query").unwrap_or_default().to_lowercase();
    let all: Vec<Value> =
        call.world.groups.iter().filter(|g| g.to_lowercase().contains(&text)).map(|g| call.face.group(g)).collect();
    Call::ok(&call.page(&all, 200, 200)?)
}

/// Finds the group that the query or the `n`th place of the path names.
fn named_group(call: &Call, n: usize) -> Result<String, Refusal> {
    let asked = [call.request.param("id"), call.request.param("groupId"), call.request.param("name")];
    let text = asked.into_iter().flatten().next().unwrap_or(call.arg(n));
    let fits = |g: &&String| g.as_str() == text || (call.face.cloud && super::face::group_id(g) == text);
    let found = call.world.groups.iter().find(fits).cloned();
    found.ok_or_else(|| refuse(404, "NotFoundException", format!("No group found with name : {text}")))
}

fn group(call: &mut Call) -> Outcome {
    Call::ok(&call.face.group(&named_group(call, 0)?))
}

fn members(call: &mut Call) -> Outcome {
    let name = named_group(call, 0)?;
    Call::ok(&call.page(&everybody(call, |u| u.groups.contains(&name)), 200, 200)?)
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().trim().to_owned();
    let name = text("userName");
    if name.is_empty() || text("email").is_empty() {
        return Err(refuse(400, "BadRequestException", "userName and email are required"));
    }
    if call.world.user(&name).is_some() {
        return Err(refuse(409, "ConflictException", format!("A user with name {name} exists already")));
    }
    let number = call.world.next_id();
    call.world.users.push(User {
        key: format!("{number:032x}"),
        account_id: format!("5e20{number:020x}"),
        display: if text("fullName").is_empty() { name.clone() } else { text("fullName") },
        name,
        email: text("email"),
        active: true,
        app: false,
        groups: vec![USERS.into()],
        outsider: false,
    });
    Ok(Reply::json(201, &json!({ "userKey": format!("{number:032x}") })))
}

fn disable(call: &mut Call) -> Outcome {
    let id = named(call)?;
    call.world.users[id].active = false;
    Call::done()
}

fn enable(call: &mut Call) -> Outcome {
    let id = named(call)?;
    call.world.users[id].active = true;
    Call::done()
}

/// A user who is gone keeps the place, since pages point to it.
fn remove(call: &mut Call) -> Outcome {
    let id = named(call)?;
    let user = &mut call.world.users[id];
    user.active = false;
    user.groups.clear();
    user.display.push_str(" (Deleted)");
    Ok(Reply::json(202, &json!({ "longTaskLink": { "id": "1", "links": { "status": "/rest/api/longtask/1" } } })))
}

fn create_group(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().trim().to_owned();
    if name.is_empty() || call.world.groups.contains(&name) {
        return Err(refuse(400, "BadRequestException", format!("A group named '{name}' exists already or is no name")));
    }
    let value = call.face.group(&name);
    call.world.groups.push(name);
    Ok(Reply::json(201, &value))
}

fn remove_group(call: &mut Call) -> Outcome {
    let name = named_group(call, 0)?;
    if [ADMINS, USERS].contains(&name.as_str()) {
        return Err(refuse(403, "PermissionException", "This group cannot be removed"));
    }
    call.world.groups.retain(|g| *g != name);
    for user in &mut call.world.users {
        user.groups.retain(|g| *g != name);
    }
    Call::done()
}

/// Finds the user and the group that a membership is about.
fn membership(call: &Call) -> Result<(UserId, String), Refusal> {
    if !call.face.cloud {
        return Ok((find(call.world, call.arg(0))?, named_group(call, 1)?));
    }
    let account = match call.request.param("accountId") {
        Some(id) => id.to_owned(),
        None => call.body()?["accountId"].as_str().unwrap_or_default().to_owned(),
    };
    Ok((find(call.world, &account)?, named_group(call, 1)?))
}

fn join(call: &mut Call) -> Outcome {
    let (user, group) = membership(call)?;
    let groups = &mut call.world.users[user].groups;
    if !groups.contains(&group) {
        groups.push(group);
    }
    if call.face.cloud { Ok(Reply::json(201, &json!({}))) } else { Call::done() }
}

fn leave(call: &mut Call) -> Outcome {
    let (user, group) = membership(call)?;
    call.world.users[user].groups.retain(|g| *g != group);
    Call::done()
}
