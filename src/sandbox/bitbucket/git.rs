//! What a repository's history says: reachable commits, merge bases, differences, merges.

use super::world::{Commit, Millis, Repo, Tree, UserId};
use hyper::body::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a file differs between two commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Added,
    Modified,
    Deleted,
}

impl Repo {
    /// Finds the commit that a branch, a tag, a full reference or a hash names; a hash may be shortened.
    pub(crate) fn resolve(&self, text: &str) -> Option<&Commit> {
        let name = text.strip_prefix("refs/heads/").or_else(|| text.strip_prefix("refs/tags/")).unwrap_or(text);
        let hash = self.branches.get(name).or_else(|| self.tags.get(name));
        if let Some(found) = hash.and_then(|hash| self.commits.get(hash)) {
            return Some(found);
        }
        let short = name.len() >= 7;
        self.commits.get(name).or_else(|| self.commits.values().find(|c| short && c.hash.starts_with(name)))
    }

    /// Returns every commit that can be reached from one, newest first.
    pub(crate) fn history(&self, from: &str) -> Vec<&Commit> {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(hash) = open.pop() {
            if !seen.insert(hash) {
                continue;
            }
            if let Some(commit) = self.commits.get(hash) {
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        let mut all: Vec<&Commit> = seen.into_iter().filter_map(|hash| self.commits.get(hash)).collect();
        all.sort_by(|a, b| b.when.cmp(&a.when).then_with(|| a.hash.cmp(&b.hash)));
        all
    }

    /// Returns the commits that can be reached from one and not from another.
    pub(crate) fn ahead(&self, of: &str, than: &str) -> Vec<&Commit> {
        let known: BTreeSet<&str> = self.history(than).into_iter().map(|c| c.hash.as_str()).collect();
        self.history(of).into_iter().filter(|c| !known.contains(c.hash.as_str())).collect()
    }

    /// Says whether everything in a commit is in another one.
    pub(crate) fn contains(&self, whole: &str, part: &str) -> bool {
        self.history(whole).iter().any(|c| c.hash == part)
    }

    /// Returns the last commit that two have in common: none that they have in common comes after it.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Option<&Commit> {
        let known: BTreeSet<&str> = self.history(one).into_iter().map(|c| c.hash.as_str()).collect();
        let common: Vec<&Commit> =
            self.history(other).into_iter().filter(|c| known.contains(c.hash.as_str())).collect();
        let has_later = |c: &&Commit| common.iter().any(|later| later.parents.contains(&c.hash));
        common.iter().find(|c| !has_later(c)).copied()
    }

    /// Adds a commit.
    pub(crate) fn commit(
        &mut self,
        hash: String,
        parents: Vec<String>,
        author: UserId,
        when: Millis,
        message: &str,
        tree: Tree,
    ) {
        let message = message.to_owned();
        let commit = Commit {
            hash: hash.clone(),
            parents,
            author,
            when,
            message,
            tree: Arc::new(tree),
            builds: BTreeMap::new(),
        };
        self.commits.insert(hash, commit);
        self.updated = self.updated.max(when);
    }

    /// Returns the files that two branches changed differently since they parted.
    pub(crate) fn conflicts(&self, source: &str, target: &str) -> Vec<String> {
        self.merged(source, target).err().unwrap_or_default()
    }

    /// Returns the files of a merge, or the paths where both sides changed something differently.
    pub(crate) fn merged(&self, source: &str, target: &str) -> Result<Tree, Vec<String>> {
        let empty = Arc::new(Tree::new());
        let tree = |hash: &str| self.commits.get(hash).map_or_else(|| empty.clone(), |c| c.tree.clone());
        let base = self.merge_base(source, target).map_or_else(|| empty.clone(), |c| c.tree.clone());
        let (ours, theirs) = (tree(target), tree(source));
        let (mut out, mut bad) = (Tree::new(), Vec::new());
        let paths: BTreeSet<&String> = ours.keys().chain(theirs.keys()).chain(base.keys()).collect();
        for path in paths {
            let (old, our, their) = (base.get(path), ours.get(path), theirs.get(path));
            let kept = match (our == old, their == old) {
                (_, true) => our,
                (true, _) => their,
                _ if our == their => our,
                _ => {
                    bad.push(path.clone());
                    our
                }
            };
            if let Some(bytes) = kept {
                out.insert(path.clone(), bytes.clone());
            }
        }
        if bad.is_empty() { Ok(out) } else { Err(bad) }
    }
}

/// Returns the files that differ between two trees.
pub(crate) fn changes(from: &Tree, to: &Tree) -> Vec<(String, Change)> {
    let paths: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let one = |path: &String| match (from.get(path), to.get(path)) {
        (None, Some(_)) => Some(Change::Added),
        (Some(_), None) => Some(Change::Deleted),
        (a, b) if a != b => Some(Change::Modified),
        _ => None,
    };
    paths.into_iter().filter_map(|path| Some((path.clone(), one(path)?))).collect()
}

fn lines(bytes: Option<&Bytes>) -> Vec<String> {
    bytes.map(|b| String::from_utf8_lossy(b).lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// One file's difference: the lines that both have at the start, those that go, those that come, those at the end.
pub(crate) struct Hunk {
    pub before: usize,
    pub gone: Vec<String>,
    pub come: Vec<String>,
}

/// Compares one file in two trees, as one hunk.
pub(crate) fn hunk(from: &Tree, to: &Tree, path: &str) -> Hunk {
    let (old, new) = (lines(from.get(path)), lines(to.get(path)));
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(|(a, b)| a == b).count();
    Hunk { before, gone: old[before..old.len() - rest].to_vec(), come: new[before..new.len() - rest].to_vec() }
}

/// Writes the difference of two trees as `git diff` does.
pub(crate) fn diff(from: &Tree, to: &Tree) -> String {
    let mut out = Vec::new();
    for (path, change) in changes(from, to) {
        let hunk = hunk(from, to, &path);
        let (old, new) = match change {
            Change::Added => ("/dev/null".to_owned(), format!("b/{path}")),
            Change::Deleted => (format!("a/{path}"), "/dev/null".to_owned()),
            Change::Modified => (format!("a/{path}"), format!("b/{path}")),
        };
        let (start, gone, come) = (hunk.before + 1, hunk.gone.len(), hunk.come.len());
        out.push(format!(
            "diff --git a/{path} b/{path}\n--- {old}\n+++ {new}\n@@ -{start},{gone} +{start},{come} @@\n"
        ));
        out.extend(hunk.gone.iter().map(|line| format!("-{line}\n")));
        out.extend(hunk.come.iter().map(|line| format!("+{line}\n")));
    }
    out.concat()
}
