//! ACLI, the command line that many people know, action by action: what does the same here.
//!
//! `acli.tsv` has a line for each action and each common parameter, its columns separated by tabs:
//!
//! ```text
//! product  action  answers  note
//! ```
//!
//! | an answer | is |
//! | --- | --- |
//! | `jira.comment` | a verb, or what every connection can do |
//! | `jira.api.createGroup` | a published operation; where Cloud and Data Center differ, Cloud's comes first |
//! | `read_csv()` | a function |
//! | `scripts/bulk-edit.rhai` | an automation of this project |
//! | `tieline sessions` | a command, or a flag of one |
//! | `-` | nothing: the note says why |
//!
//! The file is read when somebody asks for it.

/// The table.
const TABLE: &str = include_str!("acli.tsv");

/// The product under which the common parameters stand.
pub const PARAMETERS: &str = "parameter";

/// An action of ACLI, or one of its common parameters, and what does it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The product: a service, or `system`, `common`, [`PARAMETERS`].
    pub product: &'static str,
    /// The name, such as `addComment` or `--simulate`.
    pub name: &'static str,
    /// The answers as they are written, joined by commas.
    written: &'static str,
    /// What to know beside the answers; may be empty.
    pub note: &'static str,
}

/// One thing that does what an action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A method of a connection: a verb, or what every connection can do.
    Method {
        /// The service.
        service: &'static str,
        /// The method's name.
        name: &'static str,
    },
    /// A published operation.
    Operation {
        /// The service.
        service: &'static str,
        /// The operation's id.
        id: &'static str,
    },
    /// A function.
    Function(&'static str),
    /// An automation, by its path in the project.
    Script(&'static str),
    /// A command line.
    Command(&'static str),
}

impl Action {
    /// Returns what does it; nothing where it cannot be done.
    pub fn answers(&self) -> impl Iterator<Item = Answer> + use<> {
        self.written.split(", ").filter(|word| *word != "-").map(answer)
    }

    /// Returns the answers as people write them, and what to know.
    #[must_use]
    pub fn summary(&self) -> String {
        let answers: Vec<String> = self.answers().map(|answer| answer.to_string()).collect();
        match (answers.is_empty(), self.note.is_empty()) {
            (true, _) => self.note.to_owned(),
            (false, true) => answers.join(", "),
            (false, false) => format!("{}. {}", answers.join(", "), self.note),
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Answer::Method { service, name } => write!(f, "{service}.{name}()"),
            Answer::Operation { service, id } => write!(f, "{service}.api.{id}()"),
            Answer::Function(name) => write!(f, "{name}()"),
            Answer::Script(words) | Answer::Command(words) => f.write_str(words),
        }
    }
}

/// Reads every action.
pub fn actions() -> impl Iterator<Item = Action> {
    TABLE.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        Action { product: next(), name: next(), written: next(), note: next() }
    })
}

fn answer(word: &'static str) -> Answer {
    if let Some(name) = word.strip_suffix("()") {
        return Answer::Function(name);
    }
    if word.starts_with("scripts/") {
        return Answer::Script(word);
    }
    match word.split_once('.') {
        Some((service, rest)) if !service.contains(' ') => match rest.strip_prefix("api.") {
            Some(id) => Answer::Operation { service, id },
            None => Answer::Method { service, name: rest },
        },
        _ => Answer::Command(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let read = |written| Action { product: "jira", name: "x", written, note: "Note." };
        let all: Vec<Answer> =
            read("jira.issue, jira.api.getIssue, csv(), scripts/a.rhai, tieline --trace").answers().collect();
        assert_eq!(
            all,
            [
                Answer::Method { service: "jira", name: "issue" },
                Answer::Operation { service: "jira", id: "getIssue" },
                Answer::Function("csv"),
                Answer::Script("scripts/a.rhai"),
                Answer::Command("tieline --trace"),
            ]
        );
        assert_eq!(read("csv(), jira.issue").summary(), "csv(), jira.issue(). Note.");
        assert_eq!(read("-").summary(), "Note.");
    }

    #[test]
    fn every_action_says_something() {
        for action in actions() {
            let complete = !action.product.is_empty() && !action.name.is_empty() && !action.summary().is_empty();
            assert!(complete, "{action:?}");
            let ends = action.note.is_empty() || action.note.ends_with(['.', '`']);
            assert!(ends, "no sentence: {action:?}");
        }
    }
}
