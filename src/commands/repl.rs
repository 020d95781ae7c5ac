//! The prompt.
use super::Setup;
use crate::{
    context::Context,
    error::{Error, Result},
    http::Interrupt,
};
use std::rc::Rc;
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    load: Option<&std::path::Path>,
) -> Result<u8> {
    let _ = (context, setup, interrupt, load);
    Err(Error::client("not there"))
}
