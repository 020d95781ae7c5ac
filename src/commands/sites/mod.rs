//! `tieline sites import FILE`: the site aliases of an `acli.properties` become saved sessions.
//!
//! Nobody is asked whether the credentials are right unless that is wished for: the file may have many sites, of which
//! some are out of reach from here. A session that is wrong says so when it is used, and `tieline whoami` tries them all.

mod alias;
mod properties;

use super::{PARTLY, Setup, real_world};
use crate::{
    auth::{
        Draft, Saved, Settings, Value, Wish, keep_unasked,
        store::{Kind, check_name},
    },
    context::Context,
    error::{Error, Kind as ErrorKind, Result},
    http::Interrupt,
    json::Json,
    script::{Arguments, Output, World, present_rows, store},
    secret::{MASK, Secret},
    services::{Deployment, Service},
};
use alias::{Alias, Entry, Given};
use std::{
    collections::{BTreeMap, btree_map::Entry as Slot},
    path::PathBuf,
    rc::Rc,
};

/// What `tieline sites import` was told.
pub struct Import {
    /// The file.
    pub file: PathBuf,
    /// Where to save.
    pub store: Option<String>,
    /// Whether only to show what would be saved.
    pub dry_run: bool,
    /// Whether to ask each service who we are before its session is saved.
    pub verify: bool,
    /// Whether sessions of the same names are replaced.
    pub replace: bool,
}

/// What becomes of an entry.
enum Fate {
    Saved(Site),
    /// It is passed over, and why.
    Left(String),
}

/// A site that can become a session, its secrets still to be asked for.
struct Site {
    alias: Alias,
    /// What to know of it.
    notes: Vec<String>,
}

/// The sites of a file, and the names of what is passed over with the reasons.
type Read = (Vec<Site>, Vec<(String, String)>);

/// Imports.
pub(super) fn import(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, import: &Import) -> Result<u8> {
    let store = import.store.as_deref().map_or_else(|| store(context), Kind::named)?;
    let world = real_world(context, setup, interrupt, Arguments::default());
    let (sites, others) = sites(&world, import)?;
    show(context, &sites, &others)?;
    if import.dry_run || sites.is_empty() {
        return Ok(0);
    }
    for site in &sites {
        // Nobody types a secret for a store that cannot keep it.
        world.sessions().probe(&site.alias.name, store)?;
    }
    let failed = save(&world, &sites, store, import.verify);
    world.close();
    failed.map(|failed| if failed { PARTLY } else { 0 })
}

