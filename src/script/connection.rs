//! The connection objects: what every service can do, registered once for each row of the table.

use super::{
    given,
    native::{Thrown, native},
    operations::Api,
    part,
    request::{self, Call},
    stream::Stream,
    throw::into_script,
    value::{members, to_dynamic},
    world::World,
};
use crate::{
    auth::{Account, Value, Wish},
    error::{Error, Result},
    http::{Arrays, Body, Method, Progress, Request},
    json::Json,
    secret::Secret,
    services::{Kind, Visitor},
};
use rhai::{Dynamic, Engine, FuncRegistration, ImmutableString, Map};
use std::{marker::PhantomData, path::Path, rc::Rc, sync::Arc};

/// A connection to one service. Each service has a type of its own, so that its verbs are its own.
pub struct Connection<K: Kind> {
    /// Who we are there.
    pub account: Arc<Account>,
    /// The run it belongs to.
    pub world: Rc<World>,
    /// The account of the service beside it, where one was given.
    pub beside: Option<Arc<Account>>,
    service: PhantomData<K>,
}

impl<K: Kind> Clone for Connection<K> {
    fn clone(&self) -> Self {
        Connection {
            account: self.account.clone(),
            world: self.world.clone(),
            beside: self.beside.clone(),
            service: PhantomData,
        }
    }
}

impl<K: Kind> Connection<K> {
    fn make(world: &Rc<World>, map: Vec<(String, Value)>, beside: Option<Arc<Account>>) -> Result<Dynamic> {
        let account = if K::SERVICE.hosts.is_empty() {
            world.account(K::SERVICE, map)?
        } else {
            part::account(K::SERVICE, world, map)?
        };
        Ok(Self::with(account, world, beside))
    }

    /// Makes the connection of an account.
    pub(super) fn of(account: Arc<Account>, world: &Rc<World>) -> Dynamic {
        Self::with(account, world, None)
    }

    fn with(account: Arc<Account>, world: &Rc<World>, beside: Option<Arc<Account>>) -> Dynamic {
        Dynamic::from(Self { account, world: world.clone(), beside, service: PhantomData })
    }

    /// Sends `request` and returns its data.
    pub(super) fn fetch(&self, request: &Request, progress: Option<&Progress>) -> Result<Option<Json>> {
        let service = K::SERVICE;
        self.world.wait(async {
            let answer = self.account.send(request, progress).await?;
            answer.data(service, request)
        })
    }

    /// Returns the operations published for this server.
    pub(super) fn catalog(&self) -> Result<crate::catalog::Catalog> {
        if !K::SERVICE.apis.is_empty() {
            return Ok(crate::catalog::Catalog(K::SERVICE.apis));
        }
        let flavour = self.world.wait(self.account.flavour())?;
        Ok(crate::catalog::Catalog(flavour.apis))
    }

    /// Sends one of `get post put patch delete`.
    pub(super) fn simple(&self, method: Method, path: &str, map: Option<&Dynamic>) -> Result<Dynamic> {
        let mut request = request::simple(method, path, map)?;
        if K::SERVICE.forms {
            request.body = as_form(request.body);
        }
        self.mark(&mut request)?;
        Ok(self.fetch(&request, None)?.map_or(Dynamic::UNIT, |json| to_dynamic(&json)))
    }

    /// Lets the catalogue say that a POST only reads, as searches do.
    fn mark(&self, request: &mut Request) -> Result<()> {
        if request.method == Method::Post {
            request.reads = self.published(request)?.is_some_and(|operation| operation.reads);
        }
        Ok(())
    }

    fn request(&self, map: &Dynamic) -> Result<Dynamic> {
        let Call { mut request, check } = request::full(map)?;
        self.mark(&mut request)?;
        let sent = self.world.wait(self.account.send(&request, None));
        request::reply(sent, check)
    }

