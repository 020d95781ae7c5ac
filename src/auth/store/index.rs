//! The list of saved sessions, without a secret in it: it is read without opening a store.

use super::{
    folder::{Folder, Lock},
    form,
    session::Summary,
};
use crate::{
    error::Result,
    json::{self, Json},
};

/// The file's name.
const FILE: &str = "sessions.json";

/// Reads the list, in the order of names.
pub(super) fn read(folder: &Folder) -> Result<Vec<Summary>> {
    let Some(bytes) = folder.read(FILE)? else { return Ok(Vec::new()) };
    let place = folder.shown(FILE);
    let json = form::upgrade(json::parse(&bytes).map_err(|_| form::damaged(&place))?, &place)?;
    let rows = json.get("sessions").and_then(Json::as_array);
    let summaries = rows.and_then(|rows| rows.iter().map(Summary::read).collect());
    summaries.ok_or_else(|| form::damaged(&place))
}

/// Puts the row of `name` in, or with nothing takes it out.
pub(super) fn change(folder: &Folder, held: &Lock, name: &str, row: Option<Summary>) -> Result<()> {
    let mut rows = read(folder)?;
    rows.retain(|summary| summary.name != name);
    rows.extend(row);
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    let json = form::stamp([("sessions", Json::array(rows.iter().map(Summary::write)))]);
    folder.write(held, FILE, format!("{json:#}\n").as_bytes())
}
