//! Storage format as a row of pieces, each with its place: whoever changes one leaves all others as they are.

use super::xml::EMPTY;
use crate::{
    error::{Error, Result},
    richtext::entity,
};
use quick_xml::{Reader, events::Event};
use std::ops::Range;

/// What a piece is.
#[derive(Debug)]
pub(super) enum What {
    /// The start of an element.
    Start(String),
    /// An element that holds nothing.
    Empty(String),
    /// The end of an element.
    End(String),
    /// Characters as they stand.
    Text,
    /// A character reference, with what it stands for.
    Reference(String),
    /// Characters in CDATA.
    Data,
    /// A comment or the like.
    Other,
}

/// A piece of the text.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its bytes.
    pub at: Range<usize>,
    /// What it is.
    pub what: What,
}

/// Splits storage format. Text that is not well-formed is refused.
pub(super) fn pieces(storage: &str) -> Result<Vec<Piece>> {
    let mut reader = Reader::from_str(storage);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut found = Vec::new();
    let mut done = 0;
    loop {
        let event = reader.read_event().map_err(|error| {
            Error::client(format_args!("the storage format is not well-formed near byte {done}: {error}"))
        })?;
        let end = usize::try_from(reader.buffer_position()).unwrap_or(storage.len());
        if matches!(event, Event::Eof) {
            return Ok(found);
        }
        found.push(Piece { at: done..end, what: what(event) });
        done = end;
    }
}

fn what(event: Event<'_>) -> What {
    match event {
        Event::Start(start) => {
            let name = start.name().0.to_owned();
            if EMPTY.contains(&name.as_str()) { What::Empty(name) } else { What::Start(name) }
        }
        Event::Empty(start) => What::Empty(start.name().0.to_owned()),
        Event::End(end) => What::End(end.name().0.to_owned()),
        Event::Text(_) => What::Text,
        Event::CData(_) => What::Data,
        Event::GeneralRef(name) => {
            let name = name.into_inner();
            What::Reference(entity::resolve(&name).unwrap_or_else(|| format!("&{name};")))
        }
        _ => What::Other,
    }
}

/// The elements around a piece, from the outside in.
#[derive(Default)]
pub(super) struct Around(Vec<String>);

impl Around {
    /// Goes past a piece.
    pub(super) fn pass(&mut self, piece: &Piece) {
        match &piece.what {
            What::Start(name) => self.0.push(name.clone()),
            What::End(name) => {
                if let Some(at) = self.0.iter().rposition(|open| open == name) {
                    self.0.truncate(at);
                }
            }
            _ => {}
        }
    }

    /// Says whether one of the elements around has one of these names.
    pub(super) fn any(&self, names: &[&str]) -> bool {
        self.0.iter().any(|open| names.contains(&open.as_str()))
    }

    /// Returns the name of the innermost element.
    pub(super) fn innermost(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

/// Escapes text that is to stand between tags.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
