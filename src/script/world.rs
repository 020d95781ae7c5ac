//! What the natives of one run share: the outside world, how requests go out, and what must be ended at the end.

use super::{
    arguments::Arguments,
    fake::Fakes,
    scheduler,
    sources::{self, Fetch},
};
use crate::{
    auth::{
        Account, Draft, Saved, Value, Wish, abandon, keep,
        store::{Session, Sessions, Summary},
    },
    context::Context,
    error::{Error, Result},
    http::{self, Interrupt, Ledger, Options},
    json::Json,
    services::{self, Deployment, Service},
};
use rhai::{Dynamic, EvalAltResult, Position};
use std::{
    cell::{Cell, OnceCell, RefCell},
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
    /// The most that may be done at a time, whatever a script asks for.
    pub jobs: Option<usize>,
    /// Whether some items of a `bulk` run were not done: the exit code then says so.
    pub partly: Cell<bool>,
    /// Whether the script runs only so far that it can say what its parameters are.
    pub help_only: Cell<bool>,
    /// The exit code that the script chose.
    pub ending: Cell<Option<u8>>,
    /// Names of the script that take no value: its declared flags.
    pub flags: RefCell<std::collections::BTreeSet<String>>,
    /// Names of operations that have a native of their own on `conn.api`.
    pub operations: RefCell<std::collections::HashSet<String>>,
    sessions: OnceCell<Sessions>,
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
            jobs: None,
            partly: Cell::new(false),
            help_only: Cell::new(false),
            ending: Cell::new(None),
            flags: RefCell::default(),
            operations: RefCell::default(),
            sessions: OnceCell::new(),
            memory: RefCell::default(),
            accounts: RefCell::default(),
        }
    }

    /// Waits for a future of the network. With [`World::sleep`], the one place where a script waits for anything but its user.
    pub fn wait<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        if self.help_only.get() {
            return Err(Error::client("--help sends nothing; call params() before the first request"));
        }
        self.pause_for(future)
    }

    /// Leaves the running task until `future` is ready; outside of a task nothing else can go on, so it blocks.
    pub(super) fn pause_for<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        if !scheduler::in_task() {
            return http::wait(&self.interrupt, future);
        }
        // Whoever drives the tasks watches the interrupt for all of them.
        scheduler::wait(future).unwrap_or_else(|| Err(http::interrupted()))
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
        self.pause_for(async {
            http::pause(time).await;
            Ok(())
        })
    }

    /// Makes or finds the account for what a script gave.
    pub fn account(&self, service: &'static Service, map: Vec<(String, Value)>) -> Result<Arc<Account>> {
        let fake = self.goes_to_a_fake(&map);
        let map = if fake { map } else { self.practised(service, map)? };
        if fake || self.practice.is_some() {
            // Nothing but the script counts there.
            return self.enlist(Draft::gather(service, &map, &[], Saved::Ignored)?);
        }
        self.enlist(self.draft(service, &map, Saved::Open(self.sessions()), Fetch::All)?)
    }

    /// Makes or finds the account of a saved session by itself: nothing else is looked at.
    pub fn saved_account(&self, summary: &Summary) -> Result<Arc<Account>> {
        let map = [("session".to_owned(), Value::Text(summary.name.clone()))];
        self.enlist(Draft::gather(service_of(summary)?, &map, &[], Saved::Open(self.sessions()))?)
    }

    /// Makes or finds the account for what was gathered.
    pub fn enlist(&self, draft: Draft) -> Result<Arc<Account>> {
        let settings = draft.settings(&self.options)?;
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

    /// Gathers what is given for a connection: by `map`, the script's parameters, the environment and `saved`.
    pub fn draft(
        &self,
        service: &'static Service,
        map: &[(String, Value)],
        saved: Saved<'_>,
        fetch: Fetch,
    ) -> Result<Draft> {
        if self.practice.is_some() {
            return Draft::gather(service, map, &[], saved);
        }
        let parameters =
            |service: &Service, name: &str| self.arguments.borrow_mut().credential(service, name, &self.context, fetch);
        let environment = |service: &Service, name: &str| sources::environment(&self.context, service, name, fetch);
        Draft::gather(service, map, &[&parameters, &environment], saved)
    }

    /// Returns the saved sessions.
    pub fn sessions(&self) -> &Sessions {
        self.sessions.get_or_init(|| sources::sessions(&self.context))
    }

    /// In a practice run every connection goes to the practice server, whatever the script gives: nothing real is touched.
    fn practised(&self, service: &'static Service, map: Vec<(String, Value)>) -> Result<Vec<(String, Value)>> {
        let Some(practice) = &self.practice else { return Ok(map) };
        let text = |value: Value| if let Value::Text(text) = value { Some(text) } else { None };
        let said = map.into_iter().find(|(name, _)| name == "deployment").and_then(|(_, value)| text(value));
        let argued = || self.arguments.borrow_mut().credential(service, "deployment", &self.context, Fetch::All);
        let said = if said.is_some() { said } else { argued()?.map(|given| given.value) };
        practice(service, said.as_deref().and_then(Deployment::named))
    }

    /// Ends what the run began: logs out of sessions, shows what a dry run would have done.
    pub fn close(&self) {
        let accounts: Vec<Arc<Account>> = self.accounts.borrow_mut().drain().map(|(_, account)| account).collect();
        // The run is over; what interrupted it must not leave a session behind.
        self.interrupt.clear();
        for account in accounts {
            self.keep_renewed(&account);
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

    /// Verifies `account` and saves it as `wish` says; returns the session, and who the server says we are.
    pub fn save_session(&self, account: &Account, wish: Wish) -> Result<(Session, Json)> {
        let sessions = self.sessions();
        sessions.probe(&wish.name, wish.store)?;
        let (session, who) = self.wait(keep(account, wish))?;
        if let Err(error) = sessions.save(&session) {
            // Nobody could end it later.
            self.wait(async {
                abandon(account).await;
                Ok(())
            })?;
            return Err(error);
        }
        Ok((session, who))
    }

    /// Puts the cookies of a saved session that was renewed into its store.
    fn keep_renewed(&self, account: &Account) {
        let renewed = http::wait(&self.interrupt, async { Ok(account.renewed().await) });
        let (Ok(Some(handle)), Some(name)) = (renewed, &account.settings().session) else { return };
        if let Err(error) = self.sessions().renew(name, handle.write()) {
            self.context.note(&format!("warning: session \"{name}\" was renewed but not saved: {}", error.message));
        }
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

/// Finds the service of a saved session.
pub fn service_of(summary: &Summary) -> Result<&'static Service> {
    services::service(&summary.service).ok_or_else(|| {
        let Summary { name, service, .. } = summary;
        Error::client(format_args!("session \"{name}\" is of {service}, which this tieline does not know"))
    })
}
