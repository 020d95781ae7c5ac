//! Tests.
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
    paths: &[std::path::PathBuf],
) -> Result<u8> {
    let _ = (context, setup, interrupt, paths);
    Err(Error::client("not there"))
}
