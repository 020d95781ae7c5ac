//! From a method and a path to the line that describes them.

use super::Api;

/// A line that fits.
pub(super) struct Found {
    /// The API it belongs to.
    pub(super) api: &'static Api,
    /// The line.
    pub(super) line: &'static str,
    /// How much of the path it leaves open, the first segments counting most: the smallest fits best.
    pub(super) rank: u64,
}

/// Three bits for each of this many segments make a rank; no path is longer.
const SEGMENTS: usize = 21;

/// How open a segment is: its text is given.
const LITERAL: u64 = 0;
/// How open a segment is: one placeholder is all of it.
const OPEN: u64 = 5;
/// How open a segment is: it stands for all that follow.
const WIDE: u64 = 6;

/// Finds the line of `api` that fits best.
pub(super) fn find(api: &'static Api, method: &str, path: &str) -> Option<Found> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let other = api.either_method.then(|| if method == "GET" { "POST" } else { "GET" });
    best(api, method, path, &segments)
        .or_else(|| versions(api, &segments).find_map(|segments| best(api, method, path, &segments)))
        .or_else(|| best(api, other?, path, &segments))
}

/// Returns the other spellings of the version in the path.
fn versions<'a>(api: &'static Api, segments: &[&'a str]) -> impl Iterator<Item = Vec<&'a str>> {
    let spellings = api.versions.iter().filter(|(written, _)| segments.get(2) == Some(written));
    spellings.map(|(_, ours)| {
        let mut segments = segments.to_vec();
        segments[2] = ours;
        segments
    })
}

/// Finds the line that leaves the least open; of equals, the first.
fn best(api: &'static Api, method: &str, path: &str, segments: &[&str]) -> Option<Found> {
    let lines = api.lines().filter_map(|line| {
        let rank = rank(line, method, path, segments)?;
        Some(Found { api, line, rank })
    });
    lines.min_by_key(|found| found.rank)
}

/// Says how well a line fits, if it does.
fn rank(line: &'static str, method: &str, path: &str, segments: &[&str]) -> Option<u64> {
    let mut columns = line.split('\t').skip(1);
    if columns.next() != Some(method) {
        return None;
    }
    let template = columns.next()?;
    if template == path {
        return Some(0);
    }
    let wide = columns.nth(1)?.contains(":P");
    openness(template, segments, wide).map(|rank| rank + 1)
}

/// Compares segment by segment. `wide` says that the last placeholder stands for all that follows.
fn openness(template: &str, segments: &[&str], wide: bool) -> Option<u64> {
    let ours: Vec<&str> = template.trim_matches('/').split('/').collect();
    let fits = if wide { segments.len() >= ours.len() } else { segments.len() == ours.len() };
    if !fits || ours.len() > SEGMENTS {
        return None;
    }
    let mut rank = 0;
    for (i, (pattern, segment)) in ours.iter().zip(segments).enumerate() {
        let open = if wide && i + 1 == ours.len() { WIDE } else { fit(pattern, segment)? };
        if open == WIDE && !segment.starts_with(pattern.split('{').next()?) {
            return None;
        }
        rank |= open << (3 * (SEGMENTS - 1 - i));
    }
    Some(rank)
}

/// Says how open a segment of ours is that fits the one asked for.
fn fit(pattern: &str, segment: &str) -> Option<u64> {
    let placeholders = pattern.matches('{').count() as u64;
    if placeholders == 0 {
        return (pattern == segment).then_some(LITERAL);
    }
    if is_placeholder(pattern) {
        return (!segment.is_empty()).then_some(OPEN);
    }
    // The more of a segment is spelled out, the better: `{project}-{plan}-{number}` before `{project}-{plan}`.
    let open = OPEN - placeholders.min(OPEN - 1);
    (is_placeholder(segment) || mixed(pattern, segment)).then_some(open)
}

/// Says whether a segment is one placeholder and nothing else.
fn is_placeholder(segment: &str) -> bool {
    segment.strip_prefix('{').and_then(|rest| rest.find('}')).is_some_and(|end| end + 2 == segment.len())
}

/// Compares a segment with a pattern of several pieces, such as `{pluginKey}-key`.
fn mixed(pattern: &str, segment: &str) -> bool {
    let mut pieces = pattern.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, literal)| literal));
    let Some(mut rest) = pieces.next().and_then(|literal| segment.strip_prefix(literal)) else { return false };
    let mut pieces = pieces.peekable();
    while let Some(literal) = pieces.next() {
        let last = pieces.peek().is_none();
        let Some(at) = position(rest, literal, last) else { return false };
        rest = &rest[at + literal.len()..];
    }
    rest.is_empty()
}

