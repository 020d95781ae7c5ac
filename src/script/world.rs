//! What the natives of one run share: the outside world, how requests go out, and what must be ended at the end.

use super::{arguments::Arguments, fake::Fakes};
use crate::{
    auth::{Account, Lookup, Settings, Value, variable},
    context::Context,
    error::{Error, Result},
    http::{self, Interrupt, Ledger, Options},
    json::Json,
    services::{Deployment, Service},
};
use rhai::{Dynamic, EvalAltResult, Position};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::Future,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

/// How long the end of a run may take to log out.
const FAREWELL: Duration = Duration::from_secs(5);

/// Finds the practice server of a service, and the parameters that sign in to it.
pub type Practice = dyn Fn(&Service, Option<Deployment>) -> Result<Vec<(String, Value)>>;

/// One run's surroundings. Everything a native needs comes from here.
pub struct World {
    /// Streams, environment, directories.
    pub context: Rc<Context>,
    /// How requests are sent.
    pub options: Options,
    /// Raised by Ctrl-C.
    pub interrupt: Interrupt,
    /// The script's own arguments.
    pub arguments: RefCell<Arguments>,
    /// The practice servers, in a run with `--sandbox`.
    pub practice: Option<Box<Practice>>,
    /// The fake servers, in a run of a test.
    pub fakes: Option<Fakes>,
    /// Whether the script runs only so far that it can say what its parameters are.
    pub help_only: Cell<bool>,
    /// The exit code that the script chose.
    pub ending: Cell<Option<u8>>,
    /// Names of the script that take no value: its declared flags.
    pub flags: RefCell<std::collections::BTreeSet<String>>,
    /// Names of operations that have a native of their own on `conn.api`.
    pub operations: RefCell<std::collections::HashSet<String>>,
    /// What connections remember for the run, such as the fields of a screen.
    memory: RefCell<HashMap<String, Json>>,
    /// Every account of this run: one per way it was made, so that two calls of `jira()` share one session.
    accounts: RefCell<HashMap<String, Arc<Account>>>,
}

impl World {
    /// Makes the surroundings of a run.
    pub fn new(context: Rc<Context>, options: Options, interrupt: Interrupt, arguments: Arguments) -> Self {
        World {
            context,
            options,
            interrupt,
            arguments: RefCell::new(arguments),
            practice: None,
            fakes: None,
            help_only: Cell::new(false),
            ending: Cell::new(None),
            flags: RefCell::default(),
            operations: RefCell::default(),
            memory: RefCell::default(),
            accounts: RefCell::default(),
        }
    }

