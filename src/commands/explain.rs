//! Says how a connection would sign in and why. Sends nothing, opens no store, shows no secret.

use super::{Setup, real_world, whole_service};
use crate::{
    auth::{Draft, Saved},
    context::Context,
    error::Result,
    http::{Address, Interrupt},
    script::{Arguments, Fetch},
    secret::MASK,
    services::{self, Deployment, Flavour, Scheme, Way},
};
use std::{fmt::Write, rc::Rc};

/// What goes onto the wire by each scheme.
const SCHEMES: &[(Scheme, &str)] = &[
    (Scheme::Basic, "`Authorization: Basic` with each request"),
    (Scheme::Bearer, "`Authorization: Bearer` with each request"),
    (Scheme::KeyToken, "`Authorization: OAuth` with the application's key beside the token"),
    (Scheme::Client, "a short-lived token, got for the client's id and secret, as `Authorization: Bearer`"),
    (Scheme::Session, "one log-in, then its cookie with each request; the end of the run logs out"),
    (Scheme::Saved, "the cookie of an earlier log-in with each request"),
];

/// Explains the connection that a script with these `words` would make.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    service: &str,
    words: Vec<String>,
) -> Result<u8> {
    let service = whole_service(service)?;
    let arguments = Arguments::new("explain", words);
    arguments.only_credentials()?;
    let world = real_world(context, setup, interrupt, arguments);
    let draft = world.draft(service, &[], Saved::Listed(world.sessions()), Fetch::NoSecrets)?;
    context.print(explain(&draft, setup.insecure)?.trim_end());
    Ok(0)
}

fn explain(draft: &Draft, insecure: bool) -> Result<String> {
    let deployment = draft.deployment()?;
    let mut out = heading(draft, deployment, insecure)?;
    out.push_str(&values(draft)?);
    let flavours = draft.service.flavours.iter().filter(|f| deployment.is_none_or(|d| d == f.deployment));
    let flavours: Vec<&Flavour> = flavours.collect();
    let fitting: Vec<&&Flavour> = flavours.iter().filter(|flavour| taken(draft, flavour).is_some()).collect();
    // A credential that only one deployment takes tells which one it is.
    let shown = if let [only] = fitting[..] { vec![*only] } else { flavours };
    for flavour in &shown {
        out.push_str(&ways(draft, flavour, shown.len() > 1));
    }
    Ok(out)
}

fn heading(draft: &Draft, deployment: Option<Deployment>, insecure: bool) -> Result<String> {
    let title = draft.service.title;
    let mut out = match draft.text("server")? {
        Some(server) => format!("{title} at {}", Address::parse(&server, insecure)?.as_str()),
        None if draft.has("login") => format!("{title} at the server of the log-in"),
        None if draft.has_place() => format!("{title} at {}", home(draft)),
        None => format!("{title}: `server` is missing"),
    };
    match deployment {
        Some(deployment) => {
            let _ = writeln!(out, ", {}", place(deployment));
        }
        None => out.push('\n'),
    }
    if let Some(summary) = &draft.session {
        let _ = writeln!(
            out,
            "Session \"{}\", saved in {}, gives what was not given otherwise.",
            summary.name,
            summary.store.title()
        );
    }
    Ok(out)
}

/// Returns the vendor's address, which is used when no other is given.
fn home(draft: &Draft) -> &'static str {
    let flavours: &'static [Flavour] = draft.service.flavours;
    flavours.iter().find_map(|flavour| flavour.home).unwrap_or_default()
}

fn place(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud => "Cloud",
        Deployment::Server => "Server or Data Center",
    }
}

/// Lists the values with their sources.
fn values(draft: &Draft) -> Result<String> {
    let mut rows = Vec::new();
    for (name, source) in draft.sources() {
        let hidden = services::SECRETS.contains(name) || *name == "proxy";
        let value = if hidden { MASK.to_owned() } else { draft.text(name)?.unwrap_or_default() };
        rows.push((*name, value, source));
    }
    let width = |cell: fn(&(&str, String, &String)) -> usize| rows.iter().map(cell).max().unwrap_or(0);
    let (first, second) = (width(|row| row.0.chars().count()), width(|row| row.1.chars().count()));
    let lines = rows.iter().map(|(name, value, source)| format!("  {name:first$}  {value:second$}  from {source}\n"));
    let lines: String = lines.collect();
    Ok(if lines.is_empty() { "\nNothing is given.\n".to_owned() } else { format!("\nGiven:\n{lines}") })
}

/// Returns the way that would be taken: the first whose parameters are all given.
fn taken(draft: &Draft, flavour: &Flavour) -> Option<&'static Way> {
    let ways: &'static [Way] = draft.service.flavour(flavour.deployment)?.ways;
    ways.iter().find(|way| missing(draft, way).is_empty())
}

fn missing(draft: &Draft, way: &Way) -> Vec<&'static str> {
    way.takes.iter().copied().filter(|name| !draft.has(name)).collect()
}

fn ways(draft: &Draft, flavour: &Flavour, several: bool) -> String {
    let taken = taken(draft, flavour);
    let on = if several { format!(" (if it is {})", place(flavour.deployment)) } else { String::new() };
    let mut out = String::new();
    match taken {
        Some(way) => {
            let _ = writeln!(out, "\nSigns in with {}{on}: {}.", names(way.takes), wire(way));
            if way.takes.contains(&"token") && draft.has("user") && draft.has("password") {
                out.push_str("The password is kept for what no token can do: pages and secure administration.\n");
            }
        }
        None => {
            let _ = writeln!(out, "\nCannot sign in{on}: no way has all it needs.");
        }
    }
    let others: Vec<&Way> = flavour.ways.iter().filter(|way| taken.is_none_or(|t| t.takes != way.takes)).collect();
    if !others.is_empty() {
        out.push_str(if taken.is_some() { "Other ways:\n" } else { "Ways:\n" });
    }
    for way in others {
        let missing = missing(draft, way);
        let lacks = if missing.is_empty() {
            "not used: the first way counts".to_owned()
        } else {
            format!("missing: {}", names(&missing))
        };
        let _ = writeln!(out, "  {}: {}; {lacks}", names(way.takes), wire(way));
    }
    out
}

fn wire(way: &Way) -> &'static str {
    SCHEMES.iter().find(|row| row.0 == way.scheme).map_or("", |row| row.1)
}

fn names(list: &[&str]) -> String {
    list.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_of_the_table_is_explained() {
        for way in services::SERVICES.iter().flat_map(|s| s.flavours).flat_map(|f| f.ways) {
            assert!(!wire(way).is_empty(), "{way:?}");
        }
    }
}
