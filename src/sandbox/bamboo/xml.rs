//! Answers as XML, which is what Bamboo gives whoever does not ask for JSON.

use crate::sandbox::http::Reply;
use serde_json::{Map, Value};

/// Members that are attributes of their element; others are elements themselves.
const ATTRIBUTES: [&str; 21] = [
    "expand",
    "size",
    "start-index",
    "max-result",
    "key",
    "name",
    "href",
    "rel",
    "id",
    "number",
    "state",
    "enabled",
    "shortName",
    "shortKey",
    "type",
    "lifeCycleState",
    "planKey",
    "buildNumber",
    "buildResultKey",
    "restartable",
    "continuable",
];

/// Turns a JSON answer into XML unless it is wanted as it is. `root` names the outermost element; without one the
/// resource knows JSON only.
pub(crate) fn fit(reply: Reply, root: &str, wants_json: bool) -> Reply {
    let json =
        reply.headers.iter().any(|(name, value)| *name == "content-type" && value.starts_with("application/json"));
    if wants_json || root.is_empty() || !json {
        return reply;
    }
    let Ok(value) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    element(&mut text, root, &value);
    let mut headers = reply.headers;
    headers.retain(|(name, _)| *name != "content-type");
    headers.push(("content-type", "application/xml;charset=UTF-8".into()));
    Reply { status: reply.status, headers, body: text.into() }
}

fn element(text: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| element(text, name, item)),
        Value::Object(members) => object(text, name, members),
        scalar => text.extend(["<", name, ">", &escape(scalar), "</", name, ">"]),
    }
}

fn object(text: &mut String, name: &str, members: &Map<String, Value>) {
    let attribute = |(key, value): &(&String, &Value)| {
        ATTRIBUTES.contains(&key.as_str()) && !value.is_object() && !value.is_array() && !value.is_null()
    };
    text.push('<');
    text.push_str(name);
    for (key, value) in members.iter().filter(attribute) {
        text.extend([" ", key, "=\"", &escape(value), "\""]);
    }
    text.push('>');
    for (key, value) in members.iter().filter(|pair| !attribute(pair)) {
        element(text, key, value);
    }
    text.extend(["</", name, ">"]);
}

fn escape(scalar: &Value) -> String {
    let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_becomes_elements_and_attributes() {
        let body = json!({ "plans": { "size": 1, "plan": [{ "key": "A-B", "description": "x < y" }] } });
        let reply = fit(Reply::json(200, &body), "plans", false);
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(
            text.ends_with(
                "<plans><plans size=\"1\"><plan key=\"A-B\"><description>x &lt; y</description></plan></plans></plans>"
            ),
            "{text}"
        );
        let same = fit(Reply::json(200, &body), "plans", true);
        assert_eq!(serde_json::from_slice::<Value>(&same.body).ok(), Some(body));
    }
}
