//! An engine for tests of the commands.

use crate::{
    context::Context,
    http::{Interrupt, Options},
    script::{Arguments, Host, World},
};
use std::{rc::Rc, sync::Arc, time::Duration};

/// Makes the engine of a prompt that has nobody to talk to.
pub(in crate::commands) fn host() -> Host {
    let options = Options {
        timeout: Duration::from_secs(1),
        ca: None,
        proxy: None,
        insecure: false,
        simulate: None,
        jobs: None,
        read_only: false,
        trace: false,
        say: Arc::new(|_| {}),
    };
    let context = Rc::new(Context::from_process());
    let world = World::new(context, options, Interrupt::default(), Arguments::new("repl", Vec::new()));
    let mut host = Host::new(Rc::new(world));
    host.load_all();
    host
}
