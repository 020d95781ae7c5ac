//! Markdown: `CommonMark` with GitHub's tables, task lists, strikethrough, alerts and bare addresses.

mod escape;
mod html;
mod line;
mod read;
mod write;

pub(super) use read::{read, read_lines};
pub(super) use write::write;
