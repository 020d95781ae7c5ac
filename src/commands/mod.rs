//! What the program does: one file per command. Each gets its surroundings and returns an exit code.

mod acli;
mod call;
mod check;
mod complete;
mod cookbook;
mod docs;
mod explain;
mod find;
mod login;
mod new;
mod pager;
mod practice;
mod repl;
mod run;
mod self_check;
mod sessions;
mod sites;
mod test;

pub use login::Login;
pub use sites::Import;

use crate::{
    context::Context,
    error::{Error, Result},
    http::{Flight, Interrupt, Ledger, Options},
    report::Report,
    script::{Arguments, Failure, Host, Output, World, on_stack},
    secret::Secret,
    services::{self, Service},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    rc::Rc,
    sync::Mutex,
    time::{Duration, Instant},
};

/// The exit code of a run in which some of many things were not done.
const PARTLY: u8 = 5;

/// How long a prompt waits for what Ctrl-C stopped, before another Ctrl-C ends the program.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the run was asked to go: the flags before the script.
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub struct Setup {
    /// Practice servers for every service.
    pub sandbox: bool,
    /// Writes are only shown.
    pub simulate: bool,
    /// Writes are refused.
    pub read_only: bool,
    /// Requests are shown.
    pub trace: bool,
    /// How much may be done at a time.
    pub jobs: Option<usize>,
    /// How long one answer may take.
    pub timeout: Duration,
    /// Further certificates.
    pub ca: Option<PathBuf>,
    /// Wrong certificates and plain http are accepted.
    pub insecure: bool,
    /// The proxy.
    pub proxy: Option<String>,
}

/// Where a script's text comes from.
pub enum Text {
    /// A file.
    File(PathBuf),
    /// The command line.
    Code(String),
    /// Standard input.
    Input,
}

/// One thing to do.
pub enum Job {
    /// Run a script.
    Run {
        /// Its text.
        text: Text,
        /// Its arguments.
        words: Vec<String>,
        /// What to do with its value.
        output: Output,
    },
    /// Start the prompt.
    Repl {
        /// A script to run first.
        load: Option<PathBuf>,
    },
    /// Run tests.
    Test {
        /// Files and folders.
        paths: Vec<PathBuf>,
    },
    /// Write a script to begin with.
    New {
        /// Its name.
        name: String,
    },
    /// Find what is wrong with scripts.
    Check {
        /// Files and folders.
        paths: Vec<PathBuf>,
        /// In which form.
        output: Option<Output>,
    },
    /// Call one published operation.
    Call {
        /// The service.
        service: String,
        /// The operation's id.
        operation: String,
        /// Its parameters, and those of the connection.
        words: Vec<String>,
        /// How to print the answer.
        output: Output,
    },
    /// Search everything that can be called.
    Find {
        /// What to look for.
        words: Vec<String>,
    },
    /// Show the reference.
    Docs {
        /// Of what.
        name: Option<String>,
        /// All of it, as Markdown.
        markdown: bool,
    },
    /// Sign in and save the session.
    Login(Login),
    /// Make sessions of ACLI's site aliases.
    Import(Import),
    /// List the saved sessions.
    Sessions {
        /// In which form.
        output: Option<Output>,
    },
    /// End and remove a saved session.
    Logout {
        /// Its name.
        name: String,
    },
    /// Verify saved sessions.
    Whoami {
        /// Their names; without one, all.
        names: Vec<String>,
    },
    /// Say how a connection would sign in.
    Explain {
        /// The service's name.
        service: String,
        /// The connection's parameters, as a script takes them.
        words: Vec<String>,
    },
    /// Say what works here.
    SelfCheck {
        /// Whether servers are asked.
        online: bool,
        /// In which form.
        output: Option<Output>,
    },
    /// Start the practice servers and wait.
    Sandbox,
    /// Print the names that a shell may offer.
    Complete {
        /// What stands on the command line, up to the word at the cursor.
        words: Vec<String>,
    },
    /// Print a text.
    Print(String),
}

/// Does `job`, on a stack that holds the deepest script, and returns the exit code.
pub fn run(mut context: Context, setup: Setup, job: Job) -> u8 {
    let interrupt = Interrupt::default();
    context.interrupt = interrupt.clone();
    let heeded = (interrupt.clone(), Mutex::new(Instant::now()));
    let patience = if matches!(job, Job::Repl { .. }) { PATIENCE } else { Duration::ZERO };
    // Without this the first Ctrl-C would end the program on the spot, and leave its sessions open.
    let _ = ctrlc::set_handler(move || heed(&heeded.0, &heeded.1, patience));
    let work = AssertUnwindSafe(|| dispatch(Rc::new(context), &setup, &interrupt, job));
    // A panic has told its story on standard error already. Nobody sees what it left behind: the program ends.
    on_stack(|| catch_unwind(work).unwrap_or(1)).unwrap_or(1)
}

