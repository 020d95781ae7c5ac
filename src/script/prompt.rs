//! What a prompt asks the host: whether a text is whole, which names there are, what a value is and how it looks.

use super::{
    connection::Connection,
    docs::{self, Function},
    host::Host,
    library,
    operations::Api,
    present::printed,
    stream::Stream,
    trace::Failure,
    value::{members, to_dynamic},
};
use crate::{
    error::Result,
    json::{Json, Object},
    services::{CREDENTIALS, Kind, OPTIONS, Service, Visitor, service, visit_all},
};
use rhai::{Array, Dynamic, Map, Position};

/// How many items of a list that is not read yet are shown.
const FIRST_ITEMS: usize = 20;

/// How deep values are shown; nothing that can be sent nests deeper.
const DEEPEST: usize = 128;

/// A variable of the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is: `map of 8 members`.
    pub kind: String,
}

/// One step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The member of that name.
    Member(String),
    /// The item at that place; from the end, if it is negative.
    Item(i64),
}

/// What a live value offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The name of its type, as functions have it for their receiver.
    pub receiver: String,
    /// The names of its members, each with what the member is.
    pub members: Vec<(String, String)>,
    /// The service it connects to.
    pub service: Option<&'static str>,
    /// The published descriptions of the operations it can call.
    pub apis: Vec<&'static str>,
}

/// A value, ready to be shown.
#[derive(Debug)]
pub enum View {
    /// There is nothing to show.
    Nothing,
    /// Something that is one text.
    Text(String),
    /// Lists and maps. What is no data stands in them as its own text.
    Data(Json),
    /// The beginning of a list that is read bit by bit, and whether there may be more.
    Beginning(Vec<Json>, bool),
}

impl Host {
    /// Says whether `text` is right so far and only ends too early.
    pub fn ends_early(&self, text: &str) -> bool {
        let compiled = self.engine().compile_with_scope(&self.session().scope, text);
        compiled.is_err_and(|error| is_past(error.position(), text))
    }

