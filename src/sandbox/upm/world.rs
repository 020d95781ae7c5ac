//! The state of one plugin manager.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a download and an installation take.
pub(crate) const PHASE: Duration = Duration::from_millis(120);
/// How long a token is good.
const TOKEN_LIFE: Duration = Duration::from_secs(600);

/// An app, installed or not.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are as independent as in the answers")]
pub(crate) struct App {
    pub key: String,
    pub name: String,
    pub version: String,
    pub about: String,
    pub vendor: String,
    pub enabled: bool,
    /// A person has installed it; others came with the product.
    pub user_installed: bool,
    /// It can be switched off.
    pub optional: bool,
    /// It asks for a licence.
    pub licensing: bool,
    pub licence: Option<String>,
    /// The newest version in the marketplace, if it is there.
    pub newest: Option<String>,
    pub modules: Vec<Module>,
}

/// A part of an app.
#[derive(Clone)]
pub(crate) struct Module {
    pub key: String,
    pub name: String,
    pub enabled: bool,
}

/// What a task does when its time has come.
#[derive(Clone)]
pub(crate) enum Aim {
    /// Installs an app, or another version of it.
    Install(Box<App>),
    /// Brings these apps up to date.
    Update(Vec<String>),
    /// Fails: code and words.
    Fail(&'static str, String),
}

/// Something that takes a while.
pub(crate) struct Task {
    pub id: String,
    pub user: String,
    /// Where the app comes from: a file's name or an address.
    pub source: String,
    pub began: Instant,
    /// When it began, in milliseconds since 1970.
    pub stamp: i64,
    pub aim: Aim,
    pub done: bool,
}

/// Everything.
pub(crate) struct World {
    pub product: &'static str,
    pub apps: Vec<App>,
    pub tasks: Vec<Task>,
    pub safe_mode: bool,
    /// Access tokens for private apps on Cloud: key, token, state.
    pub tokens: Vec<(String, String, String)>,
    /// The one token that each user may spend, and when it was given.
    upm_tokens: HashMap<String, (String, Instant)>,
    count: u64,
}

impl World {
    pub(crate) fn new(product: &'static str, apps: Vec<App>) -> Self {
        World {
            product,
            apps,
            tasks: Vec::new(),
            safe_mode: false,
            tokens: Vec::new(),
            upm_tokens: HashMap::new(),
            count: 0,
        }
    }

    /// Makes a number that looks like chance and is the same each time.
    pub(crate) fn next(&mut self) -> u64 {
        self.count += 1;
        (self.count + self.product.len() as u64 * 1000).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    /// Gives a user the token for the next installation; the one before it is no longer good.
    pub(crate) fn give_token(&mut self, user: &str) -> String {
        let token = format!("{:019}", self.next() >> 1);
        self.upm_tokens.insert(user.to_owned(), (token.clone(), Instant::now()));
        token
    }

    /// Takes a user's token, if it is the right one: it is good once.
    pub(crate) fn spend_token(&mut self, user: &str, token: &str) -> bool {
        let good = self.upm_tokens.get(user).is_some_and(|(own, given)| own == token && given.elapsed() < TOKEN_LIFE);
        if good {
            self.upm_tokens.remove(user);
        }
        good
    }

    /// Finishes every task whose time has come.
    pub(crate) fn settle(&mut self) {
        for at in 0..self.tasks.len() {
            let task = &mut self.tasks[at];
            if task.done || task.began.elapsed() < PHASE * 2 {
                continue;
            }
            task.done = true;
            match task.aim.clone() {
                Aim::Install(app) => self.put(*app),
                Aim::Update(keys) => self.apps.iter_mut().filter(|a| keys.contains(&a.key)).for_each(App::update),
                Aim::Fail(..) => {}
            }
        }
    }

    /// Installs an app; another version of one that is there keeps its licence.
    fn put(&mut self, mut app: App) {
        if let Some(known) = self.apps.iter_mut().find(|known| known.key == app.key) {
            known.version = app.version;
            known.enabled = true;
            return;
        }
        app.user_installed = true;
        self.apps.push(app);
    }
}

impl App {
    /// Says whether the marketplace has a newer version.
    pub(crate) fn has_update(&self) -> bool {
        self.newest.as_ref().is_some_and(|newest| *newest != self.version)
    }

    /// Says whether it asks for a licence and has none.
    pub(crate) fn lacks_licence(&self) -> bool {
        self.licensing && self.licence.is_none()
    }

    fn update(&mut self) {
        if let Some(newest) = &self.newest {
            self.version.clone_from(newest);
        }
    }
}
