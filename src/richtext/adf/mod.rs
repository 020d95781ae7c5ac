//! Jira Cloud documents: the Atlassian Document Format, version 1.

mod fit;
mod read;
#[cfg(test)]
pub(super) mod valid;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use crate::{
    error::{Error, Result},
    json::Json,
};

/// Refuses what is no document. An absent one (`null`) is empty.
pub(super) fn check(document: &Json) -> Result<()> {
    let kind = document.get("type").and_then(Json::as_str);
    match (document, kind) {
        (Json::Null, _) | (_, Some("doc")) => Ok(()),
        (Json::Text(_), _) => Err(Error::client("a Jira Cloud document is needed, not a text")
            .hint("texts of Jira Server are wiki markup: wiki_to_markdown(text)")),
        (_, Some(kind)) => Err(Error::client(format_args!("a Jira Cloud document is needed, not its part `{kind}`"))
            .hint("a document is a map whose type is \"doc\"")),
        (_, None) => Err(Error::client("a Jira Cloud document is needed: a map whose type is \"doc\"")),
    }
}
