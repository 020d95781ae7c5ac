//! Which issues a condition holds for, and in which order they come.

use super::Asker;
use super::check::{Condition, Operand, Target, rank, version_fits};
use super::parse::Op;
use crate::sandbox::jira::schema::{self, CATEGORIES, Kind};
use crate::sandbox::jira::world::{Issue, World};
use std::cmp::Ordering;

/// What an issue has in a field.
enum Cell {
    Same(String),
    Number(f64),
    Key(String, u64),
}

/// Says whether a condition holds for an issue.
pub(super) fn holds(asker: &Asker, issue: &Issue, condition: &Condition) -> bool {
    match condition {
        Condition::And(all) => all.iter().all(|c| holds(asker, issue, c)),
        Condition::Or(any) => any.iter().any(|c| holds(asker, issue, c)),
        Condition::Not(inner) => !holds(asker, issue, inner),
        Condition::Test(target, op, operands) => test(asker, issue, *target, *op, operands),
    }
}

fn test(asker: &Asker, issue: &Issue, target: Target, op: Op, operands: &[Operand]) -> bool {
    let cells = cells(asker.world, issue, target);
    if matches!(op, Op::Has | Op::HasNot) {
        let text = words_of(asker.world, issue, target);
        let found = operands.iter().any(|o| match o {
            Operand::Words(words) => contains(&text, words),
            Operand::Empty => text.is_empty(),
            _ => false,
        });
        return found == (op == Op::Has);
    }
    // Text fields have no cells to count, only words.
    let empty = cells.is_empty() && words_of(asker.world, issue, target).is_empty();
    let fits = |operand: &Operand| match operand {
        Operand::Empty => empty,
        _ => cells.iter().any(|cell| compare(cell, operand).is_some_and(Ordering::is_eq)),
    };
    match op {
        Op::Is => operands.iter().any(fits),
        // What is empty differs from nothing but EMPTY itself.
        Op::IsNot => !operands.iter().any(fits) && (!empty || operands.iter().all(|o| *o == Operand::Empty)),
        _ => cells.iter().any(|cell| operands.iter().any(|o| ordered(compare(cell, o), op))),
    }
}

fn ordered(found: Option<Ordering>, op: Op) -> bool {
    found.is_some_and(|found| match op {
        Op::Below => found.is_lt(),
        Op::BelowOrIs => found.is_le(),
        Op::Above => found.is_gt(),
        Op::AboveOrIs => found.is_ge(),
        _ => false,
    })
}

fn compare(cell: &Cell, operand: &Operand) -> Option<Ordering> {
    match (cell, operand) {
        (Cell::Same(own), Operand::Same(other)) => Some(own.cmp(other)),
        (Cell::Number(own), Operand::Number(other)) => own.partial_cmp(other),
        // Keys of different projects do not compare.
        (Cell::Key(project, own), Operand::Key(other_project, other)) => {
            project.eq_ignore_ascii_case(other_project).then(|| own.cmp(other))
        }
        _ => None,
    }
}

fn same(values: impl IntoIterator<Item = impl ToString>) -> Vec<Cell> {
    values.into_iter().map(|v| Cell::Same(v.to_string())).collect()
}

#[expect(clippy::cast_precision_loss, reason = "times and counts are far below 2^53")]
fn numbers(values: impl IntoIterator<Item = i64>) -> Vec<Cell> {
    values.into_iter().map(|n| Cell::Number(n as f64)).collect()
}

fn cells(world: &World, issue: &Issue, target: Target) -> Vec<Cell> {
    let field = match target {
        Target::Key => {
            let (project, number) = issue.key.rsplit_once('-').unwrap_or((&issue.key, "0"));
            return vec![Cell::Key(project.to_owned(), number.parse().unwrap_or(0))];
        }
        Target::Category => return same([CATEGORIES[issue.status.category].id]),
        Target::Watcher => return same(&issue.watchers),
        Target::Voter => return same(&issue.voters),
        Target::Text => return Vec::new(),
        Target::Field(field) => field,
    };
    if let Some(number) = field.number() {
        return custom_cells(issue, number);
    }
    let version_cells = |ids: &[u64]| {
        let names = ids.iter().filter_map(|id| world.version(*id)).map(|v| v.name.to_lowercase());
        same(names.chain(ids.iter().map(u64::to_string)))
    };
    match field.id {
        "project" => same([issue.project]),
        "status" => same([issue.status.id]),
        "issuetype" => same([issue.kind.id]),
        "priority" => vec![Cell::Number(rank(issue.priority))],
        "resolution" => same(issue.resolution.map(|r| r.id)),
        "assignee" => same(issue.assignee),
        "reporter" => same(issue.reporter),
        "creator" => same([issue.creator]),
        "labels" => same(issue.labels.iter().map(|l| l.to_lowercase())),
        "components" => {
            let names = issue.components.iter().filter_map(|id| world.component(*id)).map(|c| c.name.to_lowercase());
            same(names.chain(issue.components.iter().map(u64::to_string)))
        }
        "fixVersions" => version_cells(&issue.fix_versions),
        "versions" => version_cells(&issue.versions),
        "created" => numbers([issue.created]),
        "updated" => numbers([issue.updated]),
        "resolutiondate" => numbers(issue.resolved),
        "duedate" => numbers(issue.due.as_deref().and_then(|d| super::dates::read(d, 0))),
        "parent" => same(issue.parent.or(issue.epic)),
        "subtasks" => same(world.subtasks(issue.id).iter().map(|i| i.id)),
        "votes" => numbers(i64::try_from(issue.voters.len())),
        "watches" => numbers(i64::try_from(issue.watchers.len())),
        "timeoriginalestimate" => numbers(issue.estimate),
        "timeestimate" => numbers(issue.remaining),
        "timespent" => numbers((!issue.worklogs.is_empty()).then(|| issue.worklogs.iter().map(|w| w.seconds).sum())),
        "attachment" => same(&issue.attachments),
        _ => Vec::new(),
    }
}

