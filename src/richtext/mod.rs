//! Rich text: Markdown to and from what the services store, and plain text to Jira Cloud documents.
//!
//! | service | stores | read | written |
//! | --- | --- | --- | --- |
//! | Jira Cloud | documents (ADF) | [`adf_to_markdown`] | [`markdown_to_adf`], [`text_to_adf`] |
//! | Jira Server | wiki markup | [`wiki_to_markdown`] | [`markdown_to_wiki`] |
//! | Confluence | storage format (XHTML) | [`storage_to_markdown`] | [`markdown_to_storage`] |
//! | Slack | mrkdwn | | [`markdown_to_mrkdwn`], [`text_to_mrkdwn`] |
//!
//! Confluence pages are also changed in place: [`replace_in_storage`], [`set_storage_table`], [`fill_storage`].
//!
//! Each form is read into one model (`model`) and written from it. Whatever the other side cannot hold is told in
//! [`Converted::lost`]; text is never dropped in silence. No reader follows nesting further than the model allows,
//! so no input can use up the stack.

mod address;
mod adf;
mod entity;
mod flow;
mod markdown;
mod model;
mod mrkdwn;
mod nest;
mod storage;
mod wiki;

#[cfg(test)]
mod tests;

use crate::{error::Result, json::Json};
use model::Lost;
use regex::Regex;

/// What a conversion made.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted<T> {
    /// The text or document.
    pub value: T,
    /// What could not be carried over, in plain words, each kind once.
    pub lost: Vec<String>,
}

/// What is to be replaced on a page, and with what.
#[derive(Debug)]
pub struct Replacement<'a> {
    /// What is looked for.
    pub find: &'a Regex,
    /// What takes its place.
    pub with: &'a str,
    /// Whether `with` is a text as it stands: `$1` is no group then.
    pub literal: bool,
    /// Whether code and the like is changed too.
    pub code: bool,
}

/// A table as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The names of the columns, each another one.
    pub columns: Vec<String>,
    /// The rows below the titles.
    pub rows: Vec<Vec<String>>,
}

/// Collects what is lost while `work` converts.
fn converted<T>(work: impl FnOnce(&mut Lost) -> T) -> Converted<T> {
    let mut lost = Lost::default();
    let value = work(&mut lost);
    Converted { value, lost: lost.into_list() }
}

/// Makes a Jira Cloud document of plain text: an empty line parts paragraphs, every other line end is a line break.
pub fn text_to_adf(text: &str) -> Json {
    adf::write(&model::plain(text), &mut Lost::default())
}

/// Makes a Jira Cloud document of Markdown.
pub fn markdown_to_adf(markdown: &str) -> Converted<Json> {
    converted(|lost| adf::write(&markdown::read(markdown, lost), lost))
}

/// Makes Markdown of a Jira Cloud document; an absent document (`null`) gives an empty text.
///
/// Refuses what is no document.
pub fn adf_to_markdown(document: &Json) -> Result<Converted<String>> {
    adf::check(document)?;
    Ok(converted(|lost| markdown::write(&adf::read(document, lost), lost)))
}

/// Makes Jira wiki markup of Markdown.
pub fn markdown_to_wiki(markdown: &str) -> Converted<String> {
    converted(|lost| wiki::write(&markdown::read(markdown, lost), lost))
}

/// Makes Markdown of Jira wiki markup.
pub fn wiki_to_markdown(wiki: &str) -> Converted<String> {
    converted(|lost| markdown::write(&wiki::read(wiki, lost), lost))
}

/// Makes Slack's mrkdwn of Markdown. Every line end counts, as in a chat.
pub fn markdown_to_mrkdwn(markdown: &str) -> Converted<String> {
    converted(|lost| mrkdwn::write(&markdown::read_lines(&mrkdwn::sheltered(markdown), lost), lost))
}

/// Makes Slack's mrkdwn of plain text.
pub fn text_to_mrkdwn(text: &str) -> String {
    mrkdwn::escape(text)
}

/// Makes Confluence storage format of Markdown.
pub fn markdown_to_storage(markdown: &str) -> Converted<String> {
    converted(|lost| storage::write(&markdown::read(markdown, lost), lost))
}

/// Makes Confluence storage format of plain text.
pub fn plain_to_storage(text: &str) -> String {
    storage::write(&model::plain(text), &mut Lost::default())
}

/// Makes Markdown of Confluence storage format.
pub fn storage_to_markdown(storage: &str) -> Converted<String> {
    converted(|lost| markdown::write(&storage::read(storage, lost), lost))
}

/// Replaces text that readers of a Confluence page see, and returns the storage format with the number of places.
///
/// Tags, attributes and the parameters of macros stay, and so does every byte that is not part of a place. A text that
/// goes across a tag is not found.
pub fn replace_in_storage(storage: &str, wanted: &Replacement<'_>) -> Result<(String, usize)> {
    storage::replace(storage, wanted)
}

/// Says whether two texts in storage format say the same, whatever servers add to what they are given.
pub fn same_storage(one: &str, other: &str) -> bool {
    storage::same(one, other)
}

/// Puts values in the place of a template's variables.
pub fn fill_storage(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String> {
    storage::fill(template, value)
}

/// Reads the tables of a Confluence page.
pub fn storage_tables(storage: &str) -> Result<Vec<Grid>> {
    storage::tables(storage)
}

/// Gives the table `number` of a page, counted from 0, other rows. Cells that stay the same keep their markup.
pub fn set_storage_table(storage: &str, number: usize, rows: &[Vec<String>]) -> Result<String> {
    storage::set_table(storage, number, rows)
}

/// Writes a table in storage format.
pub fn storage_table(grid: &Grid) -> String {
    storage::table(grid)
}
