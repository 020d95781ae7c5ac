//! What the verbs of the standard library share: natives of each connection.
//!
//! They are methods of the connection, not functions: a script's own function of the same name must not capture them.

use super::{
    companion,
    connection::Connection,
    native::{Thrown, native},
    request::download,
    throw::into_script,
    value::{from_dynamic, members, plain_type, to_dynamic},
};
use crate::{
    error::{Error, Kind as ErrorKind, Result},
    http::{Content, Method, Request, fill},
    richtext,
    secret::Secret,
    services::{Deployment, Kind},
};
use rhai::{Array, Dynamic, Engine, ImmutableString};

impl<K: Kind> Connection<K> {
    /// Refuses options that the verb does not take.
    fn accept(verb: &str, options: &Dynamic, names: &Array) -> Result<()> {
        let given = members(options).ok_or_else(|| {
            Error::client(format_args!("{verb}() takes its options as a map, not as {}", plain_type(options)))
        })?;
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        match given.iter().find(|(name, _)| !names.contains(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let error = Error::client(format_args!("{}.{verb}() has no option `{name}`", K::SERVICE.name));
                Err(error.hint(close(name, &names).unwrap_or_else(|| format!("it takes {}", names.join(", ")))))
            }
        }
    }

    /// Turns a text into what the server stores: Markdown becomes a document on Cloud, wiki text on Server.
    ///
    /// `#{ wiki: … }` and `#{ plain: … }` say that it is something else; any other map is a document already.
    fn rich(&self, text: &Dynamic) -> Result<Dynamic> {
        if K::SERVICE.name == "slack" {
            return Ok(self.mrkdwn(text));
        }
        let cloud = self.world.wait(self.account.flavour())?.deployment == Deployment::Cloud;
        let values = members(text).unwrap_or_default();
        if text.read_lock::<Secret>().is_some() || values.iter().any(|(_, value)| value.read_lock::<Secret>().is_some())
        {
            return Err(Error::client("a secret cannot become part of a text"));
        }
        let given = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.to_string());
        if let Some(wiki) = given("wiki") {
            return Ok(wiki.into());
        }
        if let Some(plain) = given("plain") {
            return Ok(if cloud { to_dynamic(&richtext::text_to_adf(&plain)) } else { plain.into() });
        }
        if !values.is_empty() {
            return Ok(text.clone());
        }
        let markdown = text.to_string();
        let (value, lost) = if cloud {
            let converted = richtext::markdown_to_adf(&markdown);
            (to_dynamic(&converted.value), converted.lost)
        } else {
            let converted = richtext::markdown_to_wiki(&markdown);
            (converted.value.into(), converted.lost)
        };
        self.tell_lost(lost);
        Ok(value)
    }

    /// Turns a text into what Slack shows: Markdown, unless `#{ mrkdwn: … }` or `#{ plain: … }` says otherwise.
    fn mrkdwn(&self, text: &Dynamic) -> Dynamic {
        let values = members(text).unwrap_or_default();
        match values.first().map(|(name, value)| (name.as_str(), value.to_string())) {
            Some(("mrkdwn", text)) => text.into(),
            Some(("plain", text)) => richtext::text_to_mrkdwn(&text).into(),
            _ => {
                let converted = richtext::markdown_to_mrkdwn(&text.to_string());
                self.tell_lost(converted.lost);
                converted.value.into()
            }
        }
    }

    fn tell_lost(&self, lost: Vec<String>) {
        for what in lost {
            self.world.context.note(&format!("{}: could not carry over: {what}", K::SERVICE.name));
        }
    }

    /// Returns the text of the file at `path`, untouched: a file that holds JSON is not taken apart.
    fn text(&self, path: &str) -> Result<String> {
        let request = Request { file: true, ..download(path)? };
        let answer = self.world.wait(self.account.send(&request, None))?;
        let Content::Bytes(bytes) = answer.content else { return Ok(String::new()) };
        String::from_utf8(bytes.to_vec()).map_err(|_| {
            Error::client(format_args!("{} is no text", answer.url)).hint("a file of any kind can be saved to the disk")
        })
    }

    fn path(route: &str, values: &Dynamic) -> Result<String> {
        let values = members(values).unwrap_or_default();
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.to_string());
        Ok(fill(route, value)?.path)
    }
}