/// The first Ctrl-C stops what is running; a later one the program, if that has had no effect for `patience`.
fn heed(interrupt: &Interrupt, first: &Mutex<Instant>, patience: Duration) {
    // A poisoned lock still holds a moment.
    let mut first = first.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !interrupt.raise() {
        *first = Instant::now();
    } else if first.elapsed() >= patience {
        std::process::exit(130);
    }
}

fn dispatch(context: Rc<Context>, setup: &Setup, interrupt: &Interrupt, job: Job) -> u8 {
    let done = match job {
        Job::Print(text) => {
            context.print(text.trim_end());
            Ok(0)
        }
        Job::Run { text, words, output } => run::run(&context, setup, interrupt, text, words, output),
        Job::Repl { load } => repl::run(&context, setup, interrupt, load.as_deref()),
        Job::Test { paths } => test::run(&context, setup, interrupt, &paths),
        Job::New { name } => new::run(&context, &name),
        Job::Check { paths, output } => check::run(&context, setup, interrupt, &paths, output),
        Job::Call { service, operation, words, output } => {
            call::run(&context, setup, interrupt, (&service, &operation, words), output)
        }
        Job::Find { words } => find::run(&context, setup, interrupt, &words),
        Job::Docs { name, markdown } => docs::run(&context, setup, interrupt, name.as_deref(), markdown),
        Job::Login(login) => login::run(&context, setup, interrupt, login),
        Job::Import(import) => sites::import(&context, setup, interrupt, &import),
        Job::Sessions { output } => sessions::list(&context, setup, interrupt, output),
        Job::Logout { name } => sessions::logout(&context, setup, interrupt, &name),
        Job::Whoami { names } => sessions::whoami(&context, setup, interrupt, &names),
        Job::Explain { service, words } => explain::run(&context, setup, interrupt, &service, words),
        Job::SelfCheck { online, output } => self_check::run(&context, setup, interrupt, online, output),
        Job::Sandbox => practice::serve(&context, interrupt),
        Job::Complete { words } => complete::run(&context, setup, interrupt, &words),
    };
    let code = done.unwrap_or_else(|error| {
        show(&context, &Report::plain(&error), |_| None);
        error.kind.exit_code()
    });
    context.flush();
    if code == 0 && context.has_lost_output() { 1 } else { code }
}

/// Finds a service by what the user typed.
fn named_service(name: &str) -> Result<&'static Service> {
    services::service(name).ok_or_else(|| {
        let names = || services::SERVICES.iter().map(|service| service.name);
        let close = names().map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
        let error = Error::client(format_args!("there is no service \"{name}\""));
        match close {
            Some((distance, meant)) if distance <= 2 => error.hint(format!("did you mean {meant}?")),
            _ => error.hint(format!("the services are {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// Like [`named_service`], for what one signs in to: a part of a product is reached through its product.
fn whole_service(name: &str) -> Result<&'static Service> {
    let service = named_service(name)?;
    if service.hosts.is_empty() {
        return Ok(service);
    }
    let (title, hosts) = (service.title, service.hosts.join(", "));
    Err(Error::client(format_args!("{title} is a part of others and signs in as they do: name one of {hosts}")))
}

/// Makes the engine of a run.
fn host(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, arguments: Arguments) -> Result<Host> {
    Ok(Host::new(Rc::new(world(context, setup, interrupt, arguments)?)))
}

/// Makes the surroundings of a run.
fn world(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, arguments: Arguments) -> Result<World> {
    let mut world = real_world(context, setup, interrupt, arguments);
    world.jobs = setup.jobs;
    if setup.sandbox {
        world.practice = Some(practice::connect()?);
    }
    Ok(world)
}

/// Makes the surroundings of a command that is about real servers, whatever the flags say.
fn real_world(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, arguments: Arguments) -> World {
    World::new(context.clone(), options(context, setup), interrupt.clone(), arguments)
}

fn options(context: &Context, setup: &Setup) -> Options {
    Options {
        timeout: setup.timeout,
        ca: setup.ca.clone(),
        proxy: setup.proxy.as_deref().map(Secret::new),
        insecure: setup.insecure,
        simulate: setup.simulate.then(Ledger::default),
        jobs: setup.jobs.map(Flight::new),
        read_only: setup.read_only,
        trace: setup.trace,
        say: context.voice(),
    }
}

/// Shows an error with the lines of `host`'s sources, and returns its exit code.
fn fail(context: &Context, host: &Host, failure: &Failure) -> u8 {
    show(context, &failure.report, |source| host.text_of(source));
    failure.exit
}

fn show(context: &Context, report: &Report, text_of: impl Fn(&str) -> Option<String>) {
    context.say(&report.render(text_of, context.color && context.errors_are_terminal));
}
