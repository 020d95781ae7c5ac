//! The command line: what may be typed, and which command answers. The only user of clap.

mod completions;

use crate::{
    auth,
    commands::{self, Import, Job, Login, Setup, Text},
    context::Context,
    error::{Error, Result},
    report::Report,
    script::Output,
    services,
};
use clap::{Arg, ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::{ffi::OsString, path::PathBuf};

/// Scripts for Jira, Confluence, Bitbucket, Bamboo, Trello, Slack, Tempo and UPM, in Rhai.
#[derive(Parser)]
#[command(name = "tieline", version = env!("TIELINE_VERSION"), disable_help_subcommand = true, after_help = AFTER)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// Run CODE and print its value; what follows is the code's own.
    #[arg(short = 'e', value_name = "CODE", num_args = 1.., allow_hyphen_values = true)]
    eval: Option<Vec<String>>,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER: &str = "\
tieline SCRIPT [ARGS…]  runs a script; everything after SCRIPT is the script's own (SCRIPT --help explains it)
tieline                 is a prompt on a terminal; otherwise it runs standard input

Exit codes: 0 done; 1 the script failed, or a test or check; 2 wrong usage or parameters; 3 remote error; 4 not authorised;
5 some items of a bulk run failed; 130 interrupted; exit(n) gives the script's own.";

/// Flags before the script.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
struct Flags {
    /// Use the built-in practice servers for every service.
    #[arg(long)]
    sandbox: bool,
    /// Send reads; only show writes.
    #[arg(long)]
    simulate: bool,
    /// Refuse writes.
    #[arg(long)]
    read_only: bool,
    /// Show each request on standard error, without secrets.
    #[arg(long)]
    trace: bool,
    /// Do at most N things at a time, whatever a script asks for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    jobs: Option<u32>,
    /// Seconds that one answer may take.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    timeout: String,
    /// Trust the certificates in FILE (PEM) too.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Accept wrong certificates, and plain http to other machines.
    #[arg(long)]
    insecure: bool,
    /// Send everything through this proxy.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Print the script's final value in this form.
    #[arg(long, value_enum, value_name = "FORM", global = true)]
    output: Option<Form>,
    /// Do not colour.
    #[arg(long)]
    no_color: bool,
    /// Leave out notes and progress bars.
    #[arg(short, long)]
    quiet: bool,
}

/// Forms of `--output`.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Json,
    Csv,
    Table,
    None,
}

/// What `login` takes beside the parameters of a connection.
#[derive(Args)]
struct LoginArgs {
    /// The service.
    service: String,
    /// The session's name; without one it is the service's, which makes it the service's default.
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Where to save: keyring or file (encrypted with a passphrase).
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// Only write the log-in's handle to standard output; save nothing.
    #[arg(long)]
    print_handle: bool,
    /// Keep a password that is only needed to log in, so that the session can renew itself.
    #[arg(long)]
    keep_password: bool,
    /// When the token ends, such as 2027-01-31.
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    #[command(flatten)]
    parameters: Parameters,
}

/// The parameters of a connection as flags, made from the services table; as words they go to the script layer, which
/// reads them as it reads a script's.
struct Parameters(Vec<String>);

/// Flags that take no value.
const SWITCHES: &[&str] = &["insecure"];

impl Parameters {
    /// Names of the parameters with their flags. A saved session is what `login` makes, not what it takes.
    fn flags() -> impl Iterator<Item = (&'static str, String)> {
        let options = services::OPTIONS.iter().copied().filter(|name| *name != "session");
        services::CREDENTIALS.iter().map(|(name, _)| *name).chain(options).map(|name| (name, auth::dashed(name)))
    }
}