/// Reads the file whole. If anything in it is wrong, nothing of it is used.
fn sites(world: &World, import: &Import) -> Result<Read> {
    let file = import.file.display();
    let bytes = std::fs::read(&import.file).map_err(|e| Error::client(format_args!("cannot read {file}: {e}")))?;
    // Java writes such files in Latin-1.
    let text = String::from_utf8(bytes).unwrap_or_else(|e| e.into_bytes().into_iter().map(char::from).collect());
    let (mut sites, mut others, mut wrong) = (Vec::new(), Vec::<(String, String)>::new(), Vec::new());
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in properties::read(&text)? {
        let done = if seen.contains(&name) { Err("it is there twice".to_owned()) } else { alias::read(&name, &value) };
        let fate = done.and_then(|entry| match entry {
            Entry::Site(alias) => fate(world, alias, import.replace),
            Entry::Other(why) => Ok(Fate::Left(why)),
        });
        match fate {
            Ok(Fate::Saved(site)) => sites.push(site),
            Ok(Fate::Left(why)) => others.push((name.clone(), why)),
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
        seen.push(name);
    }
    if wrong.is_empty() {
        return Ok((sites, others));
    }
    Err(Error::client(format_args!("{file} cannot be imported: {}", wrong.join("; "))).hint("nothing was saved"))
}

/// Checks what can be checked without its secrets.
fn fate(world: &World, mut alias: Alias, replace: bool) -> std::result::Result<Fate, String> {
    check_name(&alias.name).map_err(|error| plain(&error))?;
    if !replace && world.sessions().find(&alias.name).map_err(|error| plain(&error))?.is_some() {
        return Err("a session of that name is saved already; --replace replaces it".to_owned());
    }
    let mut notes = Vec::new();
    let has = |alias: &Alias, wanted: &str| alias.given.iter().any(|(name, _)| *name == wanted);
    let login = format!("tieline login {} --as {}", alias.service.name, alias.name);
    if !has(&alias, "token") && !has(&alias, "password") {
        return Ok(Fate::Left(format!("it has neither token nor password; `{login}` asks for one")));
    }
    let unknown = |_: &str| Secret::new(MASK);
    let draft = draft(&alias, unknown).map_err(|error| plain(&error))?;
    let cloud = draft.deployment().map_err(|error| plain(&error))? == Some(Deployment::Cloud);
    if cloud && !has(&alias, "token") {
        for (name, _) in alias.given.iter_mut().filter(|(name, _)| *name == "password") {
            *name = "token";
        }
        notes.push("its password is kept as the token, since Cloud takes API tokens only".to_owned());
    }
    settings(&alias, world, unknown).map_err(|error| plain(&error))?;
    if !alias.left.is_empty() {
        notes.push(format!("a session has no place for {}", alias.left.join(", ")));
    }
    Ok(Fate::Saved(Site { alias, notes }))
}

fn plain(error: &Error) -> String {
    error.message.replace("Client error: ", "")
}

/// Gathers what an alias gives; `ask` knows the values that are kept elsewhere.
fn draft(alias: &Alias, ask: impl Fn(&str) -> Secret) -> Result<Draft> {
    let mut map: Vec<(String, Value)> = Vec::new();
    for (name, given) in &alias.given {
        let value = match given {
            Given::Open(text) => Value::Text(text.clone()),
            Given::Secret(secret) => Value::Secret(secret.clone()),
            Given::Asked(kept) if alias::OPEN.contains(name) => Value::Text(ask(kept).reveal().to_owned()),
            Given::Asked(kept) => Value::Secret(ask(kept)),
        };
        map.push(((*name).to_owned(), value));
    }
    let deployment = alias.deployment.map(|deployment| Value::Text(deployment.name().to_owned()));
    map.extend(deployment.map(|value| ("deployment".to_owned(), value)));
    Draft::gather(alias.service, &map, &[], Saved::Ignored)
}

fn settings(alias: &Alias, world: &World, ask: impl Fn(&str) -> Secret) -> Result<Settings> {
    draft(alias, ask)?.settings(&world.options)
}

/// Prints what becomes a session and what does not. No value but server and user is shown.
fn show(context: &Context, sites: &[Site], others: &[(String, String)]) -> Result<()> {
    let rows: Vec<Json> = sites.iter().map(row).collect();
    if let Some(table) = present_rows(&rows, Output::Table, context.width())?.filter(|_| !rows.is_empty()) {
        context.print(&table);
    }
    for (name, note) in sites.iter().flat_map(|site| site.notes.iter().map(|note| (&site.alias.name, note))) {
        context.print(&format!("{name}: {note}."));
    }
    for (name, why) in others {
        context.print(&format!("{name}: not imported: {why}."));
    }
    Ok(())
}

fn row(site: &Site) -> Json {
    let open = |wanted: &str| match site.alias.given.iter().find(|(name, _)| *name == wanted) {
        Some((_, Given::Open(text))) => text.clone(),
        Some(_) => "(asked for)".to_owned(),
        None => String::new(),
    };
    let method = site.alias.given.iter().map(|(name, _)| *name).filter(|name| *name != "server");
    Json::object([
        ("name", Json::from(site.alias.name.as_str())),
        ("service", site.alias.service.name.into()),
        ("server", open("server").into()),
        ("user", open("user").into()),
        ("method", method.collect::<Vec<_>>().join("+").into()),
    ])
}

/// Asks for what is kept elsewhere, each secret once, and saves. Says whether some site could not be verified.
fn save(world: &World, sites: &[Site], store: Kind, verify: bool) -> Result<bool> {
    let answers = answers(world, sites)?;
    let saved = if verify { verified(world, sites, &answers, store)? } else { unasked(world, sites, &answers, store)? };
    let place = world.sessions().place(store);
    let sessions = if saved == 1 { "session" } else { "sessions" };
    let hint = if verify { "" } else { " `tieline whoami` asks each service whether it is right." };
    world.context.print(&format!("Saved {saved} {sessions} in {place}.{hint}"));
    Ok(saved < sites.len())
}

/// Saves all sites as they are, or none; returns their number.
fn unasked(world: &World, sites: &[Site], answers: &Answers, store: Kind) -> Result<usize> {
    let session = |site: &Site| keep_unasked(&settings(&site.alias, world, answers.of(site))?, wish(site, store));
    let sessions = sites.iter().map(session).collect::<Result<Vec<_>>>()?;
    sessions.iter().try_for_each(|session| world.sessions().save(session))?;
    Ok(sessions.len())
}

/// Saves the sites whose services say who we are there; returns their number.
fn verified(world: &World, sites: &[Site], answers: &Answers, store: Kind) -> Result<usize> {
    let mut saved = 0;
    for site in sites {
        let account = world.enlist(draft(&site.alias, answers.of(site))?)?;
        match world.save_session(&account, wish(site, store)) {
            Ok(_) => saved += 1,
            Err(error) if error.kind == ErrorKind::Cancelled => return Err(error),
            Err(error) => world.context.say(&format!("{}: not saved: {}", site.alias.name, error.message)),
        }
    }
    Ok(saved)
}

fn wish(site: &Site, store: Kind) -> Wish {
    Wish { name: site.alias.name.clone(), store, keep_password: true, expires: None }
}

/// What was answered, by what it was asked for as.
struct Answers(BTreeMap<String, Secret>);

impl Answers {
    /// Returns what gives the answers to what a site asks for.
    fn of<'a>(&'a self, site: &'a Site) -> impl Fn(&str) -> Secret + 'a {
        |kept| self.0.get(&key(&site.alias, kept)).cloned().unwrap_or_else(|| Secret::new(""))
    }
}

/// Names an answer: a secret of ACLI's store is the same for all sites, what stood for `-` is each site's own.
fn key(alias: &Alias, kept: &str) -> String {
    if kept.starts_with("the ") { format!("{kept} of {}", alias.name) } else { kept.to_owned() }
}

fn answers(world: &World, sites: &[Site]) -> Result<Answers> {
    let mut answers = BTreeMap::new();
    for (alias, (_, given)) in sites.iter().flat_map(|site| site.alias.given.iter().map(|given| (&site.alias, given))) {
        let Given::Asked(kept) = given else { continue };
        if let Slot::Vacant(slot) = answers.entry(key(alias, kept)) {
            let answer =
                world.context.ask_secret(&format!("{}: {}: ", title(alias.service, &alias.name), slot.key()))?;
            if answer.reveal().is_empty() {
                return Err(Error::client(format_args!("{} is empty", slot.key())).hint("nothing was saved"));
            }
            slot.insert(answer);
        }
    }
    Ok(Answers(answers))
}

fn title(service: &Service, name: &str) -> String {
    format!("{} \"{name}\"", service.title)
}