    /// Waits for a future of the network: the one place where a script waits for anything but its user.
    pub fn wait<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        if self.help_only.get() {
            return Err(Error::client("--help sends nothing; call params() before the first request"));
        }
        http::wait(&self.interrupt, future)
    }

    /// Makes what ends the script with an exit code. No script may swallow it: whatever it does next ends it too.
    pub fn exit(&self, code: u8) -> Box<EvalAltResult> {
        self.ending.set(Some(code));
        Box::new(EvalAltResult::Exit(Dynamic::UNIT, Position::NONE))
    }

    /// Returns what was kept under `key`.
    pub fn recall(&self, key: &str) -> Option<Json> {
        self.memory.borrow().get(key).cloned()
    }

    /// Keeps `value` for the rest of the run.
    pub fn keep(&self, key: String, value: Json) {
        self.memory.borrow_mut().insert(key, value);
    }

    /// Pauses for `time`, or until the interrupt.
    pub fn sleep(&self, time: Duration) -> Result<()> {
        http::wait(&self.interrupt, async {
            http::pause(time).await;
            Ok(())
        })
    }

    /// Makes or finds the account for what a script gave.
    pub fn account(&self, service: &'static Service, map: Vec<(String, Value)>) -> Result<Arc<Account>> {
        let fake = self.goes_to_a_fake(&map);
        let map = if fake { map } else { self.practised(service, map)? };
        let settings = self.settings(service, map, fake || self.practice.is_some())?;
        let key = settings.fingerprint();
        let known = self.accounts.borrow().get(&key).cloned();
        if let Some(account) = known {
            return Ok(account);
        }
        let account = Arc::new(Account::new(settings));
        self.accounts.borrow_mut().insert(key, account.clone());
        Ok(account)
    }

    /// Says whether a connection leads to a fake server of the test that runs.
    fn goes_to_a_fake(&self, map: &[(String, Value)]) -> bool {
        let server = map.iter().find(|(name, _)| name == "server").map(|(_, value)| value);
        matches!((&self.fakes, server), (Some(fakes), Some(Value::Text(url))) if fakes.play(url))
    }

    /// Gathers what a connection needs; with `closed` from the script alone.
    fn settings(&self, service: &'static Service, map: Vec<(String, Value)>, closed: bool) -> Result<Settings> {
        let parameters = |service: &Service, name: &str| {
            if closed { Ok(None) } else { self.arguments.borrow_mut().credential(service, name, &self.context) }
        };
        let environment = |service: &Service, name: &str| {
            if closed { Ok(None) } else { environment(&self.context, service, name) }
        };
        let lookups = [
            Lookup { name: "the command line", find: &parameters },
            Lookup { name: "the environment", find: &environment },
        ];
        Settings::gather(service, map, &lookups, &self.options)
    }

    /// In a practice run every connection goes to the practice server, whatever the script gives: nothing real is touched.
    fn practised(&self, service: &'static Service, map: Vec<(String, Value)>) -> Result<Vec<(String, Value)>> {
        let Some(practice) = &self.practice else { return Ok(map) };
        let text = |value: Value| if let Value::Text(text) = value { Some(text) } else { None };
        let said = map.into_iter().find(|(name, _)| name == "deployment").and_then(|(_, value)| text(value));
        let said = match said {
            Some(name) => Some(name),
            None => self.arguments.borrow_mut().credential(service, "deployment", &self.context)?,
        };
        practice(service, said.as_deref().and_then(Deployment::named))
    }

    /// Ends what the run began: logs out of sessions, shows what a dry run would have done.
    pub fn close(&self) {
        let accounts: Vec<Arc<Account>> = self.accounts.borrow_mut().drain().map(|(_, account)| account).collect();
        // The run is over; what interrupted it must not leave a session behind.
        self.interrupt.clear();
        for account in accounts {
            let ended = http::wait(&self.interrupt, http::within(FAREWELL, account.close()));
            if let Err(error) = ended {
                self.context.note(&format!(
                    "warning: could not log out of {}: {}",
                    account.service().name,
                    error.message
                ));
            }
        }
        if let Some(ledger) = &self.options.simulate {
            self.tell(ledger);
        }
        self.context.flush();
    }

    fn tell(&self, ledger: &Ledger) {
        let lines = ledger.summary();
        if lines.is_empty() {
            self.context.note("simulated: nothing would change");
        }
        for line in lines {
            self.context.note(&format!("simulated: {line}"));
        }
    }
}

/// Finds a parameter in the environment: as it is, in a file, or as what a command prints.
fn environment(context: &Context, service: &Service, name: &str) -> Result<Option<String>> {
    let variable = variable(service, name);
    if let Some(value) = context.env(&variable) {
        return Ok(Some(value));
    }
    if let Some(path) = context.env(&format!("{variable}_FILE")) {
        let read = std::fs::read_to_string(&path);
        let text = read.map_err(|e| Error::client(format_args!("{variable}_FILE: cannot read {path}: {e}")))?;
        return Ok(Some(one_line(&text)));
    }
    let Some(command) = context.env(&format!("{variable}_COMMAND")) else { return Ok(None) };
    let printed = context.command(&command).map_err(|why| Error::client(format_args!("{variable}_COMMAND: {why}")))?;
    Ok(Some(one_line(&printed)))
}

/// Takes off the one line end that files and commands put behind a value.
pub(super) fn one_line(text: &str) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text).to_owned()
}
