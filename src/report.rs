//! Errors as people see them: the message, the user's line with a caret, the frames below it, the hint.

use crate::secret::redact;
use std::fmt::Write;

/// One place in a script on the way to an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The name of the source: a path, or `stdlib/jira.rhai`.
    pub source: String,
    /// The line, from 1; 0 where it is not known.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The function that was called from here, except at the innermost place.
    pub call: Option<String>,
}

/// Everything that is shown of an error.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The message, one line or more.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The places, innermost first.
    pub frames: Vec<Frame>,
}

/// What the sources of the standard library start with.
pub const STDLIB: &str = "stdlib/";

impl Report {
    /// Makes the report of an error that has no place in a script.
    pub fn plain(error: &crate::error::Error) -> Self {
        Report { message: error.message.clone(), hint: error.hint.clone(), frames: Vec::new() }
    }

    /// Writes the report. `text_of` finds the text of a source.
    pub fn render(&self, text_of: impl Fn(&str) -> Option<String>, color: bool) -> String {
        self.render_as("error", text_of, color)
    }

    /// Writes the report under another word than "error".
    pub fn render_as(&self, what: &str, text_of: impl Fn(&str) -> Option<String>, color: bool) -> String {
        let (bold, red, blue, end) =
            if color { ("\x1b[1m", "\x1b[1;31m", "\x1b[34m", "\x1b[0m") } else { ("", "", "", "") };
        let mut out = format!("{red}{what}{end}{bold}: {}{end}", visible(&redact(&self.message)));
        let users = self.frames.iter().position(|frame| !frame.source.starts_with(STDLIB) && frame.line > 0);
        let (inner, outer) = self.frames.split_at(users.unwrap_or(self.frames.len()));
        if let Some(frame) = outer.first() {
            let gutter = frame.line.to_string().len();
            let _ = write!(out, "\n{:gutter$}{blue}-->{end} {}:{}:{}", "", frame.source, frame.line, frame.column);
            if let Some(line) =
                text_of(&frame.source).and_then(|text| text.lines().nth(frame.line - 1).map(str::to_owned))
            {
                let _ = write!(out, "{}", excerpt(frame, &redact(&line), (blue, red, end)));
            }
        }
        for frame in inner.iter().filter(|frame| frame.line > 0) {
            let _ = write!(out, "\n  {blue}in{end} {}:{}:{}", frame.source, frame.line, frame.column);
        }
        for frame in outer.iter().skip(1).filter(|frame| frame.line > 0) {
            let call = frame.call.as_deref().map_or(String::new(), |call| format!(", calling {call}"));
            let _ = write!(out, "\n  {blue}from{end} {}:{}:{}{call}", frame.source, frame.line, frame.column);
        }
        if let Some(hint) = &self.hint {
            let _ = write!(out, "\n{bold}hint{end}: {}", visible(&redact(hint)));
        }
        out
    }
}

fn excerpt(frame: &Frame, line: &str, (blue, red, end): (&str, &str, &str)) -> String {
    let number = frame.line.to_string();
    let gutter = number.len();
    // A tab stays a tab, so that the caret stands under its character.
    let before: String =
        line.chars().take(frame.column.saturating_sub(1)).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    format!(
        "\n{:gutter$} {blue}|{end}\n{blue}{number} |{end} {line}\n{:gutter$} {blue}|{end} {before}{red}^{end}",
        "", ""
    )
}

/// Takes out control characters that a server may have put into a message; line ends stay.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(source: &str, line: usize, column: usize, call: Option<&str>) -> Frame {
        Frame { source: source.into(), line, column, call: call.map(str::to_owned) }
    }

    #[test]
    fn the_caret_stands_in_the_users_line() {
        let report = Report {
            message: "Remote error: No. Response code: 404.".into(),
            hint: Some("look again".into()),
            frames: vec![
                frame("stdlib/jira.rhai", 7, 5, None),
                frame("a.rhai", 2, 9, Some("issue")),
                frame("a.rhai", 12, 1, Some("main")),
            ],
        };
        let text = "fn main(jira) {\n\tlet x = jira.issue(\"A-1\");\n}";
        let shown = report.render(|source| (source == "a.rhai").then(|| text.to_owned()), false);
        assert_eq!(
            shown,
            "error: Remote error: No. Response code: 404.\n --> a.rhai:2:9\n  |\n2 | \tlet x = jira.issue(\"A-1\");\n  | \t       ^\n  in stdlib/jira.rhai:7:5\n  from a.rhai:12:1, calling main\nhint: look again"
        );
    }

    #[test]
    fn terminal_escapes_of_a_server_are_taken_out() {
        let report = Report { message: "a\u{1b}[31mb\u{7}".into(), ..Report::default() };
        assert_eq!(report.render(|_| None, false), "error: a[31mb");
    }
}