    fn pages(&self, path: &str, map: Option<&Dynamic>) -> Result<Stream> {
        // A search whose body is given goes by POST.
        let body = map.and_then(members).unwrap_or_default().into_iter().find(|(name, _)| name == "body");
        let request = match body {
            None => request::simple(Method::Get, path, map)?,
            Some((_, body)) => Request { reads: true, ..request::simple(Method::Post, path, Some(&body))? },
        };
        let arrays = self.pages_arrays(&request)?;
        Ok(Stream::new(self.account.clone(), self.world.clone(), request, arrays))
    }

    /// Finds the operation behind a route. Version 2 of Jira Cloud is version 3 with other texts.
    fn published(&self, request: &Request) -> Result<Option<crate::catalog::Operation>> {
        let (catalog, method) = (self.catalog()?, request.method.name());
        let newer = || catalog.route(method, &request.route.replacen("/rest/api/2/", "/rest/api/3/", 1));
        Ok(catalog.route(method, &request.route).or_else(newer))
    }

    /// Says what a bare array is: one page of several, if its operation takes an offset or a moment.
    pub(super) fn pages_arrays(&self, request: &Request) -> Result<Arrays> {
        let Some(operation) = self.published(request)? else { return Ok(Arrays::Whole) };
        let takes = |name: &str| operation.parameters.iter().any(|p| p.name == name);
        Ok(match (takes("startAt"), takes("before")) {
            (true, _) => Arrays::Offset,
            (false, true) => Arrays::Before,
            (false, false) => Arrays::Whole,
        })
    }

    pub(super) fn upload(&self, path: &str, file: &str, map: Option<&Dynamic>) -> Result<Dynamic> {
        let (request, label) = request::upload(path, file, map)?;
        let bar = super::progress::bar(&self.world.context, &label);
        let json = self.fetch(&request, Some(&bar))?;
        Ok(json.map_or(Dynamic::UNIT, |json| to_dynamic(&json)))
    }

    pub(super) fn download(&self, path: &str, file: &str) -> Result<i64> {
        let request = request::download(path)?;
        let bar = super::progress::bar(&self.world.context, file);
        let size = self.world.wait(self.account.download(&request, Path::new(file), &bar))?;
        i64::try_from(size).map_err(|_| Error::client("the file is larger than a number can say"))
    }

    fn render(&self, path: &str) -> Result<String> {
        let (path, query) = crate::http::query_pairs(path);
        let mut request = Request::new(Method::Get, path);
        request.query = query;
        request.page = true;
        let answer = self.world.wait(self.account.send(&request, None))?;
        Ok(request::text_of(&answer))
    }

    fn login(&self) -> Result<Secret> {
        Ok(self.world.wait(self.account.log_in_to_keep())?.write())
    }

    fn save_session(&self, name: &str) -> Result<()> {
        let store = super::sources::store(&self.world.context)?;
        if self.world.practice.is_some() {
            self.world.context.note(&format!("practice run: session \"{name}\" is not kept"));
            return Ok(());
        }
        let wish = Wish { name: name.to_owned(), store, keep_password: false, expires: None };
        self.world.save_session(&self.account, wish).map(drop)
    }

    fn deployment(&self) -> Result<&'static str> {
        Ok(self.world.wait(self.account.flavour())?.deployment.name())
    }

    /// Describes the connection without a secret.
    fn auth(&self) -> Map {
        let settings = self.account.settings();
        let sources =
            settings.sources.iter().map(|(name, source)| ((*name).into(), source.as_str().into())).collect::<Map>();
        let user = settings.user.clone().map_or(Dynamic::UNIT, Dynamic::from);
        Map::from([("user".into(), user), ("sources".into(), sources.into())])
    }

    /// Returns the key under which this connection remembers `what`.
    pub(super) fn memory_key(&self, what: &str) -> String {
        format!("{} {what}", self.account.settings().fingerprint())
    }

    fn shown(&self) -> String {
        format!("{}({})", K::SERVICE.name, self.account.settings().address.as_str())
    }
}