    /// Returns the variables of the prompt, the newest of each name, in the order of their names.
    pub fn variables(&self) -> Vec<Variable> {
        let mut found: Vec<Variable> = Vec::new();
        for (name, _, value) in self.session().scope.iter() {
            found.retain(|variable| variable.name != name);
            found.push(Variable { name: name.to_owned(), kind: self.kind_of(&value) });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// Returns the value of a variable of the prompt.
    pub fn variable(&self, name: &str) -> Option<Dynamic> {
        let value = self.session().scope.get(name)?;
        Some(value.flatten_clone())
    }

    /// Returns every function there is, the prompt's own first.
    pub fn functions(&self) -> Vec<Function> {
        let mut all = self.own_functions();
        all.extend(docs::functions(self.engine()));
        all
    }

    /// Returns the functions that the prompt's entries declared.
    pub fn own_functions(&self) -> Vec<Function> {
        docs::of_script(&self.session().functions)
    }

    /// Looks at the value that `steps` lead to from the variable `name`. Sends nothing.
    pub fn look(&self, name: &str, steps: &[Step]) -> Option<Look> {
        let mut value = self.variable(name)?;
        for step in steps {
            value = inside(&value, step)?;
        }
        let mut look = Look { receiver: self.type_of(&value), ..Look::default() };
        look.members = members(&value).unwrap_or_default().into_iter().map(|(n, v)| (n, self.kind_of(&v))).collect();
        visit_all(&mut Connected { value: &value, look: &mut look });
        Some(look)
    }

    /// Looks at what `service` connects to, without a connection; at its `api` if that is asked for.
    pub fn look_at_service(service: &'static Service, api: bool) -> Look {
        let receiver = format!("{}{}", service.type_name, if api { "Api" } else { "" });
        let apis = service.flavours.iter().flat_map(|flavour| flavour.apis).copied().collect();
        let members = if api { Vec::new() } else { properties() };
        Look { receiver, members, service: Some(service.name), apis }
    }

    /// Returns the names of the saved sessions of a service. No store is opened for it.
    pub fn saved_sessions(&self, service: &str) -> Vec<String> {
        let world = self.world();
        // With practice servers nothing real is looked at; a list that cannot be read offers nothing.
        let all = if world.practice.is_some() { Vec::new() } else { world.sessions().list().unwrap_or_default() };
        all.into_iter().filter(|saved| saved.service == service).map(|saved| saved.name).collect()
    }

    /// Returns the name of a value's type.
    fn type_of(&self, value: &Dynamic) -> String {
        docs::type_named(self.engine().map_type_name(value.type_name())).to_owned()
    }

    /// Says in a few words what a value is.
    pub fn kind_of(&self, value: &Dynamic) -> String {
        let name = self.type_of(value);
        if let Some(items) = value.read_lock::<Array>() {
            return format!("{name} of {}", counted(items.len(), "item"));
        }
        if let Some(object) = value.read_lock::<Object>() {
            return format!("{name} of {}", counted(object.len(), "member"));
        }
        if let Some(map) = value.read_lock::<Map>() {
            return format!("{name} of {}", counted(map.len(), "member"));
        }
        match value.as_immutable_string_ref() {
            Ok(text) => format!("{name} of {}", counted(text.chars().count(), "character")),
            Err(_) if service_of(&name).is_some() => format!("connection to {name}"),
            Err(_) if name == "()" => "nothing".to_owned(),
            Err(_) => name,
        }
    }

    /// Makes ready what is to be shown of `value`: of a list that is not read yet its first items, which stay in it.
    pub fn view(&self, value: &Dynamic) -> std::result::Result<View, Failure> {
        if value.is_unit() {
            return Ok(View::Nothing);
        }
        if let Some(stream) = value.read_lock::<Stream>() {
            return Ok(beginning(&stream)?);
        }
        if value.is_array() || members(value).is_some() {
            return Ok(View::Data(self.shown(value, 0)));
        }
        let text = printed(self.engine(), value).map_err(|error| self.failure("", &error))?;
        Ok(View::Text(if value.is_fnptr() { function_name(&text) } else { text }))
    }

    /// Makes JSON of a value for the eye.
    fn shown(&self, value: &Dynamic, depth: usize) -> Json {
        if let Some(object) = value.read_lock::<Object>() {
            return Json::Object(object.clone());
        }
        if depth < DEEPEST {
            if let Some(map) = value.read_lock::<Map>() {
                return Json::object(map.iter().map(|(name, value)| (name.as_str(), self.shown(value, depth + 1))));
            }
            if let Some(items) = value.read_lock::<Array>() {
                return Json::array(items.iter().map(|item| self.shown(item, depth + 1)));
            }
        }
        // What is no data, such as a connection, stands there as it prints, without quotes.
        super::value::from_dynamic(value).unwrap_or_else(|_| {
            let text = printed(self.engine(), value).unwrap_or_else(|_| value.to_string());
            Json::Exact((if value.is_fnptr() { function_name(&text) } else { text }).into())
        })
    }

    /// Returns the options that a function takes in its last map.
    pub fn options_of(&self, receiver: Option<&str>, name: &str) -> Vec<String> {
        if let Some(service) = receiver.is_none().then(|| service(name)).flatten() {
            return parameters_of(service);
        }
        let of = receiver.and_then(service_of);
        let accepted = of.map(|service| library::accepted(service.name, name)).unwrap_or_default();
        if !accepted.is_empty() {
            return accepted;
        }
        let all = self.functions();
        let mut named =
            all.iter().filter(|f| f.name == name && (receiver.is_none() || f.receiver.as_deref() == receiver));
        named.find_map(|f| Some(docs::options(&f.comment)).filter(|options| !options.is_empty())).unwrap_or_default()
    }
}

fn beginning(stream: &Stream) -> Result<View> {
    match stream.peek(FIRST_ITEMS)? {
        Some((items, more)) => Ok(View::Beginning(items, more)),
        None => Ok(View::Text(stream.shown())),
    }
}

/// Says whether a place is behind everything that is in `text`.
fn is_past(position: Position, text: &str) -> bool {
    let Some(line) = position.line() else { return true };
    let rest: String = text.lines().skip(line - 1).collect::<Vec<_>>().join("\n");
    let column = position.position().unwrap_or(1);
    rest.chars().skip(column - 1).all(char::is_whitespace)
}

fn inside(value: &Dynamic, step: &Step) -> Option<Dynamic> {
    match step {
        Step::Member(name) => {
            if let Some(object) = value.read_lock::<Object>() {
                return object.get(name).map(to_dynamic);
            }
            if let Some(map) = value.read_lock::<Map>() {
                return map.get(name.as_str()).map(Dynamic::flatten_clone);
            }
            let mut finder = ApiOf { value, name, found: None };
            visit_all(&mut finder);
            finder.found
        }
        Step::Item(place) => {
            let items = value.read_lock::<Array>()?;
            let length = i64::try_from(items.len()).ok()?;
            let place = if *place < 0 { *place + length } else { *place };
            items.get(usize::try_from(place).ok()?).map(Dynamic::flatten_clone)
        }
    }
}

/// Follows `.api` of a connection.
struct ApiOf<'a> {
    value: &'a Dynamic,
    name: &'a str,
    found: Option<Dynamic>,
}

impl Visitor for ApiOf<'_> {
    fn visit<K: Kind>(&mut self) {
        if let Some(connection) = self.value.read_lock::<Connection<K>>().filter(|_| self.name == "api") {
            self.found = Some(Dynamic::from(Api(connection.clone())));
        }
    }
}

