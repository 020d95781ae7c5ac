//! From names to things: fields and values that exist, or Jira's words that they do not.

use super::parse::{Node, Op, Value};
use super::{Asker, dates};
use crate::sandbox::jira::schema::{self, CATEGORIES, FIELDS, Field, Kind, PRIORITIES, RESOLUTIONS, STATUSES};
use crate::sandbox::jira::world::Issue;

/// A field of a query.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Key,
    Category,
    Text,
    Watcher,
    Voter,
    /// A field of the table.
    Field(&'static Field),
}

/// A value that an issue's own values are compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Empty,
    /// A number of something, or plain text in lower case.
    Same(String),
    Number(f64),
    /// Words to be found.
    Words(String),
    /// An issue key, for ranges.
    Key(String, u64),
}

/// A condition that can be evaluated.
#[derive(Debug)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test(Target, Op, Vec<Operand>),
}

/// Checks a condition.
pub(super) fn node(asker: &Asker, node: &Node) -> Result<Condition, String> {
    let all = |nodes: &[Node]| nodes.iter().map(|n| self::node(asker, n)).collect::<Result<Vec<_>, _>>();
    Ok(match node {
        Node::And(nodes) => Condition::And(all(nodes)?),
        Node::Or(nodes) => Condition::Or(all(nodes)?),
        Node::Not(inner) => Condition::Not(Box::new(self::node(asker, inner)?)),
        Node::Clause(name, op, values) => clause(asker, name, *op, values)?,
    })
}

/// Finds the fields of a name: several custom fields may share one.
fn targets(name: &str) -> Vec<Target> {
    match name.to_ascii_lowercase().as_str() {
        "key" | "issuekey" | "issue" | "id" => return vec![Target::Key],
        "statuscategory" => return vec![Target::Category],
        "text" => return vec![Target::Text],
        "watcher" => return vec![Target::Watcher],
        "voter" => return vec![Target::Voter],
        _ => {}
    }
    let number = name.strip_prefix("cf[").and_then(|n| n.strip_suffix(']')).and_then(|n| n.parse::<u32>().ok());
    let fits = |f: &&'static Field| {
        (number.is_some() && f.number() == number)
            || f.clauses.iter().any(|c| c.eq_ignore_ascii_case(name))
            || (!f.custom.is_empty() && f.name.eq_ignore_ascii_case(name))
    };
    FIELDS.iter().filter(fits).map(Target::Field).collect()
}

fn no_field(name: &str) -> String {
    format!("Field '{name}' does not exist or you do not have permission to view it.")
}

/// Finds the field to sort by.
pub(super) fn order_field(name: &str) -> Result<Target, String> {
    targets(name).into_iter().next().ok_or_else(|| no_field(name))
}

fn clause(asker: &Asker, name: &str, op: Op, values: &[Value]) -> Result<Condition, String> {
    let targets = targets(name);
    let mut tests = Vec::new();
    let mut problem = no_field(name);
    for target in targets {
        match operands(asker, name, target, op, values) {
            Ok(operands) => tests.push(Condition::Test(target, op, operands)),
            Err(message) => problem = message,
        }
    }
    match tests.len() {
        0 => Err(problem),
        1 => Ok(tests.remove(0)),
        _ => Ok(Condition::Or(tests)),
    }
}

fn operands(asker: &Asker, name: &str, target: Target, op: Op, values: &[Value]) -> Result<Vec<Operand>, String> {
    let searching = matches!(op, Op::Has | Op::HasNot);
    let ordering = matches!(op, Op::Below | Op::BelowOrIs | Op::Above | Op::AboveOrIs);
    let unsupported = || Err(format!("The operator '{}' is not supported by the '{name}' field.", op.sign()));
    let mut out = Vec::new();
    for value in values {
        match value {
            Value::Empty => out.push(Operand::Empty),
            Value::Text(text) if is_text(target) => {
                if !searching {
                    return unsupported();
                }
                out.push(Operand::Words(text.to_lowercase()));
            }
            _ if searching && !matches_words(target) => return unsupported(),
            _ if ordering && !is_ordered(target) => return unsupported(),
            Value::Text(text) if searching => out.push(Operand::Words(text.to_lowercase())),
            Value::Text(text) => out.push(one(asker, name, target, text)?),
            Value::Function(function, args) => out.extend(called(asker, name, target, function, args)?),
        }
    }
    Ok(out)
}

fn is_text(target: Target) -> bool {
    match target {
        Target::Text => true,
        Target::Field(f) => matches!(f.kind, Kind::Text | Kind::Rich | Kind::Comments),
        _ => false,
    }
}