/// Says which of `names` was probably meant.
pub(super) fn close(name: &str, names: &[String]) -> Option<String> {
    let near = names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase()), known))
        .min();
    near.filter(|(distance, known)| *distance <= 3 && *distance < known.len())
        .map(|(_, known)| format!("did you mean `{known}`?"))
}

fn refusal(message: &str, hint: &str) -> Box<Error> {
    let error = Error::client(message);
    if hint.is_empty() { error } else { error.hint(hint) }
}

/// Makes the error of a failure that arrived as a success. `details` is the answer.
fn failure(message: &str, hint: &str, details: &Dynamic) -> Result<Box<Error>> {
    let error = Error::remote(ErrorKind::Remote, format_args!("{message} Response code: 200.")).status(200);
    let error = error.details((!details.is_unit()).then(|| from_dynamic(details)).transpose()?);
    Ok(if hint.is_empty() { error } else { error.hint(hint) })
}

fn unknown(what: &str, name: &str, names: &Array, place: &str) -> Box<Error> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let hint = close(name, &names).unwrap_or_else(|| format!("there is {}", names.join(", ")));
    Error::client(format_args!("there is no {what} \"{name}\" on {place}")).hint(hint)
}

/// Registers the helpers of one service.
pub(super) fn register<K: Kind>(engine: &mut Engine) {
    type C<K> = Connection<K>;
    super::storage::register::<K>(engine);
    native(
        engine,
        "accept",
        &[],
        "",
        |_: &mut C<K>, verb: ImmutableString, options: Dynamic, names: Array| -> Thrown<()> {
            C::<K>::accept(&verb, &options, &names).map_err(into_script)
        },
    );
    native(engine, "refuse", &[], "", |_: &mut C<K>, message: ImmutableString, hint: ImmutableString| -> Thrown<()> {
        Err(into_script(refusal(&message, &hint)))
    });
    native(
        engine,
        "fail",
        &[],
        "",
        |_: &mut C<K>, message: ImmutableString, hint: ImmutableString, details: Dynamic| -> Thrown<()> {
            Err(into_script(failure(&message, &hint, &details).map_err(into_script)?))
        },
    );
    native(engine, "note", &[], "", |c: &mut C<K>, text: ImmutableString| c.world.context.note(&text));
    let lost = |what: ImmutableString, name: ImmutableString, names: Array, place: ImmutableString| {
        into_script(unknown(&what, &name, &names, &place))
    };
    native(
        engine,
        "unknown",
        &[],
        "",
        move |_: &mut C<K>,
              what: ImmutableString,
              name: ImmutableString,
              names: Array,
              place: ImmutableString|
              -> Thrown<()> { Err(lost(what, name, names, place)) },
    );
    native(engine, "rich", &[], "", |c: &mut C<K>, text: Dynamic| c.rich(&text).map_err(into_script));
    native(engine, "path", &[], "", |_: &mut C<K>, route: ImmutableString, values: Dynamic| {
        C::<K>::path(&route, &values).map_err(into_script)
    });
    native(engine, "text", &[], "", |c: &mut C<K>, path: ImmutableString| c.text(&path).map_err(into_script));
    native(engine, "hand_over", &[], "", |c: &mut C<K>, address: ImmutableString, file: ImmutableString| {
        c.hand_over(&address, &file).map_err(into_script)
    });
    // Where a verb has the name `post`, this is how the library reaches the request of that name.
    native(engine, "post_raw", &[], "", |c: &mut C<K>, path: ImmutableString, map: Dynamic| {
        c.simple(Method::Post, &path, Some(&map)).map_err(into_script)
    });
    native(engine, "companion", &[], "", |c: &mut C<K>| -> Thrown<Dynamic> {
        Ok(c.beside.as_ref().map_or(Dynamic::UNIT, |account| companion::connection(account, &c.world)))
    });
    native(engine, "recall", &[], "", |c: &mut C<K>, key: ImmutableString| -> Thrown<Dynamic> {
        Ok(c.world.recall(&c.memory_key(&key)).map_or(Dynamic::UNIT, |json| to_dynamic(&json)))
    });
    native(engine, "keep", &[], "", |c: &mut C<K>, key: ImmutableString, value: Dynamic| -> Thrown<Dynamic> {
        c.world.keep(c.memory_key(&key), from_dynamic(&value).map_err(into_script)?);
        Ok(value)
    });
}
