//! Runs one script, from a file, the command line or standard input.

use super::{PARTLY, Setup, Text, fail, host};
use crate::{
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::{Arguments, Ending, Host, Output},
};
use std::rc::Rc;

/// Runs `text` with `words` as its arguments; prints its value as `output` says.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    text: Text,
    words: Vec<String>,
    output: Output,
) -> Result<u8> {
    let name = match &text {
        Text::File(path) => path.to_string_lossy().into_owned(),
        Text::Code(_) => "-e".to_owned(),
        Text::Input => "standard input".to_owned(),
    };
    let mut host = host(context, setup, interrupt, Arguments::new(&name, words))?;
    let done = match text {
        Text::File(path) => host.run_file(&path),
        Text::Code(code) => host.run(&name, &code),
        Text::Input => host.run(&name, &input(context)?),
    };
    let code = match done {
        Ok(Ending::Exit(code)) => code,
        Ok(Ending::Value(value)) => match finish(&host, &value, output) {
            0 if host.world().partly.get() => PARTLY,
            code => code,
        },
        Err(failure) => fail(context, &host, &failure),
    };
    host.world().close();
    // The program ends now. To take the engine apart would cost more than many a script does.
    std::mem::forget(host);
    Ok(code)
}

fn finish(host: &Host, value: &crate::script::Dynamic, output: Output) -> u8 {
    match host.present(value, output) {
        Ok(Some(text)) => host.world().context.print(&text),
        Ok(None) => {}
        Err(failure) => return fail(&host.world().context, host, &failure),
    }
    0
}

fn input(context: &Context) -> Result<String> {
    let bytes = context.read_input()?;
    String::from_utf8(bytes).map_err(|e| {
        let place = e.utf8_error().valid_up_to();
        Error::client(format_args!("standard input is not UTF-8: the byte at {place} fits no character"))
    })
}
