//! Making repositories: the rules that both deployments share.

use super::acts::{Done, Trouble};
use super::call::Call;
use super::world::{Level, Repo, Rights, now};
use std::collections::BTreeMap;

/// What a new repository is made of.
pub(crate) struct NewRepo {
    pub project: String,
    pub name: String,
    pub slug: String,
    pub description: String,
    pub public: bool,
    pub default_branch: String,
}

/// Makes the name in addresses of a name.
pub(crate) fn slug(name: &str) -> String {
    let plain = name.trim().to_lowercase();
    plain.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

/// Makes a repository without commits and returns its place.
pub(crate) fn create(call: &mut Call, new: NewRepo) -> Done<usize> {
    if new.name.trim().is_empty() || new.name.len() > 128 {
        return Err(Trouble::Invalid("name", "The name should be between 1 and 128 characters.".into()));
    }
    let here = if call.face.cloud { super::world::WORKSPACE } else { new.project.as_str() };
    if call.world.repo(here, &new.slug).is_some() {
        let text = match call.face.cloud {
            true => "Repository with this Slug and Owner already exists.",
            false => "This repository URL is already taken.",
        };
        return Err(Trouble::Exists("name", text.into()));
    }
    let me = call.me();
    let repo = Repo {
        id: call.world.next_id(),
        project: new.project,
        slug: new.slug,
        name: new.name,
        description: new.description,
        public: new.public,
        archived: false,
        default_branch: new.default_branch,
        branches: BTreeMap::new(),
        tags: BTreeMap::new(),
        commits: BTreeMap::new(),
        pulls: Vec::new(),
        rights: Rights { users: BTreeMap::from([(me, Level::Admin)]), groups: BTreeMap::new() },
        reviewers: Vec::new(),
        conditions: Vec::new(),
        restrictions: Vec::new(),
        hooks: Vec::new(),
        origin: None,
        created: now(),
        updated: now(),
    };
    call.world.repos.push(repo);
    Ok(call.world.repos.len() - 1)
}

/// Copies a repository, its commits included, and returns the place of the copy.
pub(crate) fn fork(call: &mut Call, n: usize, project: &str, name: &str) -> Done<usize> {
    let from = call.world.repos[n].clone();
    let new = NewRepo {
        project: project.to_owned(),
        name: name.to_owned(),
        slug: slug(name),
        description: from.description.clone(),
        public: from.public,
        default_branch: from.default_branch.clone(),
    };
    let made = create(call, new)?;
    let copy = &mut call.world.repos[made];
    copy.origin = Some(from.id);
    copy.branches = from.branches;
    copy.tags = from.tags;
    copy.commits = from.commits;
    Ok(made)
}
