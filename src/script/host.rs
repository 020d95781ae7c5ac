//! The engine of one run: set up once, then fed with text from a file, a line or a prompt.

use super::{
    bulk,
    captured::Captured,
    connection,
    docs::{Function, own_functions},
    library::Library,
    modules::{self, read_script, without_shebang},
    native::{Thrown, native},
    operations, params, present,
    present::Output,
    scheduler,
    session::Session,
    stream, trace,
    trace::Failure,
    world::World,
};
use crate::{error::Error, script::throw::into_script};
use rhai::{AST, Dynamic, Engine, EvalAltResult, INT, OptimizationLevel, Scope, Token};
use std::{cell::Cell, collections::HashMap, path::Path, rc::Rc, time::Duration};

/// How deep calls may nest. The stack of [`scheduler::on_stack`] must hold this many; a test goes there.
const CALL_LEVELS: usize = 1000;

/// How deep one expression may nest; long chains of `+` need it.
const EXPRESSION_DEPTH: usize = 256;

/// After so many operations a run looks whether it is to stop, and how much of its stack is left.
const CHECKED: u64 = 8;

/// How a script ended.
#[derive(Debug)]
pub enum Ending {
    /// By its last statement, with that value.
    Value(Dynamic),
    /// By `exit(n)`.
    Exit(u8),
}

/// The engine, the names it knows, and the run it serves.
pub struct Host {
    engine: Engine,
    world: Rc<World>,
    library: Library,
    session: Session,
    sources: HashMap<String, String>,
    captured: Captured,
}

impl Host {
    /// Sets up the engine. Compiles nothing yet.
    pub fn new(world: Rc<World>) -> Self {
        let mut engine = Engine::new();
        limits(&mut engine);
        keyword_properties(&mut engine);
        interruptible(&mut engine, &world);
        super::object::register(&mut engine);
        super::natives::register(&mut engine, &world.context);
        pauses(&mut engine, &world);
        exits(&mut engine, &world);
        params::register(&mut engine, &world);
        stream::register(&mut engine);
        super::fake::register(&mut engine, &world);
        scheduler::register(&mut engine, &world);
        bulk::register(&mut engine, &world);
        connection::register(&mut engine, &world);
        operations::register_missing(&mut engine, &world);
        engine.set_module_resolver(modules::Beside::default());
        Host {
            engine,
            world,
            library: Library::default(),
            session: Session::default(),
            sources: HashMap::new(),
            captured: Captured::default(),
        }
    }

    /// Runs the script at `path`.
    pub fn run_file(&mut self, path: &Path) -> std::result::Result<Ending, Failure> {
        let text = read_script(path)?;
        self.run(&path.to_string_lossy(), &text)
    }

    /// Runs `text`, which came from `source`.
    pub fn run(&mut self, source: &str, text: &str) -> std::result::Result<Ending, Failure> {
        let ast = self.compile(source, text)?;
        self.world.arguments.borrow_mut().header = header(text);
        if self.only_header(text) {
            return Ok(Ending::Exit(0));
        }
        self.ended(source, self.engine.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &ast))
    }

    /// Runs one entry of a prompt, typed or from the file `source`: what it declares stays.
    pub fn run_entry(&mut self, source: Option<&str>, text: &str) -> std::result::Result<Ending, Failure> {
        let text = self.prepared(text);
        let moved = self.session.add(source, &text);
        self.run_moved(&moved).map_err(|failure| self.session.placed(failure))
    }

    fn run_moved(&mut self, text: &str) -> std::result::Result<Ending, Failure> {
        let compiled = self.engine.compile_with_scope(&self.session.scope, text);
        let entry = compiled.map_err(|e| self.failure("input", &EvalAltResult::from(e)))?;
        self.captured.note(&mut self.engine, &entry);
        let whole = self.session.extended(entry);
        let mut scope = std::mem::take(&mut self.session.scope);
        let done = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &whole);
        self.session.scope = scope;
        self.session.keep(whole);
        self.ended("input", done)
    }

    /// Says how a run of `source` ended.
    pub(super) fn ended(
        &self,
        source: &str,
        done: std::result::Result<Dynamic, Box<EvalAltResult>>,
    ) -> std::result::Result<Ending, Failure> {
        if let Some(code) = self.world.ending.take() {
            return Ok(Ending::Exit(code));
        }
        if self.world.context.is_deaf() {
            return Ok(Ending::Exit(0));
        }
        done.map(Ending::Value).map_err(|error| self.failure(source, &error))
    }

    pub(super) fn failure(&self, source: &str, error: &EvalAltResult) -> Failure {
        trace::failure(&self.engine, source, error, |source| self.text_of(source))
    }

    /// Compiles `text` and makes ready the verbs of the services it names.
    pub fn compile(&mut self, source: &str, text: &str) -> std::result::Result<AST, Failure> {
        let text = self.prepared(text);
        self.sources.insert(source.to_owned(), text.clone());
        let compiled = self.engine.compile(&text);
        let mut ast = compiled.map_err(|e| self.failure(source, &EvalAltResult::from(e)))?;
        ast.set_source(source);
        self.captured.note(&mut self.engine, &ast);
        Ok(ast)
    }

    /// Makes ready what `text` names; returns the text as the engine takes it.
    pub(super) fn prepared(&mut self, text: &str) -> String {
        let text = without_shebang(text);
        self.library.load(&mut self.engine, &text);
        operations::prepare(&mut self.engine, &self.world, &text);
        text
    }

    /// For `--help` on a script that declares no parameters, what it says of itself is all there is.
    fn only_header(&self, text: &str) -> bool {
        let arguments = self.world.arguments.borrow();
        if !arguments.wants_help() {
            return false;
        }
        self.world.help_only.set(true);
        let declares = text.contains("params(");
        if !declares {
            let header =
                if arguments.header.is_empty() { "This script says nothing of itself." } else { &arguments.header };
            self.world.context.print(header);
        }
        !declares
    }

    /// Returns `value` as it is to be printed; nothing if there is nothing to show.
    pub fn present(&self, value: &Dynamic, output: Output) -> std::result::Result<Option<String>, Failure> {
        present::present(&self.engine, value, output).map_err(|error| self.failure("", &error))
    }

    /// Returns the text of a source, for the line in a report.
    pub fn text_of(&self, source: &str) -> Option<String> {
        if let Some(text) = self.sources.get(source) {
            return Some(text.clone());
        }
        if let Some(text) = self.session.text_of(source) {
            return Some(text.to_owned());
        }
        super::library::text_of(source).map(str::to_owned).or_else(|| std::fs::read_to_string(source).ok())
    }

    /// Keeps the text of a source that is not run.
    pub(super) fn keep_source(&mut self, source: &str, text: &str) {
        self.sources.insert(source.to_owned(), text.to_owned());
    }

    /// Says whether a variable that nothing declares is refused when a text is compiled.
    pub(super) fn set_strict(&mut self, strict: bool) {
        self.engine.set_strict_variables(strict);
    }

    /// Returns the engine, to be asked what it knows.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns what connections can do to services that no text has named yet.
    pub(super) fn members_to_come(&self) -> Vec<Function> {
        let mut engine = Engine::new_raw();
        self.library.missing().for_each(|service| connection::register_members(&mut engine, service));
        own_functions(&engine)
    }

    /// Makes ready the verbs of all services, for a prompt.
    pub fn load_all(&mut self) {
        self.library.load_all(&mut self.engine);
    }

    /// Returns what the entries of a prompt left behind.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Makes `value` the last result of the prompt: `it`.
    pub fn remember(&mut self, value: &Dynamic) {
        self.session.remember(value);
    }

    /// Returns what the natives of this run share.
    pub fn world(&self) -> &Rc<World> {
        &self.world
    }
}

