//! The bare side: the same work by reqwest and `serde_json::Value` and nothing else.

use super::stub::{ISSUES, PAGE};
use futures_util::{StreamExt, stream};
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeMap;

/// Does one job: its name, the site's address, and how many requests may be in flight.
pub(crate) fn run(words: &[String]) {
    let [job, rest @ ..] = words else { return };
    if job == "start" {
        return println!("1");
    }
    let (site, flight) = (rest[0].clone(), rest.get(1).and_then(|n| n.parse().ok()).unwrap_or(8));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    // Nothing is encrypted here, but a client without a provider does not start.
    let _ = rustls::crypto::ring::default_provider().install_default();
    runtime.block_on(async {
        let client = Client::builder().build().expect("a client");
        match job.as_str() {
            "one" => println!("{}", get(&client, &format!("{site}/rest/api/2/issue/OPS-1")).await["fields"]["summary"]),
            "count" => println!("{:?}", count(&client, &site, flight).await),
            "comments" => comment(&client, &site, flight).await,
            "csv" => csv(&client, &site, flight).await,
            other => panic!("no job {other:?}"),
        }
    });
}

/// Runs a script by Rhai as it comes.
pub(crate) fn script(code: &str) {
    let mut engine = rhai::Engine::new();
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    println!("{}", engine.eval::<rhai::Dynamic>(code).expect("the script runs"));
}

async fn get(client: &Client, url: &str) -> Value {
    let answer = client.get(url).bearer_auth("bench-token").send().await.expect("an answer");
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

/// Calls `each` with the issues of every page, in order.
async fn pages(client: &Client, site: &str, fields: &str, flight: usize, mut each: impl FnMut(&[Value])) {
    let url = |start: usize| {
        format!("{site}/rest/api/2/search?jql=project%3DOPS&maxResults={PAGE}&startAt={start}&fields={fields}")
    };
    let mut answers = stream::iter((0..ISSUES).step_by(PAGE))
        .map(|start| {
            let (client, url) = (client.clone(), url(start));
            // A task each, so that pages are parsed side by side.
            async move { tokio::spawn(async move { get(&client, &url).await }).await.expect("a page") }
        })
        .buffered(flight);
    while let Some(page) = answers.next().await {
        each(page["issues"].as_array().expect("issues"));
    }
}

async fn count(client: &Client, site: &str, flight: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    pages(client, site, "*all", flight, |issues| {
        for issue in issues {
            let status = issue["fields"]["status"]["name"].as_str().unwrap_or_default();
            *counts.entry(status.to_owned()).or_insert(0) += 1;
        }
    })
    .await;
    assert_eq!(counts.values().sum::<usize>(), ISSUES);
    counts
}

async fn comment(client: &Client, site: &str, flight: usize) {
    let sent = stream::iter(0..500)
        .map(|n| {
            let url = format!("{site}/rest/api/2/issue/OPS-{n}/comment");
            let request = client
                .post(url)
                .bearer_auth("bench-token")
                .header("content-type", "application/json")
                .body(r#"{"body":"Released."}"#);
            async move {
                let answer = request.send().await.expect("an answer");
                serde_json::from_slice::<Value>(&answer.bytes().await.expect("a body")).expect("JSON")
            }
        })
        .buffer_unordered(flight);
    assert_eq!(sent.count().await, 500);
}

async fn csv(client: &Client, site: &str, flight: usize) {
    let mut out = csv::Writer::from_path(std::env::temp_dir().join("tieline-bench-minimal.csv")).expect("a file");
    let paths = super::jobs::COLUMNS.map(|column| format!("/{}", column.replace('.', "/")));
    pages(client, site, "summary,status,assignee,priority,created", flight, |issues| {
        for issue in issues {
            let row = paths.iter().map(|path| issue.pointer(path).and_then(Value::as_str).unwrap_or_default());
            out.write_record(row).expect("a row");
        }
    })
    .await;
    out.flush().expect("the rows are written");
}
