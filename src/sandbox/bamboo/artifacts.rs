//! What builds leave behind.

use super::call::{Access, Call, Outcome, Play, json_only, refuse};
use super::world::{Build, Life};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[row("GET", "/browse/{}/artifact/{}/{}/{*}", json_only(Access::User, download))];

/// The artifacts of every build.
pub(crate) const NAMES: [&str; 2] = ["Package", "Test report"];

/// Returns file and content of an artifact.
fn file(build: &Build, name: &str) -> Option<(&'static str, String)> {
    match name.replace('-', " ").as_str() {
        "Package" => Some(("package.txt", format!("package of {} at {}\n", build.key(), build.revision))),
        "Test report" => {
            Some(("report.csv", format!("build,passed,failed\n{},48,{}\n", build.key(), u8::from(!build.succeeds))))
        }
        _ => None,
    }
}

/// Writes the artifacts of a build; one that is not done, or went wrong, has none but the report.
pub(crate) fn of(call: &Call, build: &Build) -> Vec<Value> {
    if build.life() != Life::Finished {
        return Vec::new();
    }
    let wanted = NAMES.iter().filter(|name| build.succeeds || **name == "Test report");
    let row = |name: &&str| {
        let (file, text) = file(build, name)?;
        let link =
            format!("{}/browse/{}/artifact/shared/{}/{file}", call.face.base, build.key(), name.replace(' ', "-"));
        Some(json!({
            "name": name, "link": { "href": link, "rel": "self" }, "producerJobKey": format!("{}-PUB-{}", build.plan, build.number),
            "shared": true, "size": text.len(), "prettySizeDescription": format!("{} bytes", text.len()),
        }))
    };
    wanted.filter_map(row).collect()
}

fn download(call: &mut Call) -> Outcome {
    let build = call.build(call.arg(0))?;
    let (known, text) = file(build, call.arg(2)).ok_or_else(|| refuse(404, "Artifact not found."))?;
    let wanted = call.arg(3);
    if build.life() != Life::Finished || !wanted.is_empty() && wanted != known {
        return Err(refuse(404, "Artifact not found."));
    }
    Ok(Reply::typed(200, mime_guess::from_path(known).first_or_octet_stream().as_ref(), text))
}
