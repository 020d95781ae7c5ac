//! Confluence storage format: XHTML with macros.

mod fill;
mod macros;
mod pieces;
mod read;
mod replace;
mod same;
mod table;
mod words;
mod write;
mod xml;

pub(super) use fill::fill;
pub(super) use read::read;
pub(super) use replace::replace;
pub(super) use same::same;
pub(super) use table::{set as set_table, table, tables};
pub(super) use write::write;
