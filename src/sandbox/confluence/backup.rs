//! Exports of spaces as files, which only Data Center makes.

use super::call::{Call, Outcome};
use super::expand::Expand;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::tasks;
use super::world::{Kind, Task, stamp_z};
use crate::sandbox::http::Reply;
use hyper::body::Bytes;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "POST", "/rest/api/backup-restore/backup/space", Access::User, begin),
    row(On::Dc, "GET", "/rest/api/backup-restore/jobs/{}", Access::User, get),
    row(On::Dc, "GET", "/rest/api/backup-restore/jobs/{}/download", Access::User, download),
];

fn begin(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let keys: Vec<String> =
        body["spaceKeys"].as_array().into_iter().flatten().filter_map(|k| k.as_str().map(str::to_owned)).collect();
    if keys.is_empty() {
        return Err(refuse(400, "BadRequestException", "spaceKeys must not be empty"));
    }
    for key in &keys {
        let space = call.space(key)?;
        if !call.world.may(call.caller.user, space, "export", "space") {
            return Err(refuse(403, "PermissionException", format!("User not permitted to export space {key}")));
        }
    }
    let name = format!("{}-{}.zip", body["fileNamePrefix"].as_str().unwrap_or("backup"), keys.join("-"));
    let file = archive(&entries(call, &keys));
    let id = tasks::begin(call, "Space backup", json!({ "fileName": name, "spaceKeys": keys.join(",") }));
    if let Some(task) = call.world.tasks.iter_mut().find(|t| t.id == id) {
        task.file = Some((name, file));
    }
    let task = find(call, id)?.clone();
    Call::ok(&written(&task))
}

/// Returns the files of an export: one with everything about each page, one for each attachment.
fn entries(call: &Call, keys: &[String]) -> Vec<(String, Bytes)> {
    let expand = Expand::new(&["body.storage", "version", "metadata.labels", "ancestors"]);
    let spaces: Vec<u64> = keys.iter().filter_map(|k| call.world.space(k)).map(|s| s.id).collect();
    let inside = call.world.content.values().filter(|c| spaces.contains(&c.space) && super::face::is_current(c));
    let mut out =
        vec![("exportDescriptor.properties".to_owned(), Bytes::from(format!("spaceKey={}\n", keys.join(","))))];
    for content in inside {
        let text = call.face.content(call.world, content, &expand).to_string();
        out.push((format!("entities/{}-{}.json", content.kind.name(), content.id), Bytes::from(text)));
        if let (Kind::Attachment, Some((_, bytes))) = (content.kind, &content.now().file) {
            let page = content.container.unwrap_or(0);
            out.push((format!("attachments/{page}/{}/{}", content.id, content.now().number), bytes.clone()));
        }
    }
    out
}

fn find<'a>(call: &'a Call, id: u64) -> Result<&'a Task, Refusal> {
    let found = call.world.tasks.iter().find(|t| t.id == id);
    found.ok_or_else(|| refuse(404, "NotFoundException", format!("No job found with id: {id}")))
}

fn written(task: &Task) -> Value {
    let done = task.asks == 0;
    json!({
        "id": task.id, "jobOperation": "BACKUP", "jobScope": "SPACE", "jobState": if done { "FINISHED" } else { "PROCESSING" },
        "createTime": stamp_z(task.started), "owner": "mira", "fileName": task.result["fileName"],
        "spaceKeys": task.result["spaceKeys"], "fileExists": done,
    })
}

fn get(call: &mut Call) -> Outcome {
    let id = call.id(0);
    let seen = find(call, id)?.clone();
    if let Some(task) = call.world.tasks.iter_mut().find(|t| t.id == id) {
        task.asks = task.asks.saturating_sub(1);
    }
    Call::ok(&written(&seen))
}

fn download(call: &mut Call) -> Outcome {
    let task = find(call, call.id(0))?;
    match &task.file {
        Some((name, bytes)) if task.asks == 0 => {
            let disposition = format!("attachment; filename=\"{name}\"");
            Ok(Reply::typed(200, "application/zip", bytes.clone()).with("content-disposition", disposition))
        }
        _ => Err(refuse(404, "NotFoundException", "The job has no file yet")),
    }
}

/// Packs files into an archive, each as it is.
fn archive(files: &[(String, Bytes)]) -> Bytes {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let at = small(out.len());
        let mut about = Vec::new();
        about.extend_from_slice(&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        about.extend_from_slice(&crc.sum().to_le_bytes());
        about.extend_from_slice(&small(bytes.len()).to_le_bytes());
        about.extend_from_slice(&small(bytes.len()).to_le_bytes());
        about.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        about.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&about);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&about);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (count, start) = (u16::try_from(files.len()).unwrap_or(u16::MAX), small(out.len()));
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&small(directory.len()).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.into()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