/// Registers the functions that connect.
pub(super) fn register(engine: &mut Engine, world: &Rc<World>) {
    crate::services::visit_all(&mut Registrar { engine, world });
}

/// Registers what connections to `service` can do: for programs that name it.
pub(super) fn register_members(engine: &mut Engine, service: &'static str) {
    crate::services::visit_all(&mut Members { engine, service });
}

struct Registrar<'a> {
    engine: &'a mut Engine,
    world: &'a Rc<World>,
}

impl Visitor for Registrar<'_> {
    fn visit<K: Kind>(&mut self) {
        self.engine.register_type_with_name::<Connection<K>>(K::SERVICE.type_name);
        make::<K>(self.engine, self.world);
    }
}

struct Members<'a> {
    engine: &'a mut Engine,
    service: &'static str,
}

impl Visitor for Members<'_> {
    fn visit<K: Kind>(&mut self) {
        if K::SERVICE.name != self.service {
            return;
        }
        let engine = &mut *self.engine;
        requests::<K>(engine);
        transfers::<K>(engine);
        session::<K>(engine);
        super::verbs::register::<K>(engine);
        super::operations::register::<K>(engine);
        engine.register_fn("to_string", |c: &mut Connection<K>| c.shown());
        engine.register_fn("to_debug", |c: &mut Connection<K>| c.shown());
    }
}

/// Registers `jira()`, `jira(#{…})` and `jira("a saved session")`.
fn make<K: Kind>(engine: &mut Engine, world: &Rc<World>) {
    let name = K::SERVICE.name;
    let (plain, with_map) = (world.clone(), world.clone());
    let comment =
        "/// Connects to the service, with what the map, the command line, the environment or a saved session says.";
    native(engine, name, &[], comment, move || Connection::<K>::make(&plain, Vec::new(), None).map_err(into_script));
    native(engine, name, &["parameters: map"], comment, move |given: Dynamic| {
        let made = match part::host(K::SERVICE, &given) {
            Some(host) => host.map(|account| Connection::<K>::of(account, &with_map)),
            None => given::parameters(K::SERVICE, &given)
                .and_then(|(map, beside)| Connection::<K>::make(&with_map, map, beside)),
        };
        made.map_err(into_script)
    });
}

/// Slack's bodies are forms; what is no plain value goes as JSON in them.
fn as_form(body: Body) -> Body {
    let Body::Json(Json::Object(members)) = body else { return body };
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let given = members.iter().filter(|(_, value)| !matches!(value, Json::Null));
    Body::Form(given.map(|(name, value)| (name.to_string(), text(value))).collect())
}

fn requests<K: Kind>(engine: &mut Engine) {
    type C<K> = Connection<K>;
    for (name, method, comment) in [
        ("get", Method::Get, "/// Reads `path`; what the map holds beyond its `{names}` is the query."),
        ("delete", Method::Delete, "/// Deletes `path`; what the map holds beyond its `{names}` is the query."),
        ("post", Method::Post, "/// Posts to `path`; what the map holds beyond its `{names}` is the JSON body."),
        ("put", Method::Put, "/// Puts to `path`; what the map holds beyond its `{names}` is the JSON body."),
        ("patch", Method::Patch, "/// Patches `path`; what the map holds beyond its `{names}` is the JSON body."),
    ] {
        native(engine, name, &["path: string"], comment, move |c: &mut C<K>, path: ImmutableString| {
            c.simple(method, &path, None).map_err(into_script)
        });
        native(
            engine,
            name,
            &["path: string", "values: map"],
            comment,
            move |c: &mut C<K>, path: ImmutableString, map: Dynamic| {
                c.simple(method, &path, Some(&map)).map_err(into_script)
            },
        );
    }
    let comment = "/// Sends `#{ method, path, values, query, headers, body, files }` and returns `#{ status, headers, body }`.\n\
        /// `values` fills the `{names}` in `path`.";
    native(engine, "request", &["request: map"], comment, |c: &mut C<K>, map: Dynamic| {
        c.request(&map).map_err(into_script)
    });
    let comment = "/// Lists the items of a paged list, fetching ahead while you work on them.";
    native(engine, "pages", &["path: string"], comment, |c: &mut C<K>, path: ImmutableString| {
        c.pages(&path, None).map_err(into_script)
    });
    native(
        engine,
        "pages",
        &["path: string", "values: map"],
        comment,
        |c: &mut C<K>, path: ImmutableString, map: Dynamic| c.pages(&path, Some(&map)).map_err(into_script),
    );
}

