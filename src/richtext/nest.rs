//! Runs of marked text as nested elements, for the forms that spell marks as a start and an end.

use super::model::{Inline, STYLES, Style};

/// A run, or what a style or a link encloses.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    Leaf(&'a Inline),
    Styled(Style, Vec<Node<'a>>),
    Linked(&'a str, Vec<Node<'a>>),
}

/// A mark that can enclose several runs. Code cannot: it is the innermost of each run.
#[derive(Clone, Copy, PartialEq)]
enum Around<'a> {
    Style(Style),
    Link(&'a str),
}

/// Nests the runs: at each place the mark that reaches furthest is the outer one.
pub(super) fn nest(runs: &[Inline]) -> Vec<Node<'_>> {
    inside(runs, &mut Vec::new())
}

fn inside<'a>(runs: &'a [Inline], around: &mut Vec<Around<'a>>) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    let mut rest = runs;
    while let Some(first) = rest.first() {
        let Some((mark, length)) = furthest(rest, around) else {
            nodes.push(Node::Leaf(first));
            rest = &rest[1..];
            continue;
        };
        around.push(mark);
        let children = inside(&rest[..length], around);
        around.pop();
        nodes.push(match mark {
            Around::Style(style) => Node::Styled(style, children),
            Around::Link(address) => Node::Linked(address, children),
        });
        rest = &rest[length..];
    }
    nodes
}

/// Returns the mark of the first run that reaches furthest and is not around it already.
fn furthest<'a>(runs: &'a [Inline], around: &[Around<'a>]) -> Option<(Around<'a>, usize)> {
    let mut best: Option<(Around<'_>, usize)> = None;
    for mark in marks_of(&runs[0]).filter(|mark| !around.contains(mark)) {
        let length = reach(runs, mark);
        if best.is_none_or(|(_, longest)| length > longest) {
            best = Some((mark, length));
        }
    }
    best
}

fn marks_of(run: &Inline) -> impl Iterator<Item = Around<'_>> {
    let (marks, link) = match run {
        Inline::Text(_, marks) => (Some(marks), marks.link.as_str()),
        Inline::Image { link, .. } => (None, link.as_str()),
        Inline::Break => (None, ""),
    };
    let styles = STYLES.iter().map(|s| s.style).filter(move |s| *s != Style::Code && marks.is_some_and(|m| m.has(*s)));
    (!link.is_empty()).then_some(Around::Link(link)).into_iter().chain(styles.map(Around::Style))
}

/// Counts the runs that `mark` holds; a line break between two of them belongs to it.
fn reach(runs: &[Inline], mark: Around<'_>) -> usize {
    let mut length = 0;
    for (i, run) in runs.iter().enumerate() {
        if *run == Inline::Break {
            continue;
        }
        if !marks_of(run).any(|m| m == mark) {
            break;
        }
        length = i + 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::richtext::model::Marks;

    #[test]
    fn the_mark_that_reaches_further_is_outside() {
        let em = Marks::default().with(Style::Em);
        let runs = [Inline::Text("a".into(), em.clone()), Inline::Text("b".into(), em.with(Style::Strong))];
        let strong = Node::Styled(Style::Strong, vec![Node::Leaf(&runs[1])]);
        assert_eq!(nest(&runs), [Node::Styled(Style::Em, vec![Node::Leaf(&runs[0]), strong])]);
    }
}
