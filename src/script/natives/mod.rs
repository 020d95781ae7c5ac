//! The helper functions of every script: texts, lists, dates, files, tables, and the world around.

mod asserts;
mod chart;
mod dates;
mod files;
mod lists;
mod order;
pub(super) mod path;
mod richtext;
mod sql;
mod system;
mod tables;
mod text;

pub(super) use dates::time_text;
pub(super) use tables::{csv_text, table_text};

use super::{
    stream::Stream,
    value::{plain_type, to_dynamic},
};
use crate::{
    context::Context,
    error::{Error, Result},
};
use rhai::{Array, Dynamic, Engine};
use std::rc::Rc;

/// Registers all of them.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    asserts::register(engine);
    chart::register(engine, context);
    dates::register(engine);
    files::register(engine);
    lists::register(engine);
    order::register(engine);
    richtext::register(engine, context);
    sql::register(engine);
    system::register(engine, context);
    tables::register(engine, context);
    text::register(engine);
}

/// Returns the items of a list one by one; a stream is read as they are taken.
pub(super) fn each(value: &Dynamic) -> Result<Box<dyn Iterator<Item = Result<Dynamic>>>> {
    if let Some(stream) = value.read_lock::<Stream>().map(|stream| stream.clone()) {
        stream.begin()?;
        return Ok(Box::new(std::iter::from_fn(move || stream.next()).map(|item| item.map(|json| to_dynamic(&json)))));
    }
    Ok(Box::new(rows(value)?.into_iter().map(Ok)))
}

/// Returns the items of an array, or of a list that is still to be read.
pub(super) fn rows(value: &Dynamic) -> Result<Array> {
    if let Some(items) = value.read_lock::<Array>() {
        return Ok(items.clone());
    }
    if let Some(stream) = value.read_lock::<Stream>().map(|stream| stream.clone()) {
        return stream.all();
    }
    Err(Error::client(format_args!("a list is needed here, not {}", plain_type(value))))
}
