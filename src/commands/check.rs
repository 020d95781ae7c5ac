//! `tieline check SCRIPT…`: what is wrong with scripts, found without running them.

use super::{Setup, host, test::files};
use crate::{
    context::Context,
    error::Result,
    http::Interrupt,
    json::Json,
    report::{Frame, Report},
    script::{Arguments, Finding, Host, Output, Severity, present_rows},
};
use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

/// The exit code when an error was found.
const WRONG: u8 = 1;

/// Checks the scripts of `paths`, files or folders.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    paths: &[PathBuf],
    output: Option<Output>,
) -> Result<u8> {
    let mut all: Vec<(String, Finding)> = Vec::new();
    let files = files(paths)?;
    let mut host = host(context, setup, interrupt, Arguments::new("check", Vec::new()))?;
    for file in &files {
        let found = host.check_file(file)?;
        if output.is_none() {
            for finding in &found {
                context.print(&shown(context, &host, file, finding));
            }
        }
        all.extend(found.into_iter().map(|finding| (file.display().to_string(), finding)));
    }
    match output {
        None => context.print(&summary(files.len(), &all)),
        Some(output) => {
            let rows: Vec<Json> = all.iter().map(|(file, finding)| row(file, finding)).collect();
            if let Some(text) = present_rows(&rows, output, context.width())? {
                context.print(&text);
            }
        }
    }
    Ok(if count(&all, Severity::Error) == 0 { 0 } else { WRONG })
}

/// Shows a finding with its line.
fn shown(context: &Context, host: &Host, file: &Path, finding: &Finding) -> String {
    let source = file.to_string_lossy().into_owned();
    let frame = Frame { source, line: finding.line, column: finding.column, call: None };
    let report = Report { message: finding.message.clone(), hint: finding.hint.clone(), frames: vec![frame] };
    let what = format!("{}[{}]", finding.severity.name(), finding.code);
    let color = context.color && context.output_is_terminal;
    report.render_as(&what, |source| host.text_of(source), color) + "\n"
}

fn row(file: &str, finding: &Finding) -> Json {
    let number = |n: usize| Json::from(i64::try_from(n).unwrap_or(i64::MAX));
    Json::object([
        ("file", Json::from(file)),
        ("line", number(finding.line)),
        ("column", number(finding.column)),
        ("severity", finding.severity.name().into()),
        ("code", finding.code.into()),
        ("message", finding.message.as_str().into()),
        ("hint", finding.hint.as_deref().map_or(Json::Null, Json::from)),
    ])
}

fn count(all: &[(String, Finding)], severity: Severity) -> usize {
    all.iter().filter(|(_, finding)| finding.severity == severity).count()
}

fn summary(files: usize, all: &[(String, Finding)]) -> String {
    let counted = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    format!(
        "{} checked: {}, {}",
        counted(files, "script"),
        counted(count(all, Severity::Error), "error"),
        counted(count(all, Severity::Warning), "warning")
    )
}