/// Finds where `literal` ends a placeholder's value, which has at least one character. The last one ends the segment.
fn position(rest: &str, literal: &str, last: bool) -> Option<usize> {
    let start = rest.chars().next()?.len_utf8();
    if last {
        return rest.ends_with(literal).then(|| rest.len() - literal.len()).filter(|at| *at >= start);
    }
    rest[start..].find(literal).map(|at| at + start)
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    const JIRA: Catalog = Catalog(&["jira-cloud-v3", "jira-cloud-agile", "jira-cloud-servicedesk"]);

    #[track_caller]
    fn finds(catalog: Catalog, method: &str, path: &str, id: &str) {
        let found = catalog.route(method, path);
        assert_eq!(found.map(|operation| operation.id).unwrap_or_default(), id, "{method} {path}");
    }

    #[test]
    fn literal_segments_win_over_placeholders() {
        finds(JIRA, "GET", "/rest/api/3/issue/OPS-1", "getIssue");
        finds(JIRA, "GET", "/rest/api/3/issue/picker", "getIssuePickerResource");
        finds(JIRA, "GET", "/rest/api/3/issue/{key}", "getIssue");
        finds(JIRA, "GET", "/rest/api/3/issue/OPS-1?expand=names", "getIssue");
        finds(JIRA, "GET", "/rest/api/3/issue/OPS-1/nothing", "");
        finds(JIRA, "PATCH", "/rest/api/3/issue/OPS-1", "");
        finds(JIRA, "GET", "/rest/agile/1.0/issue/OPS-1", "software_getIssue");
    }

    #[test]
    fn other_spellings_of_the_version_are_the_same_route() {
        finds(JIRA, "POST", "/rest/api/2/search/jql", "searchAndReconsileIssuesUsingJqlPost");
        finds(JIRA, "GET", "/rest/agile/latest/board", "getAllBoards");
        finds(Catalog(&["jira-dc"]), "GET", "/rest/api/latest/myself", "getUser");
        finds(Catalog(&["bitbucket-dc"]), "GET", "/rest/api/1.0/projects", "getProjects");
        finds(Catalog(&["upm"]), "GET", "/rest/plugins/latest/safe-mode", "getSafeMode");
    }

    #[test]
    fn segments_of_several_pieces_are_taken_apart() {
        let bamboo = Catalog(&["bamboo-dc"]);
        finds(bamboo, "GET", "/rest/api/latest/result/OPS-MAIN-12", "getBuild");
        finds(bamboo, "GET", "/rest/api/latest/result/{project}-{plan}", "getBuildHistory");
        finds(bamboo, "GET", "/rest/api/latest/plan/{planKey}", "getPlan");
        finds(Catalog(&["upm"]), "GET", "/rest/plugins/1.0/com.acme.app-key", "getPlugin");
        finds(Catalog(&["upm"]), "GET", "/rest/plugins/1.0/com.acme.app", "");
    }

    #[test]
    fn files_may_lie_deep() {
        let bitbucket = Catalog(&["bitbucket-cloud"]);
        let id = "get_repositories_workspace_repo_slug_src_commit_path";
        finds(bitbucket, "GET", "/2.0/repositories/acme/app/src/main/docs/a/b.md", id);
        let id = "streamDiff_1";
        finds(Catalog(&["bitbucket-dc"]), "GET", "/rest/api/latest/projects/A/repos/b/compare/diff/src/x.rs", id);
    }

    #[test]
    fn slack_takes_either_method() {
        let slack = Catalog(&["slack-web"]);
        assert!(slack.route("POST", "/api/conversations.list").unwrap().reads);
        assert!(!slack.route("GET", "/api/chat.postMessage").unwrap().reads);
    }
}