/// Finds out what a connection, or its `api`, leads to.
struct Connected<'a> {
    value: &'a Dynamic,
    look: &'a mut Look,
}

impl Visitor for Connected<'_> {
    fn visit<K: Kind>(&mut self) {
        let connection = self.value.read_lock::<Connection<K>>().map(|c| c.clone());
        let Some(connection) = connection.or_else(|| self.value.read_lock::<Api<K>>().map(|api| api.0.clone())) else {
            return;
        };
        let known = connection.account.settings().deployment;
        let flavours = K::SERVICE.flavours.iter().filter(|f| known.is_none_or(|known| f.deployment == known));
        self.look.service = Some(K::SERVICE.name);
        self.look.apis = flavours.flat_map(|flavour| flavour.apis).copied().collect();
        if self.value.read_lock::<Api<K>>().is_none() {
            self.look.members = properties();
        }
    }
}

/// Returns the properties of every connection.
pub(super) fn properties() -> Vec<(String, String)> {
    [
        ("api", "the published operations, as methods"),
        ("auth", "who we are, and where that was said; without secrets"),
        ("deployment", "\"cloud\" or \"server\""),
        ("server", "the address"),
        ("service", "the name of the service"),
    ]
    .map(|(name, about)| (name.to_owned(), about.to_owned()))
    .to_vec()
}

fn service_of(type_name: &str) -> Option<&'static Service> {
    crate::services::SERVICES.iter().copied().find(|service| service.type_name == type_name)
}

/// Returns what `jira(#{…})` takes.
pub(super) fn parameters_of(service: &Service) -> Vec<String> {
    let own = CREDENTIALS.iter().filter(|(_, only)| only.is_none_or(|only| only == service.name));
    let own = own.map(|(name, _)| *name).chain(OPTIONS.iter().copied()).chain(service.companion);
    // A part says whose it is.
    own.chain((!service.hosts.is_empty()).then_some("product")).map(str::to_owned).collect()
}

/// Closures have names that say nothing.
fn function_name(text: &str) -> String {
    if text.contains("anon$") { "a function".to_owned() } else { text.to_owned() }
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
