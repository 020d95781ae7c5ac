//! The Universal Plugin Manager, which is a part of Jira, Confluence, Bamboo and Bitbucket.
//!
//! It lives under `/rest/plugins/1.0/` of its host. The host says who asks and hands the request over:
//! [`Upm::answer`] is all that it needs to know.

mod apps;
mod install;
mod licence;
mod seed;
mod tasks;
mod world;

use super::atlassian::gate::Gate;
use super::http::{Reply, Request};
use super::table::{self, Found, Row, row};
use serde_json::{Value, json};
use world::World;

/// Where it lives.
const ROOT: &str = "/rest/plugins/1.0";

/// Who asks, as the host has found out.
pub(crate) struct Visitor {
    pub user: Option<String>,
    pub admin: bool,
    /// The password came with the request, or the session is a secure one, or the host does not ask for that.
    pub confirmed: bool,
}

/// The plugin manager of one host.
pub(crate) struct Upm {
    /// The context path of the host, such as `/jira`; nothing on Cloud.
    prefix: &'static str,
    /// Made when first asked for.
    world: Option<World>,
}

/// A refusal, boxed because it is the rare case.
pub(crate) type Refusal = Box<Reply>;
pub(crate) type Outcome = Result<Reply, Refusal>;
pub(crate) type Play = for<'a, 'b> fn(&'a mut Call<'b>) -> Outcome;

/// One request to one resource.
pub(crate) struct Call<'a> {
    world: &'a mut World,
    request: &'a Request,
    args: Vec<String>,
    user: &'a str,
    /// The path of the plugin manager on this host.
    root: String,
    cloud: bool,
    gate: &'a Gate,
}

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "", apps::list as Play),
    row("POST", "", install::install),
    row("GET", "installed-marketplace", apps::marketplace),
    row("POST", "updates/all", install::update_all),
    row("GET", "pending", tasks::all),
    row("GET", "pending/{}", tasks::pending),
    row("GET", "tasks/{}", tasks::task),
    row("GET", "safe-mode", apps::safe_mode),
    row("PUT", "safe-mode", apps::set_safe_mode),
    row("GET", "available/{}-key", apps::available),
    row("GET", "{}-key", apps::app),
    row("PUT", "{}-key", apps::change),
    row("DELETE", "{}-key", apps::uninstall),
    row("GET", "{}-key/summary", apps::app),
    row("GET", "{}/marketplace", apps::app_marketplace),
    row("GET", "{}-key/modules/{}-key", apps::module),
    row("PUT", "{}-key/modules/{}-key", apps::change_module),
    row("GET", "{}-key/license", licence::licence),
    row("PUT", "{}-key/license", licence::set),
    row("DELETE", "{}-key/license", licence::remove),
];

/// What there is of it on Cloud.
pub(crate) const CLOUD_ROWS: &[Row<Play>] = &[
    row("GET", "", apps::list as Play),
    row("POST", "", install::install),
    row("GET", "installed-marketplace", apps::marketplace),
    row("GET", "pending/{}", tasks::pending),
    row("GET", "tasks/{}", tasks::task),
    row("GET", "{}-key", apps::app),
    row("PUT", "{}-key", apps::change),
    row("DELETE", "{}-key", apps::uninstall),
    row("GET", "license-tokens", licence::tokens),
    row("POST", "license-tokens", licence::set_token),
    row("GET", "license-tokens/{}-key", licence::token),
    row("DELETE", "license-tokens/{}-key", licence::remove_token),
];

impl Upm {
    /// Makes the plugin manager of the host with a context path; one without a path is Cloud.
    pub(crate) fn new(prefix: &'static str) -> Self {
        Upm { prefix, world: None }
    }

    /// Answers a request if it is for the plugin manager. `path` is the path below the context path. Of the host's
    /// switches, `upm_blocks_upload` and `upm_checks_signatures` are on unless turned off.
    pub(crate) fn answer(&mut self, request: &Request, path: &str, visitor: &Visitor, gate: &Gate) -> Option<Reply> {
        let rest = path.strip_prefix(ROOT).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let rest = rest.trim_matches('/');
        let cloud = self.prefix.is_empty();
        let user = match allowed(visitor) {
            Ok(user) => user,
            Err(reply) => return Some(*reply),
        };
        let rows: &[&[Row<Play>]] = if cloud { &[CLOUD_ROWS] } else { &[ROWS] };
        let (play, args) = match table::find(rows, &request.method, rest) {
            Found::Play(play, args) => (play, args),
            Found::WrongMethod => return Some(Reply::empty(405)),
            Found::Nothing => return Some(*refuse(404, "upm.error.not.found", "Not found")),
        };
        let world = self.world.get_or_insert_with(|| seed::world(self.prefix.trim_start_matches('/')));
        world.settle();
        let root = format!("{}{ROOT}", self.prefix);
        let mut call = Call { world, request, args, user, root, cloud, gate };
        Some(play(&mut call).unwrap_or_else(|refusal| *refusal))
    }
}

/// Makes the plugin manager's error body.
fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    let body = json!({ "subCode": code, "errorMessage": message, "status-code": status });
    Box::new(Reply::typed(status, "application/vnd.atl.plugins.error+json", body.to_string()))
}

/// Lets administrators in, and asks those who came without their password to confirm it.
fn allowed(visitor: &Visitor) -> Result<&str, Refusal> {
    let Some(user) = &visitor.user else {
        return Err(refuse(401, "upm.error.unauthorized", "You must be logged in to use the plugin manager."));
    };
    if !visitor.admin {
        return Err(refuse(403, "upm.error.forbidden", "You must be an administrator to use the plugin manager."));
    }
    if !visitor.confirmed {
        return Err(refuse(401, "upm.websudo.error", "This resource requires WebSudo."));
    }
    Ok(user)
}

impl Call<'_> {
    /// Returns the value of the `n`th place of the path.
    fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }

    /// Returns the body as JSON of a media type that begins as given.
    fn body(&self, media: &[&str]) -> Result<Value, Refusal> {
        let sent = self.request.media_type().unwrap_or_default();
        if !media.contains(&sent.as_str()) {
            return Err(refuse(415, "upm.error.unsupported.media.type", "Unsupported Media Type"));
        }
        let body: Option<Value> = serde_json::from_slice(&self.request.body).ok();
        body.filter(Value::is_object).ok_or_else(|| refuse(400, "upm.error.bad.request", "Unable to parse the body"))
    }

    /// Finds the place of an app that the path names.
    fn place(&self) -> Result<usize, Refusal> {
        let found = self.world.apps.iter().position(|a| a.key == self.arg(0));
        found.ok_or_else(|| refuse(404, "upm.plugin.error.not.found", "No plugin with that key was found."))
    }

    /// Refuses to change anything in safe mode.
    fn not_in_safe_mode(&self) -> Result<(), Refusal> {
        match self.world.safe_mode {
            true => Err(refuse(409, "upm.safeMode.error", "Not possible while safe mode is on.")),
            false => Ok(()),
        }
    }

    /// Answers with JSON of the plugin manager's own types, such as `plugin`.
    fn ok(kind: &str, value: &Value) -> Outcome {
        Ok(Reply::typed(200, &format!("application/vnd.atl.plugins.{kind}+json"), value.to_string()))
    }
}