impl Args for Parameters {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.next_help_heading("Parameters of the connection").args(Self::flags().map(|(name, flag)| {
            let arg = Arg::new(name).long(flag);
            if SWITCHES.contains(&name) {
                return arg.action(ArgAction::SetTrue);
            }
            let secret = services::SECRETS.contains(&name);
            let help = if secret { "A secret: - reads standard input; without it you are asked" } else { "" };
            arg.value_name(name.to_uppercase()).allow_hyphen_values(true).help(help)
        }))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Parameters {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let word = |(name, flag): (&str, String)| {
            if SWITCHES.contains(&name) {
                return matches.get_flag(name).then(|| format!("--{flag}"));
            }
            matches.get_one::<String>(name).map(|value| format!("--{flag}={value}"))
        };
        Ok(Parameters(Self::flags().filter_map(word).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl From<LoginArgs> for Login {
    fn from(args: LoginArgs) -> Self {
        let LoginArgs { service, name, store, print_handle, keep_password, expires, parameters } = args;
        Login { service, name, parameters: parameters.0, store, print_handle, keep_password, expires }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Start the prompt.
    Repl {
        /// Run this script first and keep what it declares.
        #[arg(long, value_name = "SCRIPT")]
        load: Option<PathBuf>,
    },
    /// Run every `fn test_…` of the .rhai files.
    Test {
        /// Files or folders; without one, `tests`.
        paths: Vec<PathBuf>,
    },
    /// Write a script to begin with, and a test of it.
    New {
        /// Its name, such as released-issues.
        name: String,
    },
    /// Find what is wrong with scripts, without running them.
    ///
    /// Finds what the engine refuses; unknown variables, functions, verbs, operations and options; wrong numbers of
    /// arguments; secrets in the text; writes in a script whose header has the line `//! read-only`. These are errors, and
    /// the exit code is 1. Warnings, with which it is 0, are parameters that are never read, and paths that the service
    /// does not publish. `--output json` is for editors.
    Check {
        /// Scripts, and folders of them.
        #[arg(required = true, value_name = "SCRIPT")]
        paths: Vec<PathBuf>,
    },
    /// Call one published operation and print its answer as JSON.
    Call {
        /// The service, such as jira.
        service: String,
        /// The operation, such as getIssue; `tieline find` searches, `tieline docs SERVICE.OPERATION` explains.
        operation: String,
        /// Its parameters as --name value, the body as --body JSON or --body @FILE, files as --files.PART FILE; and
        /// those of the connection: --server, --user, --token …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "--NAME VALUE")]
        words: Vec<String>,
    },
    /// Search verbs, functions, operations and ACLI's names; the best match comes first.
    Find {
        /// What to look for: words, or a name such as getIssueList or --findReplace.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Show the reference: all in short, or one service, topic, verb, function or operation; or scripts to begin with.
    Docs {
        /// Such as jira, jira.search, jira.getIssue, comments or table; cookbook, or the name of a script in that; acli is a
        /// page for people who come from ACLI.
        name: Option<String>,
        /// Write the whole reference, or the cookbook, as Markdown.
        #[arg(long)]
        markdown: bool,
    },
    /// Sign in, verify that, and save the session. Asks for what is missing.
    Login(LoginArgs),
    /// Bring sites along from elsewhere.
    Sites {
        #[command(subcommand)]
        what: Sites,
    },
    /// List the saved sessions.
    Sessions,
    /// End a saved session and remove it.
    Logout {
        /// Its name.
        name: String,
    },
    /// Ask each server who we are there.
    Whoami {
        /// Saved sessions, or services whose parameters the environment gives; without one, all saved sessions.
        names: Vec<String>,
    },
    /// Say how a connection would sign in, and why. Sends nothing.
    Explain {
        /// The service.
        service: String,
        /// What a script would get: --server, --user, --token and others, also as --jira-server and so on.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PARAMETERS")]
        words: Vec<String>,
    },
    /// Start the practice servers, print their addresses, and wait.
    Sandbox,
    /// Say what works here: terminal, folders, keyring, proxy, certificates, saved sessions. Ends with 1 if something does
    /// not.
    SelfCheck {
        /// Ask the server of each saved session who we are.
        #[arg(long)]
        online: bool,
    },
    /// Write the manual page.
    #[command(hide = true)]
    Man,
    /// Write shell completion.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the names that may stand in the place of the last word: what the shells' completion asks for.
    #[command(hide = true)]
    Complete {
        /// What stands on the command line.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    #[command(external_subcommand)]
    Script(Vec<OsString>),
}

/// What can be done with sites.
#[derive(Subcommand)]
enum Sites {
    /// Save the site aliases of an acli.properties file as sessions. Passwords are never shown; what has no place in a
    /// session is named; if anything in the file is wrong, nothing is saved.
    Import {
        /// The file.
        file: PathBuf,
        /// Where to save: keyring or file (encrypted with a passphrase).
        #[arg(long, value_name = "STORE")]
        store: Option<String>,
        /// Only show what would be saved.
        #[arg(long)]
        dry_run: bool,
        /// Ask each service who we are first, and save only what it confirms.
        #[arg(long)]
        verify: bool,
        /// Replace saved sessions of the same names.
        #[arg(long)]
        replace: bool,
    },
}

/// Runs the program and returns its exit code.
pub fn run(words: Vec<OsString>) -> u8 {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut context = Context::from_process();
    context.quiet = cli.flags.quiet;
    context.color &= !cli.flags.no_color;
    let output = cli.flags.output.map(Output::from);
    match setup(&cli.flags).and_then(|setup| Ok((setup, job(cli.eval, cli.command, output, &context)?))) {
        Ok((setup, job)) => commands::run(context, setup, job),
        Err(error) => {
            context.say(&Report::plain(&error).render(|_| None, context.color && context.errors_are_terminal));
            error.kind.exit_code()
        }
    }
}

/// Shows help where it was asked for, or what was wrong.
fn usage(error: &clap::Error) -> u8 {
    // Nobody is left to tell if the stream is closed.
    let _ = error.print();
    if error.use_stderr() { 2 } else { 0 }
}

fn setup(flags: &Flags) -> Result<Setup> {
    Ok(Setup {
        sandbox: flags.sandbox,
        simulate: flags.simulate,
        read_only: flags.read_only,
        trace: flags.trace,
        jobs: flags.jobs.and_then(|jobs| usize::try_from(jobs).ok()),
        timeout: auth::seconds_of(&flags.timeout)?,
        ca: flags.ca.clone(),
        insecure: flags.insecure,
        proxy: flags.proxy.clone(),
    })
}

fn job(eval: Option<Vec<String>>, command: Option<Command>, output: Option<Output>, context: &Context) -> Result<Job> {
    if let Some(mut words) = eval {
        let code = words.remove(0);
        return Ok(Job::Run { text: Text::Code(code), words, output: output.unwrap_or(Output::Plain) });
    }
    Ok(match command {
        None if context.interactive => Job::Repl { load: None },
        None => Job::Run { text: Text::Input, words: Vec::new(), output: output.unwrap_or(Output::None) },
        Some(Command::Repl { load }) => Job::Repl { load },
        Some(Command::Test { paths }) => Job::Test { paths },
        Some(Command::New { name }) => Job::New { name },
        Some(Command::Check { paths }) => Job::Check { paths, output },
        Some(Command::Call { service, operation, words }) => {
            Job::Call { service, operation, words, output: output.unwrap_or(Output::Json) }
        }
        Some(Command::Find { words }) => Job::Find { words },
        Some(Command::Docs { name, markdown }) => Job::Docs { name, markdown },
        Some(Command::Login(args)) => Job::Login(args.into()),
        Some(Command::Sites { what: Sites::Import { file, store, dry_run, verify, replace } }) => {
            Job::Import(Import { file, store, dry_run, verify, replace })
        }
        Some(Command::Sessions) => Job::Sessions { output },
        Some(Command::Logout { name }) => Job::Logout { name },
        Some(Command::Whoami { names }) => Job::Whoami { names },
        Some(Command::Explain { service, words }) => Job::Explain { service, words },
        Some(Command::Sandbox) => Job::Sandbox,
        Some(Command::SelfCheck { online }) => Job::SelfCheck { online, output },
        Some(Command::Man) => Job::Print(manual()?),
        Some(Command::Completions { shell }) => Job::Print(completions::script(shell)),
        Some(Command::Complete { words }) => Job::Complete { words: completions::after_flags(words) },
        Some(Command::Script(words)) => script(words, output)?,
    })
}

/// Everything after the script's name is its own.
fn script(words: Vec<OsString>, output: Option<Output>) -> Result<Job> {
    let mut words = words.into_iter();
    let path = PathBuf::from(words.next().unwrap_or_default());
    let words = words
        .map(|word| {
            word.into_string()
                .map_err(|word| Error::client(format_args!("the argument {} is not UTF-8", word.display())))
        })
        .collect::<Result<Vec<String>>>()?;
    let text = if path.as_os_str() == "-" { Text::Input } else { Text::File(path) };
    Ok(Job::Run { text, words, output: output.unwrap_or(Output::None) })
}

impl From<Form> for Output {
    fn from(form: Form) -> Self {
        match form {
            Form::Json => Output::Json,
            Form::Csv => Output::Csv,
            Form::Table => Output::Table,
            Form::None => Output::None,
        }
    }
}

/// Writes the manual page: the program, then each of its commands.
fn manual() -> Result<String> {
    let mut command = Cli::command().name("tieline");
    command.build();
    let mut out = Vec::new();
    let written = pages(&command, &mut out);
    written.map_err(|e| Error::client(format_args!("cannot write the manual page: {e}")))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn pages(command: &clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(out)?;
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        let page = clap_mangen::Man::new(command.clone());
        out.extend(format!(".SH \"TIELINE {}\"\n", command.get_name().to_uppercase()).bytes());
        page.render_description_section(out)?;
        page.render_options_section(out)?;
    }
    Ok(())
}
