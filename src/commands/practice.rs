//! stand-in
use crate::{
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::Practice,
};
use std::rc::Rc;
pub(super) fn connect(_c: &Context) -> Result<Box<Practice>> {
    Err(Error::client("not there"))
}
pub(super) fn serve(_c: &Rc<Context>, _i: &Interrupt) -> Result<u8> {
    Err(Error::client("not there"))
}
