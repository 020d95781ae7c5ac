//! tieline: one scripting engine for Jira, Confluence, Bitbucket, Bamboo, Trello, Slack, Tempo and UPM.
//!
//! # The layers
//!
//! A module may use those left of it, never those right of it:
//!
//! ```text
//! error, secret, json ← richtext, report, services, catalog, acli ← http ← auth ← context ← script ← commands ← cli, main
//! ```
//!
//! `sandbox` stands beside them: it plays the services, so it knows only `json`, `services` and `catalog`.
//!
//! | only here | what |
//! | --- | --- |
//! | `http` | reqwest and tokio |
//! | `script` | rhai |
//! | `commands/repl` | rustyline |
//! | `cli` | clap |
//! | `sandbox` | hyper |
//! | `context` | the process: arguments, environment, streams, directories |
//!
//! A test (`tests/layers.rs`) holds both tables.

pub mod acli;
pub mod auth;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod context;
pub mod error;
pub mod http;
pub mod json;
pub mod report;
pub mod richtext;
pub mod sandbox;
pub mod script;
pub mod secret;
pub mod services;