fn custom_cells(issue: &Issue, number: u32) -> Vec<Cell> {
    use serde_json::Value;
    match number {
        schema::EPIC_LINK => return same(issue.epic),
        schema::SPRINT => return same(&issue.sprints),
        _ => {}
    }
    match issue.custom.get(&number) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Number(n)) => n.as_f64().map(Cell::Number).into_iter().collect(),
        Some(Value::Array(list)) => same(list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))),
        Some(Value::String(text)) => match super::dates::read(text, 0).filter(|_| text.len() == 10) {
            Some(day) => numbers([day]),
            None => same([text.to_lowercase()]),
        },
        Some(other) => same([other.to_string()]),
    }
}

/// Returns everything in a field that can be searched by words, in lower case.
fn words_of(world: &World, issue: &Issue, target: Target) -> String {
    let mut texts: Vec<String> = Vec::new();
    let id = match target {
        Target::Text => "text",
        Target::Field(field) => field.id,
        _ => return String::new(),
    };
    let all = id == "text";
    if all || id == "summary" {
        texts.push(issue.summary.clone());
    }
    if all || id == "description" {
        texts.extend(issue.description.as_ref().map(super::super::text::Rich::wiki));
    }
    if all || id == "environment" {
        texts.extend(issue.environment.as_ref().map(super::super::text::Rich::wiki));
    }
    if all || id == "comment" {
        texts.extend(issue.comments.iter().map(|c| c.body.wiki()));
    }
    match target {
        Target::Field(f) if f.kind == Kind::Text && !f.custom.is_empty() => {
            texts.extend(f.number().and_then(|n| issue.custom.get(&n)).and_then(|v| v.as_str()).map(str::to_owned));
        }
        Target::Field(f) if f.kind == Kind::Versions => {
            let ids = if f.id == "versions" { &issue.versions } else { &issue.fix_versions };
            texts.extend(
                world
                    .versions
                    .iter()
                    .filter(|v| ids.iter().any(|id| version_fits(v, &id.to_string())))
                    .map(|v| v.name.clone()),
            );
        }
        Target::Field(f) if f.kind == Kind::Components => {
            texts.extend(issue.components.iter().filter_map(|id| world.component(*id)).map(|c| c.name.clone()));
        }
        _ => {}
    }
    texts.join("\n").to_lowercase()
}

/// Finds every word, `wor*` included; a phrase in quotes is found as it stands.
fn contains(text: &str, wanted: &str) -> bool {
    if let Some(phrase) = wanted.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
        return text.contains(phrase);
    }
    let split = |t: &str| {
        t.split(|c: char| !c.is_alphanumeric() && c != '*')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let words = split(text);
    split(wanted).iter().all(|want| match want.strip_suffix('*') {
        Some(start) => words.iter().any(|w| w.starts_with(start)),
        None => words.iter().any(|w| w == want),
    })
}

/// Sorts issues; what has nothing in the field comes last. Without an order the newest come first.
pub(super) fn sort(asker: &Asker, hits: &mut [&Issue], order: &[(Target, bool)]) {
    hits.sort_by(|a, b| {
        for (target, up) in order {
            let (own, other) = (place(asker.world, a, *target), place(asker.world, b, *target));
            let found = match (own, other) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => return Ordering::Greater,
                (Some(_), None) => return Ordering::Less,
                (Some(own), Some(other)) => own.partial_cmp(&other).unwrap_or(Ordering::Equal),
            };
            if found.is_ne() {
                return if *up { found } else { found.reverse() };
            }
        }
        if order.is_empty() { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) }
    });
}

/// What an issue is sorted by: text, then number.
fn place(world: &World, issue: &Issue, target: Target) -> Option<(String, f64)> {
    let Target::Field(field) = target else {
        let key = cells(world, issue, Target::Key).into_iter().next();
        return match key {
            #[expect(clippy::cast_precision_loss, reason = "issue numbers are far below 2^53")]
            Some(Cell::Key(project, number)) => Some((project, number as f64)),
            _ => None,
        };
    };
    let user = |id: Option<usize>| id.and_then(|id| world.users.get(id)).map(|u| (u.display.to_lowercase(), 0.0));
    match field.id {
        "assignee" => return user(issue.assignee),
        "reporter" => return user(issue.reporter),
        "creator" => return user(Some(issue.creator)),
        "summary" => return Some((issue.summary.to_lowercase(), 0.0)),
        "project" => return world.project_by_id(issue.project).map(|p| (p.key.clone(), 0.0)),
        _ => {}
    }
    #[expect(clippy::cast_precision_loss, reason = "issue numbers are far below 2^53")]
    if field.number() == Some(schema::RANK) {
        return Some((String::new(), issue.id as f64));
    }
    match cells(world, issue, target).into_iter().next()? {
        Cell::Number(n) => Some((String::new(), n)),
        Cell::Same(text) => Some(text.parse().map_or_else(|_| (text.clone(), 0.0), |n| (String::new(), n))),
        Cell::Key(project, _) => Some((project, 0.0)),
    }
}
