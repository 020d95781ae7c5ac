//! Confluence storage format: XHTML with macros.

mod macros;
mod read;
mod write;
mod xml;

pub(super) use read::read;
pub(super) use write::write;
