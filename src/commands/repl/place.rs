//! What may stand at the cursor, by what stands before it.

use super::lex::{Kind, Piece, pieces};
use crate::{script::Step, services::service};

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing that could be known.
    Nothing,
    /// The beginning of an expression.
    Name,
    /// A member or method.
    Member(Value),
    /// A key of the map that a call takes last.
    Option(Call),
    /// The id of an operation, of this connection.
    Operation(Value),
    /// The name of a saved session, of this service.
    Session(String),
    /// A path.
    File,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// What it is called on.
    pub owner: Option<Value>,
    /// The function.
    pub name: String,
    /// Its first argument, if that is a text.
    pub first: Option<String>,
}

/// What is known of a value by how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Something inside a variable, or the variable itself.
    Inside(String, Vec<Step>),
    /// What a function returns.
    Result(Option<Box<Value>>, String),
    /// The `api` of something that is no variable.
    Api(Box<Value>),
    /// A literal of this type.
    Literal(&'static str),
    /// Nothing.
    Unknown,
}

/// The place at the cursor, and where the word there starts, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// What may stand there.
    pub place: Place,
    /// Where it starts.
    pub start: usize,
}

/// Looks at the end of `text`.
pub(super) fn spot(text: &str) -> Spot {
    let all = pieces(text);
    let last = all.last().copied();
    let mut before: Vec<Piece<'_>> = all.into_iter().filter(Piece::counts).collect();
    match last {
        Some(last) if last.kind == Kind::Comment => Spot { place: Place::Nothing, start: text.len() },
        Some(last) if matches!(last.kind, Kind::Text(_)) && !last.whole => {
            before.pop();
            let opened = last.text.starts_with(['"', '`']);
            let place = if opened { in_text(&before) } else { Place::Nothing };
            Spot { place, start: last.start + usize::from(opened) }
        }
        Some(last) if last.kind == Kind::Word => {
            before.pop();
            Spot { place: outside(&before), start: last.start }
        }
        Some(last) if last.kind == Kind::Number => Spot { place: Place::Nothing, start: text.len() },
        _ => Spot { place: outside(&before), start: text.len() },
    }
}

