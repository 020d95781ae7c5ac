//! The state of the practice Tempo.

use super::call::{Refusal, refuse};
use jiff::civil::Date;
use serde_json::Value;

/// Time spent.
#[derive(Clone)]
pub(crate) struct Worklog {
    pub id: u64,
    /// The id of the same worklog in Jira.
    pub jira: u64,
    pub issue: u64,
    pub project: u64,
    pub author: String,
    pub day: Date,
    /// The time of day, as `08:00:00`.
    pub time: String,
    pub seconds: i64,
    pub billable: i64,
    pub description: String,
    pub created: i64,
    pub updated: i64,
    /// Key and value of work attributes.
    pub attributes: Vec<(String, Value)>,
}

/// Somebody in a team.
#[derive(Clone)]
pub(crate) struct Membership {
    pub id: u64,
    pub team: u64,
    pub account: String,
    pub role: u64,
    pub percent: u64,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// A plan.
#[derive(Clone)]
pub(crate) struct Plan {
    pub id: u64,
    pub assignee: String,
    pub kind: String,
    pub item: u64,
    pub from: Date,
    pub to: Date,
    pub per_day: i64,
    pub weekends: bool,
    pub description: String,
    pub created: i64,
}

/// Where the timesheet of a person and a week stands.
#[derive(Clone)]
pub(crate) struct Approval {
    pub account: String,
    pub monday: Date,
    pub state: &'static str,
    pub actor: String,
    pub comment: String,
    pub reviewer: String,
    pub updated: i64,
}

/// Everything.
#[derive(Default)]
pub(crate) struct World {
    pub worklogs: Vec<Worklog>,
    /// Documents: accounts, customers, categories, teams, work attributes.
    pub accounts: Vec<Value>,
    pub customers: Vec<Value>,
    pub categories: Vec<Value>,
    pub teams: Vec<Value>,
    pub attributes: Vec<Value>,
    pub memberships: Vec<Membership>,
    pub plans: Vec<Plan>,
    pub approvals: Vec<Approval>,
    pub last: u64,
}

impl World {
    /// Returns a number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// Finds the place of a document by a member that identifies it.
pub(crate) fn place(list: &[Value], key: &str, value: &str, what: &str) -> Result<usize, Refusal> {
    let same = |d: &Value| d[key].as_str() == Some(value) || d[key].as_u64().is_some_and(|n| n.to_string() == value);
    list.iter().position(same).ok_or_else(|| refuse(404, format!("{what} '{value}' not found")))
}
