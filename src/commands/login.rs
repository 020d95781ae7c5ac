//! Signs in, verifies that, and saves the session; or writes its handle.

use super::{Setup, real_world, sessions::somebody, whole_service};
use crate::{
    auth::{
        Account, Draft, Saved, Value, Wish, dashed,
        store::{Kind, Summary, time_of},
        variable,
    },
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::{Arguments, Fetch, World, store},
    services::{self, Flavour, Service, Way},
};
use std::rc::Rc;

/// What `tieline login` was told.
pub struct Login {
    /// The service's name.
    pub service: String,
    /// The session's name; without one it is the service's.
    pub name: Option<String>,
    /// The connection's parameters, as a script takes them.
    pub parameters: Vec<String>,
    /// Where to save.
    pub store: Option<String>,
    /// Whether only to write the handle.
    pub print_handle: bool,
    /// Whether to keep a password that a log-in needed.
    pub keep_password: bool,
    /// When the credential ends.
    pub expires: Option<String>,
}

/// What to ask for a parameter; others are asked for by their names.
const PROMPTS: &[(&str, &str)] = &[
    ("server", "Server (its base address, such as https://acme.atlassian.net): "),
    ("user", "User (your e-mail address, or user name): "),
    ("password", "Password: "),
    ("token", "Token: "),
    ("tempoToken", "Tempo token: "),
    ("key", "Application key: "),
    ("clientId", "Client id: "),
    ("clientSecret", "Client secret: "),
];

type Map = Vec<(String, Value)>;

/// Logs in.
pub(super) fn run(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, login: Login) -> Result<u8> {
    let service = whole_service(&login.service)?;
    let store = login.store.as_deref().map_or_else(|| store(context), Kind::named)?;
    let expires = login.expires.as_deref().map(time_of).transpose()?;
    let name = login.name.unwrap_or_else(|| service.name.to_owned());
    let world = real_world(context, setup, interrupt, Arguments::new("login", login.parameters));
    let known = if login.print_handle {
        None
    } else {
        // Nobody types a password for a store that cannot keep it.
        world.sessions().probe(&name, store)?;
        world.sessions().find(&name)?.filter(|summary| summary.service == service.name)
    };
    let done = fill(&world, service, known.as_ref()).and_then(|draft| world.enlist(draft)).and_then(|account| {
        if login.print_handle {
            return print_handle(&world, &account);
        }
        save(&world, &account, Wish { name, store, keep_password: login.keep_password, expires })
    });
    world.close();
    done.map(|()| 0)
}

fn print_handle(world: &World, account: &Account) -> Result<()> {
    let handle = world.wait(account.log_in_to_keep())?;
    world.context.print_secret(&handle.write())
}

fn save(world: &World, account: &Account, wish: Wish) -> Result<()> {
    let (session, _) = world.save_session(account, wish)?;
    let Summary { name, server, store, .. } = &session.summary;
    let title = account.service().title;
    let somebody = somebody(session.summary.who.clone(), session.summary.user.as_deref());
    world
        .context
        .print(&format!("Signed in to {title} at {server}{}.", somebody.map_or(String::new(), |n| format!(" as {n}"))));
    let what = session.secrets.keys().map(|name| what(name)).collect::<Vec<_>>().join(" and ");
    let place = world.sessions().place(*store);
    world.context.print(&format!("Saved as session \"{name}\" in {place}: {what}."));
    Ok(())
}

/// Says what is kept under a parameter's name.
fn what(name: &str) -> String {
    match name {
        "login" => "the log-in's cookie".to_owned(),
        name => format!("`{name}`"),
    }
}