/// Version names and the like can be searched by words as well.
fn matches_words(target: Target) -> bool {
    is_text(target) || matches!(target, Target::Field(f) if matches!(f.kind, Kind::Versions | Kind::Components))
}

fn is_ordered(target: Target) -> bool {
    match target {
        Target::Key => true,
        Target::Field(f) => {
            matches!(
                f.kind,
                Kind::Number | Kind::Date | Kind::Time | Kind::Seconds | Kind::Votes | Kind::Watches | Kind::Priority
            )
        }
        _ => false,
    }
}

fn no_value(name: &str, text: &str) -> String {
    format!("The value '{text}' does not exist for the field '{name}'.")
}

fn same(id: impl ToString) -> Operand {
    Operand::Same(id.to_string())
}

/// Turns one value into what the issue's own value is compared with.
fn one(asker: &Asker, name: &str, target: Target, text: &str) -> Result<Operand, String> {
    let world = asker.world;
    let found = match target {
        Target::Key => return key(asker, name, text),
        Target::Category => CATEGORIES
            .iter()
            .find(|c| c.name.eq_ignore_ascii_case(text) || c.key == text || c.id.to_string() == text)
            .map(|c| same(c.id)),
        Target::Watcher | Target::Voter => world.user_in_query(text).map(same),
        Target::Text => Some(Operand::Words(text.to_lowercase())),
        Target::Field(field) => match field.kind {
            Kind::User | Kind::Users => world.user_in_query(text).map(same),
            Kind::Project => world
                .projects
                .iter()
                .find(|p| {
                    p.key.eq_ignore_ascii_case(text) || p.name.eq_ignore_ascii_case(text) || p.id.to_string() == text
                })
                .filter(|p| world.may_browse(asker.me, p.id))
                .map(|p| same(p.id)),
            Kind::Status => {
                STATUSES.iter().find(|s| s.id == text || s.name.eq_ignore_ascii_case(text)).map(|s| same(s.id))
            }
            Kind::Type => schema::issue_type(text).map(|t| same(t.id)),
            Kind::Priority => schema::named(&PRIORITIES, text).map(|p| Operand::Number(rank(p))),
            Kind::Resolution if text.eq_ignore_ascii_case("unresolved") => Some(Operand::Empty),
            Kind::Resolution => schema::named(&RESOLUTIONS, text).map(|r| same(r.id)),
            Kind::Time | Kind::Date => return date(name, text, asker),
            Kind::Number | Kind::Seconds | Kind::Votes | Kind::Watches => return number(name, text, field.kind),
            Kind::Versions => world.versions.iter().any(|v| version_fits(v, text)).then(|| same(text.to_lowercase())),
            Kind::Components => world
                .components
                .iter()
                .any(|c| c.name.eq_ignore_ascii_case(text) || c.id.to_string() == text)
                .then(|| same(text.to_lowercase())),
            Kind::Sprint => world
                .sprints
                .iter()
                .find(|s| s.id.to_string() == text || s.name.eq_ignore_ascii_case(text))
                .map(|s| same(s.id)),
            Kind::Issue => issue(asker, text).map(|i| same(i.id)),
            Kind::Other if field.number() == Some(schema::EPIC_LINK) => issue(asker, text).map(|i| same(i.id)),
            Kind::Option | Kind::Options => field.number().and_then(|n| {
                schema::options(n).iter().find(|o| o.0 == text || o.1.eq_ignore_ascii_case(text)).map(|o| same(o.0))
            }),
            _ => Some(same(text.to_lowercase())),
        },
    };
    found.ok_or_else(|| no_value(name, text))
}

/// Returns the rank of a priority: the highest one has the lowest number.
pub(super) fn rank(priority: &schema::Named) -> f64 {
    -priority.id.parse::<f64>().unwrap_or(0.0)
}

/// Says whether a text names a version.
pub(super) fn version_fits(version: &crate::sandbox::jira::world::Version, text: &str) -> bool {
    version.name.eq_ignore_ascii_case(text) || version.id.to_string() == text
}

fn issue<'a>(asker: &Asker<'a>, text: &str) -> Option<&'a Issue> {
    let issue = asker.world.issues.get(&asker.world.issue_id(text)?)?;
    asker.world.may_browse(asker.me, issue.project).then_some(issue)
}

