//! Long texts by a pager.

use crate::context::Context;

/// Prints `text`: by a pager if it is longer than the terminal. `meanwhile` is called now and then while that runs.
pub(super) fn print(context: &Context, text: &str, meanwhile: &dyn Fn()) {
    let long = context.height().is_some_and(|height| rows(text, context.width()) + 1 >= usize::from(height));
    let command = context.env("PAGER").unwrap_or_else(|| "less -R".to_owned());
    let paged = long && context.interactive && !matches!(command.trim(), "" | "cat");
    if !paged || !context.feed(&command, &format!("{text}\n"), meanwhile) {
        context.print(text);
    }
}

/// Counts the rows that `text` takes on a terminal.
fn rows(text: &str, width: Option<u16>) -> usize {
    let width = usize::from(width.unwrap_or(80)).max(1);
    text.lines().map(|line| console::measure_text_width(line).div_ceil(width).max(1)).sum()
}
