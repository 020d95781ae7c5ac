//! Schemas of answers out of an `OpenAPI` 3.0 description.

use super::exceptions::corrected;
use jsonschema::Draft;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, path::Path};

const REFERENCE: &str = "#/components/schemas/";
/// Names that say nothing about what an answer may be, and formats, which the vendors do not keep to.
const DROPPED: [&str; 7] = ["example", "examples", "description", "default", "format", "xml", "discriminator"];

/// The description of one API.
pub(super) struct Description {
    document: Value,
    before: &'static str,
}

impl Description {
    /// Reads the description in a file, if it is there.
    pub(super) fn read(file: &Path, before: &'static str) -> Option<Description> {
        let text = std::fs::read_to_string(file).ok()?;
        // An older one has its components elsewhere.
        let text = text.replace("#/definitions/", REFERENCE);
        let mut document: Value = serde_json::from_str(&text).expect("a description is JSON");
        if let Some(definitions) = document.get("definitions").cloned() {
            document["components"] = json!({ "schemas": definitions });
        }
        Some(Description { document, before })
    }

    /// Finds the operation that a request means: its method and path as they are described.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<String> {
        let path = path.strip_prefix(self.before)?;
        let paths = self.document["paths"].as_object().expect("paths");
        let key = method.to_lowercase();
        let fitting = paths.iter().filter(|(template, item)| item.get(&key).is_some() && fits(template, path));
        // A word beats a variable.
        fitting
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(template, _)| format!("{method} {template}"))
    }

    /// Holds an answer against what is described for a status, or by `default`: what there was to hold, and each fault with its place.
    pub(super) fn check(
        &self,
        operation: &str,
        status: &str,
        answer: &str,
        errors: fn() -> Value,
    ) -> (&'static str, Vec<(String, String)>) {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let responses = &self.document["paths"][path][method.to_lowercase()]["responses"];
        let response = &responses[status];
        let mut faults = Vec::new();
        if response.is_null() {
            faults.push((String::new(), format!("status {status} is not described")));
        }
        if answer.is_empty() {
            if status != "204" && schema_of(response).is_some() {
                faults.push((String::new(), "no body".to_owned()));
            }
            return ("empty", faults);
        }
        let (kind, schema) = match schema_of(response) {
            Some(schema) => ("body", self.whole(&corrected(operation, schema))),
            None if status >= "400" => ("error without a schema of its own", errors()),
            None => return ("body without a schema", faults),
        };
        faults.extend(compare(&schema, answer));
        (kind, faults)
    }

    /// Returns a schema with the components that it needs.
    fn whole(&self, schema: &Value) -> Value {
        let mut needed = BTreeSet::new();
        self.gather(schema, &mut needed);
        let component = |name: &String| (name.clone(), plain(&self.document["components"]["schemas"][name]));
        let components: Map<String, Value> = needed.iter().map(component).collect();
        json!({ "allOf": [plain(schema)], "components": { "schemas": components } })
    }

    fn gather(&self, schema: &Value, needed: &mut BTreeSet<String>) {
        match schema {
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix(REFERENCE));
                if let Some(name) = name.filter(|name| needed.insert((*name).to_owned())) {
                    self.gather(&self.document["components"]["schemas"][name], needed);
                }
                members.values().for_each(|member| self.gather(member, needed));
            }
            Value::Array(items) => items.iter().for_each(|item| self.gather(item, needed)),
            _ => {}
        }
    }
}

fn fits(template: &str, path: &str) -> bool {
    let template = template.trim_end_matches('/');
    let (words, parts): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    words.len() == parts.len() && words.iter().zip(parts).all(|(word, part)| word.starts_with('{') || *word == part)
}

/// Returns the schema of a response, unless it says nothing.
fn schema_of(response: &Value) -> Option<&Value> {
    let content = match response["content"].as_object() {
        Some(contents) => contents.iter().find(|(media, _)| media.starts_with("application/json"))?.1,
        None => response,
    };
    content.get("schema").filter(|schema| **schema != json!({}))
}

/// How Jira writes errors, where an operation does not say it.
pub(super) fn error_collection() -> Value {
    json!({
        "type": "object",
        "required": ["errorMessages", "errors"],
        "properties": {
            "errorMessages": { "type": "array", "items": { "type": "string" } },
            "errors": { "type": "object", "additionalProperties": { "type": "string" } },
        },
    })
}

/// Returns a schema of `OpenAPI` as one of JSON Schema.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => object(members),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn object(members: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    for (name, member) in members {
        match (name.as_str(), member) {
            // The names in it are those of an answer, not of the language of schemas.
            ("properties", Value::Object(properties)) => {
                let properties = properties.iter().map(|(name, schema)| (name.clone(), plain(schema)));
                out.insert(name.clone(), properties.collect::<Map<_, _>>().into());
            }
            (name, _) if DROPPED.contains(&name) || name == "nullable" => {}
            _ => _ = out.insert(name.clone(), plain(member)),
        }
    }
    match members.get("nullable") {
        Some(Value::Bool(true)) => json!({ "anyOf": [{ "type": "null" }, out] }),
        _ => out.into(),
    }
}

fn compare(schema: &Value, answer: &str) -> Vec<(String, String)> {
    let answer: Value = match serde_json::from_str(answer) {
        Ok(answer) => answer,
        Err(e) => return vec![(String::new(), format!("not JSON: {e}: {answer:.200}"))],
    };
    let validator = jsonschema::options().with_draft(Draft::Draft4).build(schema).expect("a schema");
    let faults = validator.iter_errors(&answer);
    faults.map(|fault| (fault.instance_path().to_string(), format!("{:.300}", fault.masked()))).collect()
}
