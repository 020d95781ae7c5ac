//! Changing things: the rules that both deployments share. Each refuses in words of its own.

use super::call::Call;
use super::world::{Repo, Restriction, Tree, World, hash, now};
use hyper::body::Bytes;

/// Why something could not be done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No such repository: the project and the name.
    NoRepo(String, String),
    /// No such project.
    NoProject(String),
    /// No such branch or tag.
    NoRef(String),
    /// No such commit.
    NoCommit(String),
    /// No such pull request.
    NoPull(String),
    /// No such file: the path and the commit.
    NoFile(String, String),
    /// No such user.
    NoUser(String),
    /// No such thing of another kind.
    NoThing(String),
    /// The caller's rights do not go so far.
    Forbidden,
    /// A rule about branches forbids it.
    Restricted(String),
    /// A member breaks a rule.
    Invalid(&'static str, String),
    /// There is one with that name already: the member, the sentence.
    Exists(&'static str, String),
    /// There is such a pull request already.
    PullExists(u64),
    /// Source and target hold the same.
    Empty(String, String),
    /// Somebody else changed it in between.
    Stale {
        /// The version that came.
        sent: u64,
        /// The version that there is.
        current: u64,
    },
    /// A merge is not possible because files differ, or something else forbids it.
    NoMerge {
        /// The paths that differ.
        paths: Vec<String>,
        /// What else forbids it.
        vetoes: Vec<String>,
    },
    /// The pull request is not open any more, or is open.
    WrongState(&'static str),
}

/// What a call comes to.
pub(crate) type Done<T> = Result<T, Trouble>;

/// Says whether a text fits a pattern with stars.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => {
            let rest = rest.trim_start_matches('*');
            let Some(tail) = text.strip_prefix(head) else { return false };
            (0..=tail.len()).any(|at| tail.is_char_boundary(at) && fits(rest, &tail[at..]))
        }
    }
}

/// Returns the rules of these kinds about a branch: the repository's own and its project's.
pub(crate) fn ruled<'a>(world: &'a World, repo: &'a Repo, kinds: &[&str], branch: &str) -> Vec<&'a Restriction> {
    let about = |r: &&Restriction| kinds.contains(&r.kind.as_str()) && fits(&r.pattern, branch);
    let of_project = world.project(&repo.project).map(|p| p.restrictions.as_slice()).unwrap_or_default();
    repo.restrictions.iter().chain(of_project).filter(about).collect()
}

/// Checks that no rule keeps the caller from deleting or writing a branch.
pub(crate) fn allowed(call: &Call, repo: &Repo, branch: &str, deleting: bool) -> Done<()> {
    let kinds: &[&str] = if deleting { &["delete", "no-deletes", "read-only"] } else { &["push", "read-only"] };
    let groups = call.world.users.get(call.me()).map(|u| u.groups.as_slice()).unwrap_or_default();
    let forbids = |r: &&Restriction| {
        // On Cloud nobody may delete what is protected, whoever is named.
        let named = r.users.contains(&call.me()) || groups.iter().any(|g| r.groups.contains(g));
        r.kind == "delete" || !named
    };
    match ruled(call.world, repo, kinds, branch).into_iter().find(forbids) {
        Some(rule) => Err(Trouble::Restricted(rule.kind.clone())),
        None => Ok(()),
    }
}

fn valid_ref(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['/', '-', '.'])
        && !name.ends_with(['/', '.'])
        && !name.contains("..")
        && !name.chars().any(|c| c.is_whitespace() || "~^:?*[\\".contains(c))
}

/// Makes a branch or a tag at a commit.
pub(crate) fn create_ref(repo: &mut Repo, tag: bool, name: &str, at: &str) -> Done<String> {
    if !valid_ref(name) {
        return Err(Trouble::Invalid(
            "name",
            format!("'{name}' is an invalid {} name", if tag { "tag" } else { "branch" }),
        ));
    }
    let commit = repo.resolve(at).ok_or_else(|| Trouble::NoCommit(at.to_owned()))?.hash.clone();
    let refs = if tag { &mut repo.tags } else { &mut repo.branches };
    if refs.contains_key(name) {
        let kind = if tag { "Tag" } else { "Branch" };
        return Err(Trouble::Exists("name", format!("{kind} \"{name}\" already exists.")));
    }
    refs.insert(name.to_owned(), commit.clone());
    Ok(commit)
}

/// Deletes a branch.
pub(crate) fn delete_branch(call: &mut Call, n: usize, name: &str) -> Done<()> {
    let repo = &call.world.repos[n];
    if !repo.branches.contains_key(name) {
        return Err(Trouble::NoRef(name.to_owned()));
    }
    if repo.default_branch == name {
        return Err(Trouble::Restricted("default".into()));
    }
    allowed(call, repo, name, true)?;
    call.world.repos[n].branches.remove(name);
    Ok(())
}

/// What a commit changes: `None` deletes the file.
pub(crate) type Files = Vec<(String, Option<Bytes>)>;

/// Commits files to a branch, which it makes if it is new, and returns the hash.
pub(crate) fn write(
    call: &mut Call,
    n: usize,
    branch: &str,
    message: &str,
    files: Files,
    onto: Option<&str>,
) -> Done<String> {
    let repo = &call.world.repos[n];
    if !valid_ref(branch) {
        return Err(Trouble::Invalid("branch", format!("'{branch}' is an invalid branch name")));
    }
    allowed(call, repo, branch, false)?;
    let start = onto.map(str::to_owned).or_else(|| repo.branches.get(branch).cloned());
    let start = start.or_else(|| repo.branches.get(&repo.default_branch).cloned());
    let parent = start.as_deref().and_then(|s| repo.resolve(s));
    let mut tree: Tree = parent.map(|c| (*c.tree).clone()).unwrap_or_default();
    let parents: Vec<String> = parent.map(|c| c.hash.clone()).into_iter().collect();
    for (path, bytes) in files {
        match bytes {
            Some(bytes) => drop(tree.insert(path, bytes)),
            None => drop(tree.remove(&path)),
        }
    }
    let (me, id) = (call.me(), hash(call.world.next_id() + 1_000_000));
    let repo = &mut call.world.repos[n];
    repo.commit(id.clone(), parents, me, now(), message, tree);
    repo.branches.insert(branch.to_owned(), id.clone());
    Ok(id)
}