/// Sets every limit, so that none depends on how the program was built.
pub(super) fn limits(engine: &mut Engine) {
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_strict_variables(true);
    engine.set_max_call_levels(CALL_LEVELS);
    engine.set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH);
    // No limit of sizes, not even of texts: with one the engine measures a whole array again at each push.
}

/// Lets `repo.public` and `x.default` be properties, though the words are Rhai's.
#[allow(deprecated)] // marked so only because it may change; the version is pinned
pub(super) fn keyword_properties(engine: &mut Engine) {
    let after_dot = Cell::new(false);
    engine.on_parse_token(move |token, _, _| {
        if !after_dot.replace(matches!(token, Token::Period | Token::Elvis)) {
            return token;
        }
        match token {
            Token::Reserved(word) if word.starts_with(char::is_alphabetic) => Token::Identifier(word),
            token if token.is_literal() && token.literal_syntax().chars().all(|c| c.is_ascii_lowercase()) => {
                Token::Identifier(Box::new(token.literal_syntax().into()))
            }
            token => token,
        }
    });
}

fn interruptible(engine: &mut Engine, world: &Rc<World>) {
    let interrupt = world.interrupt.clone();
    let world = world.clone();
    let over = move |world: &World| interrupt.is_raised() || world.ending.get().is_some() || world.context.is_deaf();
    engine.on_progress(move |operations| {
        // Asked at every operation of a script: most of them must cost next to nothing. But what was ended does nothing more.
        if operations % CHECKED != 0 && world.ending.get().is_none() {
            return None;
        }
        if scheduler::stack_is_low() {
            return Some(Dynamic::from(scheduler::TooDeep));
        }
        over(&world).then_some(Dynamic::UNIT)
    });
}

/// Registers `exit(n)`.
fn exits(engine: &mut Engine, world: &Rc<World>) {
    let exit = |world: &World, code: INT| -> Box<EvalAltResult> {
        let refuse = || Error::client(format_args!("exit({code}): an exit code is between 0 and 255"));
        u8::try_from(code).map_or_else(|_| into_script(refuse()), |code| world.exit(code))
    };
    let (plain, with) = (world.clone(), world.clone());
    let comment = "/// Ends the script, with 0 or with the exit code `code`.";
    native(engine, "exit", &[], comment, move || -> Thrown<()> { Err(exit(&plain, 0)) });
    native(engine, "exit", &["code: int"], comment, move |code: INT| -> Thrown<()> { Err(exit(&with, code)) });
}

/// Replaces Rhai's own `sleep`, which cannot be interrupted.
fn pauses(engine: &mut Engine, world: &Rc<World>) {
    let pause = |world: &World, seconds: f64| {
        let time = Duration::try_from_secs_f64(seconds);
        let time =
            time.map_err(|_| Error::client(format_args!("sleep({seconds}): the seconds must be a positive number")));
        time.and_then(|time| world.sleep(time)).map_err(into_script)
    };
    let (ints, floats) = (world.clone(), world.clone());
    #[allow(clippy::cast_precision_loss)] // no pause is that long
    let whole = move |seconds: INT| pause(&ints, seconds as f64);
    let comment = "/// Waits so many seconds; fractions count.";
    native(engine, "sleep", &["seconds: float"], comment, whole);
    native(engine, "sleep", &["seconds: float"], comment, move |seconds: f64| pause(&floats, seconds));
}

/// Returns a script's `//!` lines.
pub(super) fn header(text: &str) -> String {
    let lines = text.lines().skip_while(|line| line.starts_with("#!") || line.trim().is_empty());
    let lines = lines.map_while(|line| line.trim_start().strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}
