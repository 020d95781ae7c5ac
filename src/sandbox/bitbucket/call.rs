//! One request to one of Bitbucket's resources.

use super::acts::Trouble;
use super::guard::{self, Refusal};
use super::world::{Level, Project, Repo, World};
use crate::sandbox::atlassian::call::{self, BadBody};
pub(crate) use crate::sandbox::atlassian::call::{Outcome, Window};
use crate::sandbox::atlassian::sign_in::How;
use serde_json::{Value, json};

/// One request to one of Bitbucket's resources.
pub(crate) type Call<'a> = call::Call<'a, World, Face>;

/// How answers to one request look.
pub(crate) struct Face {
    pub cloud: bool,
    /// The base URL, context path included.
    pub base: String,
}

impl Call<'_> {
    /// Returns the body as JSON.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        self.read_json().map_err(|bad| match bad {
            BadBody::Type(refusal) => refusal,
            BadBody::Text(_) if self.face.cloud => guard::cloud(400, "Bad request"),
            BadBody::Text(error) => guard::dc(400, Value::Null, &format!("Could not read JSON: {error}"), ""),
        })
    }

    /// Returns the body as JSON, or an empty object where none was sent.
    pub(crate) fn body_or_nothing(&self) -> Result<Value, Refusal> {
        if self.request.body.is_empty() { Ok(json!({})) } else { self.body() }
    }

    /// Returns what the token of the request leaves of the owner's rights.
    fn capped(&self, own: Option<Level>, repo: bool) -> Option<Level> {
        let limited = self.caller.how == How::Token && !self.face.cloud;
        let minted = self.caller.token.as_ref().filter(|_| limited).and_then(|t| self.gate.minted.get(t));
        let Some(minted) = minted else { return own };
        let wanted = |r: &&String| repo || r.starts_with("PROJECT_");
        own.min(minted.rights.iter().filter(wanted).filter_map(|r| Level::named(r)).max())
    }

    /// Returns how far the caller's rights in a repository go.
    pub(crate) fn level(&self, repo: &Repo) -> Option<Level> {
        let own = self.world.level(self.caller.user, repo).filter(|_| self.caller.user.is_some() || self.anonymous);
        self.capped(own, true)
    }

    /// Returns how far the caller's rights in a project go.
    pub(crate) fn project_level(&self, project: &Project) -> Option<Level> {
        let own = self.world.project_level(self.caller.user, project);
        let own = own.filter(|_| self.caller.user.is_some() || self.anonymous);
        self.capped(own, false)
    }

    /// Makes a refusal in the deployment's words.
    pub(crate) fn trouble(&self, trouble: Trouble) -> Refusal {
        if self.face.cloud { super::cloud::trouble(trouble) } else { super::dc::trouble(trouble) }
    }

    /// Finds the repository that the first two places of the path name, if the caller's rights in it go so far.
    pub(crate) fn repo_with(&self, wanted: Level) -> Result<usize, Refusal> {
        let (project, slug) = (self.arg(0), self.arg(1));
        let found = self.world.repo(project, slug).filter(|n| self.level(&self.world.repos[*n]).is_some());
        let none = || Trouble::NoRepo(project.to_owned(), slug.to_owned());
        let n = found.ok_or_else(|| self.trouble(none()))?;
        if self.level(&self.world.repos[n]) < Some(wanted) {
            return Err(self.trouble(Trouble::Forbidden));
        }
        Ok(n)
    }

    /// Finds the repository that the path names, to be read.
    pub(crate) fn repo(&self) -> Result<&Repo, Refusal> {
        self.repo_with(Level::Read).map(|n| &self.world.repos[n])
    }

    /// Finds the repository that the path names, to be changed.
    pub(crate) fn repo_mut(&mut self, wanted: Level) -> Result<&mut Repo, Refusal> {
        let n = self.repo_with(wanted)?;
        Ok(&mut self.world.repos[n])
    }

    /// Finds the project with a key, if the caller's rights in it go so far.
    pub(crate) fn project_with(&self, key: &str, wanted: Level) -> Result<usize, Refusal> {
        let found = self.world.projects.iter().position(|p| p.key.eq_ignore_ascii_case(key));
        let seen = |n: &usize| {
            let project = &self.world.projects[*n];
            let inside = self.world.repos.iter().filter(|r| r.project == project.key);
            self.project_level(project).is_some() || inside.into_iter().any(|r| self.level(r).is_some())
        };
        let n = found.filter(seen).ok_or_else(|| self.trouble(Trouble::NoProject(key.to_owned())))?;
        if wanted > Level::Read && self.project_level(&self.world.projects[n]) < Some(wanted) {
            return Err(self.trouble(Trouble::Forbidden));
        }
        Ok(n)
    }
}
