//! What products that stand beside Jira see of it and do to it, without a request.

use super::Jira;
use super::text::Rich;
use super::world::{Worklog, now, read_stamp};
use crate::sandbox::atlassian::Server;

impl Server<Jira> {
    /// Returns the base URL.
    pub(crate) fn base(&self) -> &str {
        &self.product().base
    }

    /// Returns the project of an issue, if there is such an issue.
    pub(crate) fn project_of(&self, issue: u64) -> Option<u64> {
        self.look(|world| world.issues.get(&issue).map(|i| i.project))
    }

    /// Writes down time at an issue and returns the number of the worklog; nothing if there is no such issue or person.
    pub(crate) fn log_work(&self, issue: u64, account: &str, start: &str, seconds: i64, words: &str) -> Option<u64> {
        self.look(|world| {
            let (id, time) = (world.next_id(), now());
            let author = world.user_with_account(account)?;
            let issue = world.issues.get_mut(&issue)?;
            let comment = Some(words).filter(|w| !w.is_empty()).map(|w| Rich::Wiki(w.into()));
            let started = read_stamp(start).unwrap_or(time);
            issue.worklogs.push(Worklog { id, author, comment, created: time, updated: time, started, seconds });
            issue.updated = time;
            Some(id)
        })
    }

    /// Writes other time into a worklog.
    pub(crate) fn relog_work(&self, issue: u64, worklog: u64, start: &str, seconds: i64) {
        self.look(|world| {
            let logs = world.issues.get_mut(&issue).map(|issue| &mut issue.worklogs);
            if let Some(log) = logs.and_then(|logs| logs.iter_mut().find(|log| log.id == worklog)) {
                log.started = read_stamp(start).unwrap_or(log.started);
                log.seconds = seconds;
                log.updated = now();
            }
        });
    }

    /// Takes time at an issue away again.
    pub(crate) fn unlog_work(&self, issue: u64, worklog: u64) {
        self.look(|world| {
            if let Some(issue) = world.issues.get_mut(&issue) {
                issue.worklogs.retain(|w| w.id != worklog);
            }
        });
    }
}