fn key(asker: &Asker, name: &str, text: &str) -> Result<Operand, String> {
    if let Some(found) = issue(asker, text) {
        let number = found.key.rsplit_once('-').and_then(|(_, n)| n.parse().ok()).unwrap_or(0);
        let project = asker.world.project_by_id(found.project).map(|p| p.key.clone()).unwrap_or_default();
        return Ok(Operand::Key(project, number));
    }
    match text.rsplit_once('-').is_some_and(|(p, n)| !p.is_empty() && n.parse::<u64>().is_ok()) {
        true => Err(format!("An issue with key '{text}' does not exist for field '{name}'.")),
        false => Err(format!("The issue key '{text}' for field '{name}' is invalid.")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn date(name: &str, text: &str, asker: &Asker) -> Result<Operand, String> {
    let read = dates::read(text, asker.now).map(|time| Operand::Number(time as f64));
    read.ok_or_else(|| {
        format!(
            "Date value '{text}' for field '{name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
             'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )
    })
}

fn number(name: &str, text: &str, kind: Kind) -> Result<Operand, String> {
    let seconds = || super::super::worklogs::seconds(text).map(|s| s.to_string());
    let text = if kind == Kind::Seconds { seconds().unwrap_or_else(|| text.to_owned()) } else { text.to_owned() };
    let read = text.parse::<f64>().ok().filter(|n| n.is_finite());
    read.map(Operand::Number).ok_or_else(|| format!("Value '{text}' for the field '{name}' is not a number."))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn called(asker: &Asker, name: &str, target: Target, function: &str, args: &[String]) -> Result<Vec<Operand>, String> {
    let world = asker.world;
    let kind = match target {
        Target::Field(f) => f.kind,
        Target::Watcher | Target::Voter => Kind::User,
        Target::Key => Kind::Issue,
        _ => Kind::Other,
    };
    if matches!(kind, Kind::Time | Kind::Date)
        && let Some(time) = dates::function(function, args, asker.now)
    {
        return Ok(vec![Operand::Number(time? as f64)]);
    }
    let first = args.first().map_or("", String::as_str);
    let in_project = |id: u64| args.is_empty() || args.iter().any(|a| world.project(a).is_some_and(|p| p.id == id));
    let sprints = |state: &str| world.sprints.iter().filter(|s| s.state == state).map(|s| same(s.id)).collect();
    let versions = |released: bool| {
        world.versions.iter().filter(|v| v.released == released && in_project(v.project)).map(|v| same(v.id)).collect()
    };
    Ok(match (function.to_ascii_lowercase().as_str(), kind) {
        ("currentuser", Kind::User | Kind::Users) => asker.me.map_or(Vec::new(), |me| vec![same(me)]),
        ("membersof", Kind::User | Kind::Users) => {
            if !world.groups.iter().any(|g| g == first) {
                return Err(format!(
                    "Function 'membersOf' can not generate a list of usernames for group '{first}'; the group does not exist."
                ));
            }
            let members = world.users.iter().enumerate().filter(|(_, u)| u.groups.iter().any(|g| g == first));
            members.map(|(id, _)| same(id)).collect()
        }
        ("opensprints", Kind::Sprint) => sprints("active"),
        ("closedsprints", Kind::Sprint) => sprints("closed"),
        ("futuresprints", Kind::Sprint) => sprints("future"),
        ("releasedversions", Kind::Versions) => versions(true),
        ("unreleasedversions", Kind::Versions) => versions(false),
        ("standardissuetypes", Kind::Type) => types(false),
        ("subtaskissuetypes", Kind::Type) => types(true),
        ("linkedissues", Kind::Issue) => linked(asker, name, first, args.get(1))?,
        ("watchedissues" | "votedissues", Kind::Issue) => {
            let votes = function.starts_with(['v', 'V']);
            let own = |i: &&Issue| asker.me.is_some_and(|me| if votes { &i.voters } else { &i.watchers }.contains(&me));
            world.issues.values().filter(own).filter_map(|i| key(asker, name, &i.key).ok()).collect()
        }
        _ => return Err(format!("Unable to find JQL function '{function}({})'.", args.join(", "))),
    })
}

fn types(subtask: bool) -> Vec<Operand> {
    schema::ISSUE_TYPES.iter().filter(|t| t.subtask == subtask).map(|t| same(t.id)).collect()
}

fn linked(asker: &Asker, name: &str, text: &str, kind: Option<&String>) -> Result<Vec<Operand>, String> {
    let start =
        issue(asker, text).ok_or_else(|| format!("Issue '{text}' could not be found in function 'linkedIssues'."))?.id;
    let fits = |link: &&crate::sandbox::jira::world::Link| {
        let words = if link.inward == start { link.kind.outward } else { link.kind.inward };
        (link.inward == start || link.outward == start) && kind.is_none_or(|k| k.eq_ignore_ascii_case(words))
    };
    let others = asker.world.links.iter().filter(fits).map(|l| if l.inward == start { l.outward } else { l.inward });
    Ok(others.filter_map(|id| key(asker, name, &id.to_string()).ok()).collect())
}
