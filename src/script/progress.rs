//! Progress bars, where a person is watching.

use crate::{context::Context, http::Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::{fmt::Write, sync::Arc};

/// Files smaller than this are done before a bar could be read.
const SMALL: u64 = 1024 * 1024;

/// Makes a bar that counts items, with their rate and the time left. Draws nothing when nobody watches.
pub(super) fn count(context: &Context, total: Option<usize>) -> ProgressBar {
    if !context.errors_are_terminal || context.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {rate}/s, {eta} left") {
        bar.set_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
            // Writing to a bar's own buffer does not fail.
            let _ = write!(out, "{:.1}", state.per_sec());
        }));
    }
    bar
}

/// Makes a bar for a transfer. Draws nothing when nobody watches, or the file is small.
pub(super) fn bar(context: &Context, label: &str) -> Progress {
    if !context.errors_are_terminal || context.quiet {
        return Arc::new(|_, _| {});
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let bars = context.bars.clone();
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(label.to_owned());
    Arc::new(move |done, total| {
        let Some(total) = total.filter(|total| *total >= SMALL) else { return };
        if bar.length().is_none() {
            bars.add(bar.clone());
            bar.set_length(total);
        }
        bar.set_position(done);
        if done >= total {
            bar.finish_and_clear();
        }
    })
}