/// Gathers what was given, takes what the session of that name knows, and asks for the rest.
fn fill(world: &World, service: &'static Service, known: Option<&Summary>) -> Result<Draft> {
    let mut map = Map::new();
    let draft = |map: &Map| world.draft(service, map, Saved::Ignored, Fetch::All);
    let given = draft(&map)?;
    if let Some(summary) = known.filter(|_| !given.has("server") && !given.has("login")) {
        map.push(("server".to_owned(), Value::Text(summary.server.clone())));
        let user = summary.user.clone().filter(|_| !given.has("user"));
        map.extend(user.map(|user| ("user".to_owned(), Value::Text(user))));
    }
    if !draft(&map)?.has_place() {
        map.push(ask(&world.context, service, "server")?);
    }
    let (flavour, way) = way(world, draft(&map)?)?;
    let given = draft(&map)?;
    let missing: Vec<&str> = way.takes.iter().copied().filter(|name| !given.has(name)).collect();
    refuse_silence(&world.context, service, &missing)?;
    for name in missing {
        if name == "token"
            && let Some(how) = draft(&map)?.unchecked(&world.options)?.authorize(flavour)
        {
            world.context.say(&format!("For a token {how}."));
        }
        map.push(ask(&world.context, service, name)?);
    }
    draft(&map)
}

/// Finds out which way is meant; that may take a question to the server, which needs no credential.
fn way(world: &World, given: Draft) -> Result<(&'static Flavour, &'static Way)> {
    let names: Vec<&str> = services::CREDENTIALS.iter().map(|(name, _)| *name).filter(|name| given.has(name)).collect();
    let account = Account::new(given.unchecked(&world.options)?);
    let flavour = world.wait(account.flavour())?;
    let way = choose(flavour, &names).ok_or_else(|| Error::client("there is no way to sign in to this service"))?;
    Ok((flavour, way))
}

/// Chooses the first way that is given whole, else the first that was begun, else the first.
fn choose(flavour: &'static Flavour, given: &[&str]) -> Option<&'static Way> {
    let ways = || flavour.ways.iter();
    let whole = ways().find(|way| way.takes.iter().all(|name| given.contains(name)));
    let begun = || ways().find(|way| given.iter().all(|name| way.takes.contains(name)));
    whole.or_else(begun).or_else(|| ways().next())
}

/// Without a terminal nobody can be asked: says everything that is missing instead of waiting for it.
fn refuse_silence(context: &Context, service: &Service, missing: &[&str]) -> Result<()> {
    let Some(first) = missing.first().filter(|_| !context.interactive) else { return Ok(()) };
    let list = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let input = if services::SECRETS.contains(first) { " - (reads standard input)" } else { "" };
    Err(Error::client(format_args!("{list} {verb} missing, and there is no terminal to ask")).hint(format!(
        "give --{}{input}, or set {}",
        dashed(first),
        variable(service, first)
    )))
}

fn ask(context: &Context, service: &Service, name: &str) -> Result<(String, Value)> {
    refuse_silence(context, service, &[name])?;
    let prompt = PROMPTS.iter().find(|row| row.0 == name).map_or_else(|| format!("{name}: "), |row| row.1.to_owned());
    let value = if services::SECRETS.contains(&name) {
        Value::Secret(context.ask_secret(&prompt)?)
    } else {
        Value::Text(context.ask(&prompt)?)
    };
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{Deployment, Scheme, service};

    #[test]
    fn the_way_follows_from_what_is_given() {
        let jira = service("jira").unwrap();
        let scheme = |deployment, given: &[&str]| choose(jira.flavour(deployment).unwrap(), given).unwrap().scheme;
        assert_eq!(scheme(Deployment::Server, &[]), Scheme::Bearer);
        assert_eq!(scheme(Deployment::Server, &["user"]), Scheme::Session);
        assert_eq!(scheme(Deployment::Server, &["user", "token"]), Scheme::Bearer);
        assert_eq!(scheme(Deployment::Server, &["login"]), Scheme::Saved);
        assert_eq!(scheme(Deployment::Cloud, &["user"]), Scheme::Basic);
        assert_eq!(
            choose(jira.flavour(Deployment::Cloud).unwrap(), &["password"]).unwrap().takes,
            ["user", "password"]
        );
    }
}
