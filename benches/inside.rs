//! How fast the parts are, one by one: `cargo bench --bench inside`.

use divan::{Bencher, counter::BytesCount};
use std::fmt::Write;
use tieline::json::{Json, parse};

fn main() {
    divan::main();
}

/// A page of a hundred issues with seventy fields each, as a server writes it.
fn page() -> String {
    let mut fields = String::from(
        r#""summary":"Rotate the keys","status":{"name":"Open","id":"1","self":"https://jira.example.com/rest/api/2/status/1"}"#,
    );
    for n in 0..68 {
        let value = if n % 7 == 0 {
            r#"{"value":"high","id":"10100","self":"https://jira.example.com/rest/api/2/customFieldOption/10100"}"#
        } else {
            "null"
        };
        let _ = write!(fields, r#","customfield_{}":{value}"#, 10_000 + n);
    }
    let issues: Vec<String> =
        (0..100).map(|n| format!(r#"{{"id":"{n}","key":"OPS-{n}","fields":{{{fields}}}}}"#)).collect();
    format!(r#"{{"startAt":0,"maxResults":100,"total":100,"issues":[{}]}}"#, issues.join(","))
}

/// What a script looks at: one member of one member of one member.
fn status(issue: &Json) -> Option<Json> {
    let fields = issue.as_object()?.pick("fields")?;
    let status = fields.as_object()?.pick("status")?;
    status.as_object()?.pick("name")
}

#[divan::bench]
fn json_read_by_us(bencher: Bencher) {
    let text = page();
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(text.as_bytes()));
}

#[divan::bench]
fn json_read_by_serde(bencher: Bencher) {
    let text = page();
    bencher.counter(BytesCount::of_str(&text)).bench(|| serde_json::from_str::<serde_json::Value>(&text));
}

#[divan::bench]
fn json_looked_into(bencher: Bencher) {
    let page = parse(page().as_bytes()).expect("it is JSON");
    let issues = page.get("issues").and_then(Json::as_array).expect("issues");
    bencher.bench(|| issues.iter().filter_map(status).count());
}

#[divan::bench]
fn json_written(bencher: Bencher) {
    let page = parse(page().as_bytes()).expect("it is JSON");
    bencher.bench(|| page.to_string());
}

#[divan::bench]
fn markdown_to_document(bencher: Bencher) {
    let text = "# Night\n\n* look at the **queue**\n* ask [Mira](https://example.com)\n\n```sh\nls\n```\n".repeat(20);
    bencher.counter(BytesCount::of_str(&text)).bench(|| tieline::richtext::markdown_to_adf(&text));
}
