//! What one does with saved sessions: list, verify, end.

use super::{Setup, real_world};
use crate::{
    auth::{
        Draft, Saved, Value, name_of,
        store::{Session, Summary, day, unknown},
    },
    context::Context,
    error::{Error, Kind, Result},
    http::Interrupt,
    json::Json,
    script::{Arguments, Fetch, Output, World, present_rows, service_of},
    services,
};
use jiff::Timestamp;
use std::rc::Rc;

/// Lists them. No store is opened.
pub(super) fn list(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, output: Option<Output>) -> Result<u8> {
    let world = real_world(context, setup, interrupt, Arguments::default());
    let (all, now) = (world.sessions().list()?, Timestamp::now());
    let output = output.unwrap_or(Output::Table);
    if all.is_empty() && output == Output::Table {
        context.note("no session is saved; `tieline login SERVICE` saves one");
        return Ok(0);
    }
    let rows: Vec<Json> =
        all.iter().map(|s| if output == Output::Json { whole(s, now) } else { row(s, now) }).collect();
    if let Some(text) = present_rows(&rows, output, context.width())? {
        context.print(&text);
    }
    Ok(0)
}

fn row(summary: &Summary, now: Timestamp) -> Json {
    let ends = summary.expires.map_or(String::new(), day);
    let ends = if summary.has_expired(now) { format!("{ends} (expired)") } else { ends };
    Json::object([
        ("name", Json::from(summary.name.as_str())),
        ("service", summary.service.as_str().into()),
        ("server", summary.server.as_str().into()),
        ("user", summary.user.as_deref().or(summary.who.as_deref()).unwrap_or_default().into()),
        ("method", summary.method.join("+").into()),
        ("store", summary.store.name().into()),
        ("saved", day(summary.saved).into()),
        ("expires", ends.into()),
    ])
}

fn whole(summary: &Summary, now: Timestamp) -> Json {
    let Json::Object(mut object) = summary.write() else { return Json::Null };
    object.set("expired", summary.has_expired(now).into());
    object.into()
}

/// Ends the session at its server, where it is a log-in, and removes it.
pub(super) fn logout(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, name: &str) -> Result<u8> {
    let world = real_world(context, setup, interrupt, Arguments::default());
    let summary = world.sessions().get(name)?;
    if let Some(session) = world.sessions().open_if_there(&summary)?
        && session.secrets.contains_key("login")
    {
        match end(&world, session) {
            Ok(()) => context.note(&format!("logged out at {}", summary.server)),
            Err(error) => context.note(&format!("warning: could not log out at {}: {}", summary.server, error.message)),
        }
    }
    world.sessions().remove(name)?;
    context.print(&format!("Removed session \"{name}\" from {}.", world.sessions().place(summary.store)));
    world.close();
    Ok(0)
}

/// Ends the log-in at its server: only its cookie is used, whatever else is kept with it.
fn end(world: &World, mut session: Session) -> Result<()> {
    let mut map = vec![
        ("server".to_owned(), Value::Text(session.summary.server.clone())),
        ("deployment".to_owned(), Value::Text(session.summary.deployment.name().to_owned())),
    ];
    map.extend(session.secrets.remove("login").map(|login| ("login".to_owned(), Value::Secret(login))));
    let draft = Draft::gather(service_of(&session.summary)?, &map, &[], Saved::Ignored)?;
    let account = world.enlist(draft)?;
    world.wait(account.log_out())
}

/// Verifies sessions, or what a service's parameters give; one line each.
pub(super) fn whoami(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, names: &[String]) -> Result<u8> {
    let world = real_world(context, setup, interrupt, Arguments::default());
    let all = world.sessions().list()?;
    let names: Vec<String> =
        if names.is_empty() { all.iter().map(|summary| summary.name.clone()).collect() } else { names.to_vec() };
    if names.is_empty() {
        context.note("no session is saved; `tieline login SERVICE` saves one");
    }
    if let Some(name) = names.iter().find(|name| !is_known(name, &all)) {
        return Err(unknown(format_args!("\"{name}\" is neither a saved session nor a service"), name, &all));
    }
    let mut code = 0;
    for name in &names {
        match verify(&world, name, &all) {
            Ok(line) => context.print(&line),
            Err(error) => {
                context.print(&format!("{name}: {}", error.message));
                code = worse(code, &error);
            }
        }
    }
    world.close();
    Ok(code)
}

fn is_known(name: &str, all: &[Summary]) -> bool {
    all.iter().any(|summary| summary.name == name) || services::service(name).is_some()
}

/// A refusal by a server is the news; other troubles count only without one.
fn worse(code: u8, error: &Error) -> u8 {
    let refused = Kind::Auth.exit_code();
    if code == refused { code } else { error.kind.exit_code() }
}

/// Asks the server of a session, or of a service, who we are, and says it in one line.
pub(super) fn verify(world: &World, name: &str, all: &[Summary]) -> Result<String> {
    let account = if let Some(summary) = all.iter().find(|summary| summary.name == name) {
        // Expired is refused, whoever says so.
        summary.check_expiry(Timestamp::now()).map_err(|e| Error::new(Kind::Auth, e.message))?;
        world.saved_account(summary)?
    } else {
        let service = super::whole_service(name)?;
        world.enlist(world.draft(service, &[], Saved::Ignored, Fetch::All)?)?
    };
    let who = world.wait(account.who())?;
    let settings = account.settings();
    let somebody = somebody(name_of(&who), settings.user.as_deref()).unwrap_or_else(|| "signed in".to_owned());
    Ok(format!("{name}: {somebody} at {}", settings.address.as_str()))
}

/// Says who a server takes us for, in one phrase.
pub(super) fn somebody(who: Option<String>, user: Option<&str>) -> Option<String> {
    match (who, user) {
        (Some(name), Some(user)) if name != user => Some(format!("{name} ({user})")),
        (None, user) => user.map(str::to_owned),
        (name, _) => name,
    }
}