fn transfers<K: Kind>(engine: &mut Engine) {
    type C<K> = Connection<K>;
    let comment = "/// Uploads `file` to `path` as multipart; the map may hold `part`, `name`, what fills the path's `{names}`, and further fields.";
    native(
        engine,
        "upload",
        &["path: string", "file: string"],
        comment,
        |c: &mut C<K>, path: ImmutableString, file: ImmutableString| c.upload(&path, &file, None).map_err(into_script),
    );
    native(
        engine,
        "upload",
        &["path: string", "file: string", "options: map"],
        comment,
        |c: &mut C<K>, path: ImmutableString, file: ImmutableString, map: Dynamic| {
            c.upload(&path, &file, Some(&map)).map_err(into_script)
        },
    );
    let comment = "/// Saves what `path` answers as `file`, streamed; returns the number of bytes.";
    native(
        engine,
        "download",
        &["path: string", "file: string"],
        comment,
        |c: &mut C<K>, path: ImmutableString, file: ImmutableString| c.download(&path, &file).map_err(into_script),
    );
    let comment = "/// Returns the page that a browser would get at `path`. Needs user and password.";
    native(engine, "render", &["path: string"], comment, |c: &mut C<K>, path: ImmutableString| {
        c.render(&path).map_err(into_script)
    });
}

fn session<K: Kind>(engine: &mut Engine) {
    type C<K> = Connection<K>;
    native(engine, "whoami", &[], "/// Asks the server who we are.", |c: &mut C<K>| {
        c.world.wait(c.account.who()).map(|json| to_dynamic(&json)).map_err(into_script)
    });
    native(
        engine,
        "login",
        &[],
        "/// Logs in and returns the session's handle, a secret, for a later run's `login`.",
        |c: &mut C<K>| c.login().map_err(into_script),
    );
    native(engine, "logout", &[], "/// Ends the session at the server.", |c: &mut C<K>| {
        c.world.wait(c.account.log_out()).map_err(into_script)
    });
    native(
        engine,
        "save_session",
        &["name: string"],
        "/// Saves what this connection signs in with, for `jira(name)` and the like in later runs.",
        |c: &mut C<K>, name: ImmutableString| c.save_session(&name).map_err(into_script),
    );
    let getter = |name: &str| format!("get${name}");
    FuncRegistration::new(getter("server"))
        .with_purity(true)
        .in_global_namespace()
        .register_into_engine(engine, |c: &mut C<K>| -> Thrown<String> {
            Ok(c.account.settings().address.as_str().to_owned())
        });
    FuncRegistration::new(getter("service"))
        .with_purity(true)
        .in_global_namespace()
        .register_into_engine(engine, |_: &mut C<K>| -> Thrown<&'static str> { Ok(K::SERVICE.name) });
    FuncRegistration::new(getter("deployment"))
        .with_purity(true)
        .in_global_namespace()
        .register_into_engine(engine, |c: &mut C<K>| -> Thrown<&'static str> { c.deployment().map_err(into_script) });
    FuncRegistration::new(getter("auth"))
        .with_purity(true)
        .in_global_namespace()
        .register_into_engine(engine, |c: &mut C<K>| -> Thrown<Map> { Ok(c.auth()) });
    FuncRegistration::new(getter("api"))
        .with_purity(true)
        .in_global_namespace()
        .register_into_engine(engine, |c: &mut C<K>| -> Thrown<Api<K>> { Ok(Api(c.clone())) });
}
