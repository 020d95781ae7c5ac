//! Completion in shells: what clap makes of the command line, and the names that only the program knows.

use super::Cli;
use clap::CommandFactory;
use clap_complete::Shell;

/// How the function of the command line starts in zsh; it becomes a function that the one for names falls back on.
const ZSH_START: &str = "\n_tieline() {";

/// Where zsh's functions end and the file calls or registers them.
const ZSH_END: &str = "\nif [ \"$funcstack[1]\" = \"_tieline\" ]";

/// Returns the completion script of a shell.
pub(super) fn script(shell: Shell) -> String {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tieline", &mut out);
    let mut text = String::from_utf8_lossy(&out).into_owned();
    match shell {
        Shell::Bash => text += include_str!("names.bash"),
        Shell::Fish => text += include_str!("names.fish"),
        Shell::Zsh => {
            let names = format!("\n{}{ZSH_END}", include_str!("names.zsh"));
            text = text.replacen(ZSH_START, "\n_tieline_words() {", 1).replacen(ZSH_END, &names, 1);
        }
        // The other shells have the commands and their flags.
        _ => {}
    }
    text
}

/// Leaves the program's own flags out of what stands on a command line: what is left starts with the command. The last
/// word is the one at the cursor.
pub(super) fn after_flags(words: Vec<String>) -> Vec<String> {
    let cli = Cli::command();
    let takes_value = |word: &str| {
        let known = |arg: &&clap::Arg| {
            let (long, short) = (arg.get_long(), arg.get_short());
            word.strip_prefix("--").is_some_and(|name| long == Some(name))
                || word.strip_prefix('-').is_some_and(|name| short.is_some_and(|short| name == short.to_string()))
        };
        cli.get_arguments().find(known).is_some_and(|arg| arg.get_action().takes_values())
    };
    let mut rest = words.into_iter().peekable();
    while let Some(flag) = rest.next_if(|word| word.starts_with('-')) {
        // The program text after -e is no command, nor is what follows it.
        if flag == "-e" {
            return Vec::new();
        }
        if takes_value(&flag) {
            rest.next();
        }
    }
    rest.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_left_out() {
        for (words, left) in [
            ("call jira", "call jira"),
            ("--sandbox call jira", "call jira"),
            ("--jobs 4 -q --timeout=3 --output json docs jira", "docs jira"),
            ("--jobs", ""),
            ("-e 1 call", ""),
        ] {
            let words = words.split(' ').map(str::to_owned).collect();
            assert_eq!(after_flags(words).join(" "), left);
        }
    }

    #[test]
    fn each_shell_asks_for_names_and_keeps_its_commands() {
        for (shell, names, commands) in [
            (Shell::Bash, "complete -F _tieline_names", "_tieline() {"),
            (Shell::Zsh, "_tieline_words \"$@\"\n    fi", "\n_tieline_words() {"),
            (Shell::Fish, "(__fish_tieline_names)", "__fish_tieline_using_subcommand call"),
        ] {
            let text = script(shell);
            assert!(text.contains(names) && text.contains(commands), "{shell}: {text}");
            assert_eq!(text.matches(" complete -- ").count(), 1, "{shell}");
        }
        assert_eq!(script(Shell::Zsh).matches("\n_tieline() {").count(), 1);
    }
}
