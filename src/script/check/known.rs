//! Everything that a script can call, with the number of arguments it takes.

use super::{
    code::{Code, Function, Import},
    writes::Writes,
};
use crate::{
    script::{
        calls::{nearest, written},
        connection::Connection,
        docs, modules,
    },
    services::{Kind as Row, Service, Visitor, visit_all},
};
use rhai::{Dynamic, Engine, FuncInfo};
use std::{any::TypeId, cell::RefCell, collections::HashMap};

/// What the engine knows without listing it, with the numbers of arguments as functions.
const KEYWORDS: &[(&str, &[usize])] = &[
    ("print", &[0, 1]),
    ("debug", &[0, 1]),
    ("type_of", &[1]),
    ("eval", &[1]),
    ("Fn", &[1]),
    ("call", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("curry", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("is_shared", &[1]),
    ("is_def_var", &[1]),
    ("is_def_fn", &[2, 3]),
];

/// The most forms that are shown.
const MOST: usize = 6;

/// Who answers a call.
#[derive(Debug, Clone, PartialEq, Eq)]
enum On {
    /// A function of the script: whatever it is called on is its `this`.
    Plain,
    /// A method in Rhai of the named type.
    Method(String),
    /// A native whose first argument may be anything.
    Native,
    /// A native of connections of the named type.
    Own(&'static str),
    /// A native of something that is no connection.
    Other,
}

/// A module that the script imports.
pub(super) enum Module {
    /// Its functions, with the numbers of their parameters.
    Read(Vec<(String, usize)>),
    /// There is no such file.
    Missing,
    /// It cannot be read; whoever runs it learns why.
    Broken,
}

/// One form of a function.
#[derive(Debug)]
struct Callable {
    name: String,
    on: On,
    /// How many arguments it takes; a native's receiver is one.
    arity: usize,
    form: String,
}

/// What there is.
pub(super) struct Known {
    callables: Vec<Callable>,
    /// What the script imports, by the name that it has for it.
    modules: HashMap<String, Module>,
    writes: RefCell<HashMap<&'static str, Writes>>,
}

impl Known {
    /// Gathers what `engine` knows, what the script declares, and what the modules beside `source` add.
    pub fn new(engine: &Engine, code: &Code, source: &str) -> Self {
        let mut connections = Connections(Vec::new());
        visit_all(&mut connections);
        let natives = engine.collect_fn_metadata(None, |info| Some(callable(&info, &connections.0)), true);
        let keywords = KEYWORDS.iter().flat_map(|(name, arities)| arities.iter().map(|arity| keyword(name, *arity)));
        let mut known = Known {
            callables: natives.into_iter().chain(keywords).collect(),
            modules: HashMap::new(),
            writes: RefCell::default(),
        };
        known.add(code, |_| true);
        code.imports.iter().for_each(|import| known.import(engine, source, import));
        known
    }

    fn add(&mut self, code: &Code, which: impl Fn(&Function) -> bool) {
        for function in code.functions.iter().filter(|f| !f.is_closure() && which(f)) {
            let on = function.receiver.clone().map_or(On::Plain, On::Method);
            let form = written(function.receiver.as_deref(), &function.name, &function.parameters);
            self.callables.push(Callable { name: function.name.clone(), on, arity: function.parameters.len(), form });
        }
    }

    /// Reads a module; its methods become known.
    fn import(&mut self, engine: &Engine, source: &str, import: &Import) {
        let file = modules::beside(Some(source), &import.path);
        let text = modules::read_script(&file);
        let compiled = text.as_ref().ok().map(|text| engine.compile(modules::without_shebang(text)));
        let module = match compiled {
            None if !file.is_file() => Module::Missing,
            Some(Ok(ast)) => {
                let code = Code::new(&ast);
                self.add(&code, |f| f.receiver.is_some());
                Module::Read(code.functions.iter().map(|f| (f.name.clone(), f.parameters.len())).collect())
            }
            _ => Module::Broken,
        };
        self.modules.insert(import.alias.clone(), module);
    }

    /// Returns what the script imports under a name.
    pub fn module(&self, alias: &str) -> Option<&Module> {
        self.modules.get(alias)
    }

    /// Says whether a function is called so.
    pub fn has_function(&self, name: &str, arguments: usize) -> bool {
        self.named(name).any(|c| c.arity == arguments && !matches!(c.on, On::Method(_)))
    }

    /// Says whether a method is called so, on a value that may be anything.
    pub fn has_method(&self, name: &str, arguments: usize) -> bool {
        self.named(name).any(|c| c.method_arity() == Some(arguments))
    }

    /// Says whether a method of a connection is called so.
    pub fn has_verb(&self, service: &Service, name: &str, arguments: usize) -> bool {
        self.verbs(service).any(|c| c.name == name && c.method_arity() == Some(arguments))
    }

    /// Says whether there is a function of this name that belongs to no value.
    pub fn is_function(&self, name: &str) -> bool {
        self.named(name).any(|c| matches!(c.on, On::Plain | On::Native) || c.arity == 0)
    }

    /// Says whether there is a function or method of this name.
    pub fn has_name(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    /// Returns how functions of this name are called, those of `service` if that is given.
    pub fn forms(&self, service: Option<&Service>, name: &str) -> Option<String> {
        let all: Vec<&Callable> = match service {
            Some(service) => self.verbs(service).filter(|c| c.name == name).collect(),
            None => self.named(name).collect(),
        };
        let mut forms: Vec<&str> = all.iter().map(|c| c.form.as_str()).filter(|form| !form.is_empty()).collect();
        forms.sort_unstable();
        forms.dedup();
        forms.truncate(MOST);
        (!forms.is_empty()).then(|| format!("there is {}", forms.join("; ")))
    }

    /// Says which function was probably meant.
    pub fn near_function(&self, name: &str) -> Option<String> {
        nearest(name, self.callables.iter().filter(|c| c.is_for_users()).map(|c| c.name.as_str()))
    }

    /// Says which verb of a service was probably meant.
    pub fn near_verb(&self, service: &Service, name: &str) -> Option<String> {
        nearest(name, self.verbs(service).filter(|c| c.is_for_users()).map(|c| c.name.as_str()))
    }

    /// Says whether the verb's longest form with so many arguments ends with its options.
    pub fn takes_options(&self, service: &Service, name: &str, arguments: usize) -> bool {
        let mut forms = self.verbs(service).filter(|c| c.name == name && c.method_arity() == Some(arguments));
        forms.any(|c| c.form.ends_with("options)"))
    }

    /// Says whether a verb changes anything at the server.
    pub fn verb_writes(&self, service: &'static Service, name: &str) -> bool {
        let mut writes = self.writes.borrow_mut();
        writes.entry(service.name).or_insert_with(|| Writes::of(service)).has(name)
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Callable> {
        self.callables.iter().filter(move |c| c.name == name)
    }

    /// Returns what can be called on a connection.
    fn verbs<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Callable> {
        self.callables.iter().filter(move |c| match &c.on {
            On::Plain | On::Native => true,
            On::Method(name) => name == service.type_name,
            On::Own(name) => *name == service.type_name,
            On::Other => false,
        })
    }
}

impl Callable {
    /// Says whether it is offered: tools of the verbs are not described.
    fn is_for_users(&self) -> bool {
        self.name.starts_with(|c: char| c.is_ascii_alphabetic()) && !self.name.contains('$') && !self.form.is_empty()
    }

    /// Returns how many arguments stand between its parentheses when it is called as a method.
    fn method_arity(&self) -> Option<usize> {
        match self.on {
            On::Plain | On::Method(_) => Some(self.arity),
            On::Native | On::Own(_) | On::Other => self.arity.checked_sub(1),
        }
    }
}

fn keyword(name: &str, arity: usize) -> Callable {
    Callable { name: name.to_owned(), on: On::Native, arity, form: format!("{name}(…)") }
}

fn callable(info: &FuncInfo<'_>, connections: &[(TypeId, &'static str)]) -> Callable {
    let metadata = info.metadata;
    let name = metadata.name.to_string();
    if let Some(script) = &info.script {
        let on = script.this_type.map_or(On::Plain, |name| On::Method(name.to_owned()));
        let parameters: Vec<String> = script.params.iter().map(ToString::to_string).collect();
        let form = written(script.this_type, &name, &parameters);
        return Callable { name, on, arity: parameters.len(), form };
    }
    let first = metadata.param_types.first();
    let of = first.and_then(|first| connections.iter().find(|(id, _)| id == first)).map(|(_, name)| *name);
    let on = match of {
        Some(type_name) => On::Own(type_name),
        None if first == Some(&TypeId::of::<Dynamic>()) => On::Native,
        None => On::Other,
    };
    Callable { name, on, arity: metadata.num_params, form: form(info, of) }
}

/// Writes a native as it is called; nothing if its parameters have no names.
fn form(info: &FuncInfo<'_>, of: Option<&str>) -> String {
    let metadata = info.metadata;
    let mut parameters: Vec<String> =
        metadata.params_info.iter().map(|p| p.split(':').next().unwrap_or("_").trim().to_owned()).collect();
    if metadata.comments.is_empty() || parameters.iter().any(|p| p == "_") {
        return String::new();
    }
    let this = metadata.params_info.first().and_then(|first| first.strip_prefix("this: ")).map(docs::type_named);
    if this.is_some() {
        parameters.remove(0);
    }
    written(of.or(this), &metadata.name, &parameters)
}

/// The types of connections.
struct Connections(Vec<(TypeId, &'static str)>);

impl Visitor for Connections {
    fn visit<K: Row>(&mut self) {
        self.0.push((TypeId::of::<Connection<K>>(), K::SERVICE.type_name));
    }
}
