//! `tieline self-check`: what works here and what does not. Shows no secret; asks servers only with `--online`.

use super::{Setup, options, real_world, sessions};
use crate::{
    auth::store::{Kind, Summary, day},
    context::Context,
    error::{Error, Result},
    http::{self, Interrupt},
    json::Json,
    script::{Arguments, Output, World, present_rows},
};
use jiff::Timestamp;
use std::{path::Path, rc::Rc};
use url::Url;

/// The exit code when something does not work.
const WRONG: u8 = 1;

/// Variables that name a proxy, in the order in which they count.
const PROXIES: &[&str] = &["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// It is not there, and need not be.
    Absent,
    Bad,
}

/// States with their names.
const STATES: [(State, &str); 3] = [(State::Good, "ok"), (State::Absent, "none"), (State::Bad, "wrong")];

/// What was found out about one thing.
struct Line {
    what: String,
    state: State,
    about: String,
    hint: Option<String>,
}

impl Line {
    fn new(what: impl Into<String>, state: State, about: impl Into<String>) -> Self {
        Line { what: what.into(), state, about: about.into(), hint: None }
    }

    fn of_error(what: impl Into<String>, state: State, error: &Error) -> Self {
        let about = error.message.trim_start_matches("Client error: ");
        Line { hint: error.hint.clone(), ..Line::new(what, state, about) }
    }

    fn word(&self) -> &'static str {
        STATES[self.state as usize].1
    }
}

/// Looks at everything and prints a line for each thing.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    online: bool,
    output: Option<Output>,
) -> Result<u8> {
    let world = real_world(context, setup, interrupt, Arguments::default());
    let mut lines = vec![
        Line::new("version", State::Good, format!("tieline {}", env!("TIELINE_VERSION"))),
        terminal(context),
        folder("settings", context.config_dir().as_deref()),
        folder("history", context.state_dir().as_deref()),
    ];
    let saved = world.sessions().list();
    let in_keyring = saved.as_ref().is_ok_and(|all| all.iter().any(|summary| summary.store == Kind::Keyring));
    lines.push(keyring(&world, in_keyring));
    lines.push(proxy(context, setup));
    lines.push(certificates(context, setup));
    match saved {
        Ok(all) if all.is_empty() => {
            lines.push(Line::new("sessions", State::Absent, "none is saved; `tieline login SERVICE` saves one"));
        }
        Ok(all) => lines.extend(all.iter().map(|summary| session(&world, summary, &all, online))),
        Err(error) => lines.push(Line::of_error("sessions", State::Bad, &error)),
    }
    world.close();
    show(context, &lines, output)?;
    Ok(if lines.iter().any(|line| line.state == State::Bad) { WRONG } else { 0 })
}

fn show(context: &Context, lines: &[Line], output: Option<Output>) -> Result<()> {
    if let Some(output) = output {
        let rows: Vec<Json> = lines.iter().map(row).collect();
        if let Some(text) = present_rows(&rows, output, context.width())? {
            context.print(&text);
        }
        return Ok(());
    }
    let width = lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
    for line in lines {
        context.print(&format!("{:5}  {:width$}  {}", line.word(), line.what, line.about));
        if let Some(hint) = line.hint.as_ref().filter(|_| line.state == State::Bad) {
            context.print(&format!("{:5}  {:width$}  hint: {hint}", "", ""));
        }
    }
    Ok(())
}

fn row(line: &Line) -> Json {
    Json::object([
        ("what", Json::from(line.what.as_str())),
        ("state", line.word().into()),
        ("about", line.about.as_str().into()),
        ("hint", line.hint.as_deref().map_or(Json::Null, Json::from)),
    ])
}

fn terminal(context: &Context) -> Line {
    let (Some(width), Some(height)) = (context.width(), context.height()) else {
        return Line::new("terminal", State::Absent, "standard output is not a terminal: no colours, no pager");
    };
    let colours = if context.color { "colours" } else { "no colours" };
    let keys = if context.interactive { "" } else { "; standard input is not a terminal: nothing can be asked" };
    Line::new("terminal", State::Good, format!("{width} columns, {height} lines, {colours}{keys}"))
}

