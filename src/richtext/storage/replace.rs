//! Finding and replacing in what readers see of a page: tags, attributes and what tells macros what to do stay.

use super::pieces::{Around, Piece, What, escape, pieces};
use crate::{error::Result, richtext::Replacement};
use regex::Captures;
use std::ops::Range;

/// Elements whose text no reader sees.
const HIDDEN: [&str; 8] = [
    "ac:parameter",
    "ac:default-parameter",
    "ac:task-id",
    "ac:task-uuid",
    "ac:task-status",
    "ac:placeholder",
    "ac:adf-attribute",
    "at:declarations",
];

/// What holds code and other text that is shown as it is.
const CODE: &str = "ac:plain-text-body";

/// Replaces in storage format and returns it with the number of places.
pub(in crate::richtext) fn replace(storage: &str, wanted: &Replacement<'_>) -> Result<(String, usize)> {
    let pieces = pieces(storage)?;
    let mut work = Work { storage, wanted, out: String::with_capacity(storage.len()), done: 0, count: 0 };
    let mut around = Around::default();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        around.pass(piece);
        let visible = !around.any(&HIDDEN);
        let run = pieces[at..].iter().take_while(|p| matches!(p.what, What::Text | What::Reference(_))).count();
        match piece.what {
            What::Data if visible && (wanted.code || around.innermost() != CODE) => work.data(piece),
            _ if run > 0 && visible => work.text(&pieces[at..at + run]),
            _ => {}
        }
        at += run.max(1);
    }
    work.out.push_str(&storage[work.done..]);
    Ok((work.out, work.count))
}

struct Work<'a> {
    storage: &'a str,
    wanted: &'a Replacement<'a>,
    out: String,
    /// How many bytes of the storage format are in `out`.
    done: usize,
    count: usize,
}

impl Work<'_> {
    fn data(&mut self, piece: &Piece) {
        let inner = piece.at.start + "<![CDATA[".len()..piece.at.end - "]]>".len();
        let text = &self.storage[inner.clone()];
        for (place, new) in self.fits(text) {
            // The end of CDATA cannot stand in it.
            let new = new.replace("]]>", "]]]]><![CDATA[>");
            self.put(inner.start + place.start..inner.start + place.end, &new);
        }
    }

    fn text(&mut self, pieces: &[Piece]) {
        let run = Run::of(self.storage, pieces);
        for (place, new) in self.fits(&run.text) {
            self.put(run.start(place.start)..run.end(place.end), &escape(&new));
        }
    }

    /// Finds the places in `text`, each with what takes its place.
    fn fits(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let new = |captures: &Captures<'_>| {
            let mut new = String::new();
            if self.wanted.literal {
                new.push_str(self.wanted.with);
            } else {
                captures.expand(self.wanted.with, &mut new);
            }
            new
        };
        let all = self.wanted.find.captures_iter(text).map(|captures| (captures.get_match().range(), new(&captures)));
        all.filter(|(place, _)| !place.is_empty()).collect()
    }

    fn put(&mut self, place: Range<usize>, new: &str) {
        self.out.push_str(&self.storage[self.done..place.start]);
        self.out.push_str(new);
        self.done = place.end;
        self.count += 1;
    }
}

/// Text between two tags, with its references resolved.
struct Run {
    text: String,
    /// Where each piece begins in `text`, its bytes in the storage format, and whether it is a reference.
    parts: Vec<(usize, Range<usize>, bool)>,
}

impl Run {
    fn of(storage: &str, pieces: &[Piece]) -> Self {
        let mut run = Run { text: String::new(), parts: Vec::new() };
        for piece in pieces {
            let reference = if let What::Reference(text) = &piece.what { Some(text) } else { None };
            run.parts.push((run.text.len(), piece.at.clone(), reference.is_some()));
            run.text.push_str(reference.map_or(&storage[piece.at.clone()], String::as_str));
        }
        run
    }

    /// Returns where in the storage format a place begins.
    fn start(&self, at: usize) -> usize {
        let part = self.parts.iter().rev().find(|part| part.0 <= at);
        part.map_or(0, |(begin, bytes, reference)| bytes.start + if *reference { 0 } else { at - begin })
    }

    /// Returns where in the storage format a place ends.
    fn end(&self, at: usize) -> usize {
        let part = self.parts.iter().rev().find(|part| part.0 < at);
        part.map_or(0, |(begin, bytes, reference)| if *reference { bytes.end } else { bytes.start + (at - begin) })
    }
}