/// What may stand outside of quotes, behind `before`.
fn outside(before: &[Piece<'_>]) -> Place {
    match before {
        [owner @ .., dot] if dot.is(".") || dot.is("?.") => return Place::Member(value(owner)),
        [.., word] if ["let", "const", "fn", "for", "as"].contains(&word.text) => return Place::Nothing,
        _ => {}
    }
    match opened(before) {
        Some(open) if before[open].is("#{") && before.last().is_some_and(|p| p.is("#{") || p.is(",")) => {
            opened(&before[..open]).and_then(|outer| call(before, outer)).map_or(Place::Nothing, Place::Option)
        }
        _ => Place::Name,
    }
}

/// What may stand in a text that starts behind `before`.
fn in_text(before: &[Piece<'_>]) -> Place {
    if before.last().is_some_and(|piece| piece.text == "import") {
        return Place::File;
    }
    let Some((open, call)) = opened(before).and_then(|open| Some((open, call(before, open)?))) else {
        return in_map(before);
    };
    let argument = commas(&before[open + 1..]);
    match (&call.owner, call.name.as_str(), argument) {
        (Some(owner), "op", 0) => Place::Operation(owner.clone()),
        (None, name, 0) if service(name).is_some() => Place::Session(name.to_owned()),
        (_, name, 0) if ["read_", "write_", "append_", "file_", "list_files"].iter().any(|f| name.starts_with(f)) => {
            Place::File
        }
        (Some(_), "upload" | "download" | "attach", 1) => Place::File,
        _ => Place::Nothing,
    }
}

/// What may stand in a text that is a value of a map: the name of a session, in the map of a connection.
fn in_map(before: &[Piece<'_>]) -> Place {
    let named = matches!(before, [.., key, colon] if ["session", "login"].contains(&key.text) && colon.is(":"));
    let outer = opened(before).filter(|open| named && before[*open].is("#{")).and_then(|open| opened(&before[..open]));
    match outer.and_then(|outer| call(before, outer)) {
        Some(call) if call.owner.is_none() && service(&call.name).is_some() => Place::Session(call.name),
        _ => Place::Nothing,
    }
}

/// Returns the place of the innermost bracket that is open at the end.
fn opened(pieces: &[Piece<'_>]) -> Option<usize> {
    let mut closed = 0;
    pieces.iter().enumerate().rev().find_map(|(at, piece)| {
        if piece.closes() {
            closed += 1;
        } else if piece.opens() {
            if closed == 0 {
                return Some(at);
            }
            closed -= 1;
        }
        None
    })
}

/// Counts the commas that are in no bracket.
fn commas(pieces: &[Piece<'_>]) -> usize {
    let mut depth = 0_usize;
    let mut count = 0;
    for piece in pieces {
        if piece.opens() {
            depth += 1;
        } else if piece.closes() {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && piece.is(",") {
            count += 1;
        }
    }
    count
}

/// Reads the call whose parenthesis is at `open`.
fn call(pieces: &[Piece<'_>], open: usize) -> Option<Call> {
    let (name, before) = pieces[..open].split_last().filter(|(name, _)| name.kind == Kind::Word)?;
    if !pieces[open].is("(") {
        return None;
    }
    let owner = match before {
        [owner @ .., dot] if dot.is(".") || dot.is("?.") => Some(value(owner)),
        _ => None,
    };
    let first = pieces.get(open + 1).filter(|p| matches!(p.kind, Kind::Text(_)) && p.whole);
    let first = first.map(|p| p.text.trim_matches(['"', '`']).to_owned());
    Some(Call { owner, name: name.text.to_owned(), first })
}

/// Reads the value that `pieces` end with.
fn value(pieces: &[Piece<'_>]) -> Value {
    let Some((last, before)) = pieces.split_last() else { return Value::Unknown };
    match last.kind {
        Kind::Word => member(before, last.text),
        Kind::Text('\'') => Value::Literal("char"),
        Kind::Text(_) => Value::Literal("string"),
        _ if last.closes() => bracketed(pieces),
        _ => Value::Unknown,
    }
}

fn member(before: &[Piece<'_>], name: &str) -> Value {
    let [owner @ .., dot] = before else { return Value::Inside(name.to_owned(), Vec::new()) };
    if !dot.is(".") && !dot.is("?.") {
        return Value::Inside(name.to_owned(), Vec::new());
    }
    match value(owner) {
        Value::Inside(root, steps) => step(root, steps, Step::Member(name.to_owned())),
        made @ Value::Result(..) if name == "api" => Value::Api(Box::new(made)),
        _ => Value::Unknown,
    }
}

fn step(root: String, mut steps: Vec<Step>, step: Step) -> Value {
    steps.push(step);
    Value::Inside(root, steps)
}

/// Reads a value that ends with a bracket.
fn bracketed(pieces: &[Piece<'_>]) -> Value {
    let (last, inner) = (&pieces[pieces.len() - 1], &pieces[..pieces.len() - 1]);
    let Some(open) = opened(inner) else { return Value::Unknown };
    if last.is("}") {
        return if pieces[open].is("#{") { Value::Literal("map") } else { Value::Unknown };
    }
    if last.is(")") {
        return call(pieces, open).map_or(Value::Unknown, |call| Value::Result(call.owner.map(Box::new), call.name));
    }
    let owner = &pieces[..open];
    let indexes = owner.last().is_some_and(|p| p.kind == Kind::Word || p.is(")") || p.is("]"));
    match (indexes, value(owner)) {
        (false, _) => Value::Literal("array"),
        (true, Value::Inside(root, steps)) => step(root, steps, index(&inner[open + 1..])),
        (true, _) => Value::Unknown,
    }
}

/// Reads what stands in square brackets. Of an index that is only known when it runs, the first item is an example.
fn index(pieces: &[Piece<'_>]) -> Step {
    match pieces {
        [text] if matches!(text.kind, Kind::Text(_)) => Step::Member(text.text.trim_matches(['"', '`']).to_owned()),
        [number] => Step::Item(number.text.parse().unwrap_or(0)),
        [minus, number] if minus.is("-") => Step::Item(-number.text.parse().unwrap_or(0)),
        _ => Step::Item(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(name: &str, steps: &[&str]) -> Value {
        let step = |text: &&str| text.parse().map_or_else(|_| Step::Member((*text).to_owned()), Step::Item);
        Value::Inside(name.to_owned(), steps.iter().map(step).collect())
    }

    fn option(owner: Option<Value>, name: &str, first: Option<&str>) -> Place {
        Place::Option(Call { owner, name: name.to_owned(), first: first.map(str::to_owned) })
    }

    #[test]
    fn the_text_before_the_cursor_tells_what_may_stand_there() {
        let jira = || inside("jira", &[]);
        for (text, start, place) in [
            ("", 0, Place::Name),
            ("iss", 0, Place::Name),
            ("1 + iss", 4, Place::Name),
            ("let iss", 4, Place::Nothing),
            ("issue.fi", 6, Place::Member(inside("issue", &[]))),
            ("issue.fields.su", 13, Place::Member(inside("issue", &["fields"]))),
            ("issue?.fields?.", 15, Place::Member(inside("issue", &["fields"]))),
            ("a[1].x[-1].", 11, Place::Member(inside("a", &["1", "x", "-1"]))),
            ("a[\"b c\"].", 9, Place::Member(inside("a", &["b c"]))),
            ("a[i].", 5, Place::Member(inside("a", &["0"]))),
            ("print(issue.", 12, Place::Member(inside("issue", &[]))),
            ("`x ${issue.", 11, Place::Member(inside("issue", &[]))),
            ("\"abc\".", 6, Place::Member(Value::Literal("string"))),
            ("[1, 2].", 7, Place::Member(Value::Literal("array"))),
            ("#{a: 1}.", 8, Place::Member(Value::Literal("map"))),
            ("jira.search(\"x\").", 17, Place::Member(Value::Result(Some(Box::new(jira())), "search".to_owned()))),
            ("jira().", 7, Place::Member(Value::Result(None, "jira".to_owned()))),
            ("jira().api.g", 11, Place::Member(Value::Api(Box::new(Value::Result(None, "jira".to_owned()))))),
            ("jira.api.", 9, Place::Member(inside("jira", &["api"]))),
            ("jira.op(\"get", 9, Place::Operation(jira())),
            ("jira.op(\"getIssue\", #{ is", 23, option(Some(jira()), "op", Some("getIssue"))),
            ("jira.search(\"x\", #{ fi", 20, option(Some(jira()), "search", Some("x"))),
            ("jira.search(\"x\", #{ fields: [\"a\"], ex", 35, option(Some(jira()), "search", Some("x"))),
            ("jira.search(\"x\", #{ fields: su", 28, Place::Name),
            ("jira(#{ to", 8, option(None, "jira", None)),
            ("let j = jira(#{ server: \"x\",\n  to", 31, option(None, "jira", None)),
            ("let m = #{ ke", 11, Place::Nothing),
            ("jira(\"wo", 6, Place::Session("jira".to_owned())),
            ("jira(#{ server: \"x\", session: \"wo", 31, Place::Session("jira".to_owned())),
            ("jira(#{ server: \"wo", 17, Place::Nothing),
            ("read_text(\"no", 11, Place::File),
            ("write_csv(\"no", 11, Place::File),
            ("write_text(\"a\", \"b", 17, Place::Nothing),
            ("jira.attach(\"A-1\", \"fi", 20, Place::File),
            ("import \"li", 8, Place::File),
            ("print(\"pri", 7, Place::Nothing),
            ("1 // iss", 8, Place::Nothing),
            ("12", 2, Place::Nothing),
            ("0..iss", 3, Place::Name),
        ] {
            assert_eq!(spot(text), Spot { place, start }, "{text}");
        }
    }
}
