//! Rich text: Markdown to and from what the services store, and plain text to Jira Cloud documents.
//!
//! | service | stores | read | written |
//! | --- | --- | --- | --- |
//! | Jira Cloud | documents (ADF) | [`adf_to_markdown`] | [`markdown_to_adf`], [`text_to_adf`] |
//! | Jira Server | wiki markup | [`wiki_to_markdown`] | [`markdown_to_wiki`] |
//! | Confluence | storage format (XHTML) | [`storage_to_markdown`] | [`markdown_to_storage`] |
//! | Slack | mrkdwn | | [`markdown_to_mrkdwn`], [`text_to_mrkdwn`] |
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

/// What a conversion made.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted<T> {
    /// The text or document.
    pub value: T,
    /// What could not be carried over, in plain words, each kind once.
    pub lost: Vec<String>,
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

/// Makes Markdown of Confluence storage format.
pub fn storage_to_markdown(storage: &str) -> Converted<String> {
    converted(|lost| markdown::write(&storage::read(storage, lost), lost))
}
