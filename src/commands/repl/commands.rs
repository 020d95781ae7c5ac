//! The commands of the prompt, and how one is told from the language.

/// One command.
pub(super) struct Command {
    /// Its name.
    pub name: &'static str,
    /// What stands behind it; in brackets if it may be left out.
    pub takes: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// The commands, in the order in which `help` lists them.
pub(super) const COMMANDS: &[Command] = &[
    Command { name: "help", takes: "[NAME]", about: "explains a verb, a function, an operation, a command; cookbook" },
    Command { name: "find", takes: "WORDS", about: "finds verbs and operations by words" },
    Command { name: "type", takes: "EXPR", about: "says what a value is" },
    Command { name: "vars", takes: "", about: "lists the variables" },
    Command { name: "time", takes: "EXPR", about: "says how long something takes" },
    Command { name: "edit", takes: "[CODE]", about: "opens your editor with CODE or the last entry and runs it" },
    Command { name: "load", takes: "FILE", about: "runs a script and keeps what it declares" },
    Command { name: "save", takes: "FILE", about: "writes what went well so far as a script" },
    Command { name: "exit", takes: "", about: "ends the session, as Ctrl-D does" },
    Command { name: "quit", takes: "", about: "ends the session" },
];

/// Other names of commands.
const ALIASES: &[(&str, &str)] = &[("?", "help"), ("docs", "help")];

/// How far a word may be from the name of a command to be taken for it.
const SLIPS: usize = 2;

/// Finds a command by its name.
pub(super) fn command(name: &str) -> Option<&'static Command> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    COMMANDS.iter().find(|command| command.name == name)
}

/// Returns the command that was probably meant by a line that is none.
pub(super) fn meant(line: &str) -> Option<&'static str> {
    let word = line.split_whitespace().next().filter(|word| word.len() >= 3)?;
    let near = COMMANDS.iter().map(|command| (strsim::damerau_levenshtein(command.name, word), command.name)).min()?;
    (near.0 <= SLIPS && near.0 + 1 < word.len()).then_some(near.1)
}

/// Reads a line as a command: its name and what stands behind, which may be missing. Variables and functions of the same name go first.
pub(super) fn split(line: &str, is_variable: impl Fn(&str) -> bool) -> Option<(&'static str, &str)> {
    let line = line.trim();
    let end =
        if line.starts_with('?') { 1 } else { line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len()) };
    let command = command(&line[..end]).filter(|command| !is_variable(command.name))?;
    let rest = line[end..].trim_end();
    let argument = rest.trim_start();
    let fits = match (command.takes, argument) {
        ("", "") => true,
        ("", _) => false,
        (_, "") => true,
        _ => rest.starts_with(char::is_whitespace) && !argument.starts_with(['(', '=', ';', ',']),
    };
    fits.then_some((command.name, argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_told_from_the_language() {
        for (line, is) in [
            ("help", Some(("help", ""))),
            ("?", Some(("help", ""))),
            ("? jira", Some(("help", "jira"))),
            ("docs jira", Some(("help", "jira"))),
            (" help jira.search ", Some(("help", "jira.search"))),
            ("find attach file", Some(("find", "attach file"))),
            ("load ../x.rhai", Some(("load", "../x.rhai"))),
            ("load /tmp/x.rhai", Some(("load", "/tmp/x.rhai"))),
            ("time [1, 2].len()", Some(("time", "[1, 2].len()"))),
            ("type -1", Some(("type", "-1"))),
            ("edit", Some(("edit", ""))),
            ("exit", Some(("exit", ""))),
            ("exit(3)", None),
            ("exit (3)", None),
            ("find", Some(("find", ""))),
            ("find = 3", None),
            ("find(\"x\")", None),
            ("vars x", None),
            ("helpers", None),
            ("help_me", None),
            ("issue.help", None),
            ("load.x", None),
            ("mine", None),
        ] {
            assert_eq!(split(line, |name| name == "mine"), is, "{line}");
        }
        assert_eq!(split("load x", |name| name == "load"), None);
        assert_eq!((meant("hepl"), meant("hlep jira"), meant("issue")), (Some("help"), Some("help"), None));
    }
}