/// Looks whether a folder can be written, and whether others may look into it.
fn folder(what: &str, path: Option<&Path>) -> Line {
    let Some(path) = path else {
        let line = Line::new(what, State::Bad, "there is no folder for it: HOME is not set");
        return Line { hint: Some("set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME".to_owned()), ..line };
    };
    let place = path.display();
    if !path.exists() {
        return Line::new(what, State::Absent, format!("{place} is not there yet; it is made when it is needed"));
    }
    let trial = path.join(format!("self-check-{}", std::process::id()));
    if let Err(error) = std::fs::write(&trial, "").and_then(|()| std::fs::remove_file(&trial)) {
        return Line::new(what, State::Bad, format!("{place} cannot be written: {error}"));
    }
    match rights(path) {
        Some(mode) if mode & 0o077 != 0 => {
            let line = Line::new(what, State::Bad, format!("{place} can be read by others (mode {mode:o})"));
            Line { hint: Some(format!("chmod 700 {place}")), ..line }
        }
        Some(mode) => Line::new(what, State::Good, format!("{place} (mode {mode:o})")),
        None => Line::new(what, State::Good, place.to_string()),
    }
}

#[cfg(unix)]
fn rights(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

/// Elsewhere the user's profile folder is closed to others by itself.
#[cfg(not(unix))]
fn rights(_path: &Path) -> Option<u32> {
    None
}

/// A keyring that does not work is wrong only if sessions are kept in it.
fn keyring(world: &World, used: bool) -> Line {
    match world.sessions().try_keyring() {
        Ok(()) => Line::new("keyring", State::Good, "it keeps what is written to it"),
        Err(error) => Line::of_error("keyring", if used { State::Bad } else { State::Absent }, &error),
    }
}

fn proxy(context: &Context, setup: &Setup) -> Line {
    let named = PROXIES.iter().find_map(|name| Some(((*name).to_owned(), context.env(name)?)));
    let given = setup.proxy.clone().map(|address| ("--proxy".to_owned(), address)).or(named);
    match given {
        None => Line::new("proxy", State::Absent, "requests go straight to the servers"),
        Some((from, address)) => match host_of(&address) {
            Some(host) => Line::new("proxy", State::Good, format!("{host} (from {from})")),
            None => {
                Line::new("proxy", State::Bad, format!("{from} is not an address such as http://proxy.acme.com:3128"))
            }
        },
    }
}

/// Returns the address without the password that may be in it.
fn host_of(address: &str) -> Option<String> {
    let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&whole).ok()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", url.scheme(), url.host_str()?))
}

fn certificates(context: &Context, setup: &Setup) -> Line {
    let more = setup.ca.as_ref().map(|file| format!(", and those in {}", file.display())).unwrap_or_default();
    match http::check_certificates(&options(context, setup)) {
        Ok(()) if setup.insecure => Line::new("certificates", State::Bad, "--insecure accepts wrong ones"),
        Ok(()) => Line::new("certificates", State::Good, format!("the system's{more}")),
        Err(error) => Line::of_error("certificates", State::Bad, &error),
    }
}

fn session(world: &World, summary: &Summary, all: &[Summary], online: bool) -> Line {
    let what = format!("session {}", summary.name);
    if let Err(error) = summary.check_expiry(Timestamp::now()) {
        return Line::of_error(what, State::Bad, &error);
    }
    let ends = summary.expires.map(|end| format!(", ends {}", day(end))).unwrap_or_default();
    if !online {
        let (server, place) = (&summary.server, summary.store.title());
        return Line::new(what, State::Good, format!("{server}, in {place}{ends}; --online asks the server"));
    }
    match sessions::verify(world, &summary.name, all) {
        Ok(who) => {
            let who = who.strip_prefix(&format!("{}: ", summary.name)).unwrap_or(&who);
            Line::new(what, State::Good, format!("{who}{ends}"))
        }
        Err(error) => Line::of_error(what, State::Bad, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        assert_eq!(host_of("http://me:hunter2@proxy.acme.com:3128").unwrap(), "http://proxy.acme.com:3128");
        assert_eq!(host_of("proxy.acme.com").unwrap(), "http://proxy.acme.com");
        assert_eq!(host_of("http://"), None);
    }

    #[test]
    fn the_names_of_states_are_in_the_order_of_the_enum() {
        for (at, (state, _)) in STATES.iter().enumerate() {
            assert_eq!(*state as usize, at);
        }
    }
}
