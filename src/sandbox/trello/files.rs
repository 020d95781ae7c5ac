//! Files and addresses at cards.

use super::call::{Call, Outcome, Play, refuse};
use super::show::gone;
use super::sign_in;
use super::world::{File, find, find_mut, place};
use crate::sandbox::http::{Reply, Request, encode};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "cards/{}/attachments", list as Play),
    row("POST", "cards/{}/attachments", attach),
    row("GET", "cards/{}/attachments/{}", attachment),
    row("DELETE", "cards/{}/attachments/{}", delete),
    row("GET", "cards/{}/attachments/{}/download/{}", download),
];

/// The largest file that a free workspace takes.
const LARGEST: usize = 10 << 20;

/// Makes the document of an attachment: of a file with a size and a type, or of an address (`place`).
pub(crate) fn document(id: &str, card: &str, name: &str, upload: Option<(usize, &str)>, place: &str) -> Value {
    let url = match upload {
        Some(_) => format!("{place}/1/cards/{card}/attachments/{id}/download/{}", encode(name)),
        None => place.to_owned(),
    };
    json!({
        "id": id, "bytes": upload.map(|(size, _)| size), "date": super::world::days_ago(0), "edgeColor": null,
        "idMember": null, "isUpload": upload.is_some(), "isMalicious": false, "mimeType": upload.map_or("", |(_, mime)| mime), "name": name,
        "previews": [], "url": url, "pos": super::world::STEP, "fileName": upload.map(|_| name),
    })
}

fn list(call: &mut Call) -> Outcome {
    let card = call.card(call.arg(0))?;
    Call::ok(&card["attachments"])
}

fn attach(call: &mut Call) -> Outcome {
    let card = call.card_id()?;
    let id = call.world.next_id();
    let part = call.request.parts.as_ref().and_then(|parts| parts.iter().find(|p| p.name == "file"));
    let mut attachment = match part {
        Some(part) if part.bytes.len() > LARGEST => return Err(refuse(413, "attachment too large")),
        Some(part) => {
            let name = call.param("name").or_else(|| part.file.clone()).unwrap_or_else(|| "upload".into());
            let mime = call.param("mimeType").or_else(|| part.mime.clone());
            let mime = mime.unwrap_or_else(|| "application/octet-stream".into());
            let attachment = document(&id, &card, &name, Some((part.bytes.len(), &mime)), call.base);
            call.world.files.insert(id, File { mime, bytes: part.bytes.clone() });
            attachment
        }
        None => {
            let url = call.required("url")?;
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(refuse(400, "invalid value for url"));
            }
            document(&id, &card, &call.param("name").unwrap_or_else(|| url.clone()), None, &url)
        }
    };
    attachment["idMember"] = json!(call.me());
    if let Some(all) = find_mut(&mut call.world.cards, &card)?["attachments"].as_array_mut() {
        all.push(attachment.clone());
    }
    call.world.touch(&card);
    Call::ok(&attachment)
}

fn attachment(call: &mut Call) -> Outcome {
    let card = call.card(call.arg(0))?;
    Call::ok(find(card["attachments"].as_array().map_or(&[], Vec::as_slice), call.arg(1))?)
}

fn delete(call: &mut Call) -> Outcome {
    let (card, id) = (call.card_id()?, call.arg(1).to_owned());
    if let Some(all) = find_mut(&mut call.world.cards, &card)?["attachments"].as_array_mut() {
        let at = place(all, &id)?;
        all.remove(at);
    }
    call.world.files.remove(&id);
    call.world.touch(&card);
    Call::ok(&gone())
}

/// Bytes are given to those only who name key and token in the header.
fn download(call: &mut Call) -> Outcome {
    call.card(call.arg(0))?;
    if !by_header(call.request) {
        return Err(refuse(401, "unauthorized permission requested"));
    }
    let file = call.world.files.get(call.arg(1)).ok_or_else(|| refuse(404, "model not found"))?;
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(call.arg(2)));
    Ok(Reply::typed(200, &file.mime, file.bytes.clone()).with("content-disposition", disposition))
}

fn by_header(request: &Request) -> bool {
    request.header("authorization").is_some_and(|header| header.contains(sign_in::KEY))
}
