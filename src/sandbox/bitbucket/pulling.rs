//! Opening, judging, merging and declining pull requests: the rules that both deployments share.

use super::acts::{Done, Trouble, ruled};
use super::call::Call;
use super::world::{Event, Level, Note, Opinion, Pull, Repo, Review, State, UserId, World, hash, now};

/// What a new pull request is made of.
pub(crate) struct NewPull {
    pub title: String,
    pub description: String,
    pub source: String,
    pub target: String,
    pub reviewers: Vec<UserId>,
    pub close_source: bool,
}

fn event(call: &mut Call, action: &'static str, note: Option<u64>) -> Event {
    Event { id: call.world.next_id(), user: call.me(), when: now(), action, note }
}

/// Opens a pull request and returns its number.
pub(crate) fn open(call: &mut Call, n: usize, new: NewPull) -> Done<u64> {
    let repo = &call.world.repos[n];
    let tip = |name: &String| repo.branches.get(name).cloned().ok_or_else(|| Trouble::NoRef(name.clone()));
    let (source, target) = (tip(&new.source)?, tip(&new.target)?);
    if new.title.trim().is_empty() {
        return Err(Trouble::Invalid("title", "Please enter a title for the pull request.".into()));
    }
    let same = |p: &&Pull| p.state == State::Open && p.source == new.source && p.target == new.target;
    if let Some(pull) = repo.pulls.iter().find(same) {
        return Err(Trouble::PullExists(pull.id));
    }
    if repo.ahead(&source, &target).is_empty() {
        return Err(Trouble::Empty(new.source, new.target));
    }
    let me = call.me();
    if new.reviewers.contains(&me) {
        let name = call.world.users[me].display.clone();
        return Err(Trouble::Invalid(
            "reviewers",
            format!("{name} is the author and cannot be included as a reviewer."),
        ));
    }
    let id = repo.pulls.iter().map(|p| p.id).max().unwrap_or(0) + 1;
    let review = |user: &UserId| Review { user: *user, opinion: Opinion::None, asked: true, when: now() };
    let opened = event(call, "OPENED", None);
    call.world.repos[n].pulls.push(Pull {
        id,
        title: new.title,
        description: new.description,
        source: new.source,
        target: new.target,
        closed: None,
        state: State::Open,
        author: me,
        reviews: new.reviewers.iter().map(review).collect(),
        created: now(),
        updated: now(),
        version: 0,
        notes: Vec::new(),
        events: vec![opened],
        merge_commit: None,
        closed_by: None,
        reason: String::new(),
        close_source: new.close_source,
    });
    Ok(id)
}

/// Returns the place of a pull request in its repository.
pub(crate) fn place(repo: &Repo, id: &str) -> Done<usize> {
    let found = repo.pulls.iter().position(|p| p.id.to_string() == id);
    found.ok_or_else(|| Trouble::NoPull(id.to_owned()))
}

impl Pull {
    /// Returns the tips of source and target, as they are or as they were when it was closed.
    pub(crate) fn tips(&self, repo: &Repo) -> (String, String) {
        let tip = |name: &String| repo.branches.get(name).cloned().unwrap_or_default();
        self.closed.clone().unwrap_or_else(|| (tip(&self.source), tip(&self.target)))
    }

    /// Asks these people to look at it; what they think already stays.
    pub(crate) fn ask(&mut self, users: &[UserId]) {
        self.reviews.retain(|r| !r.asked || users.contains(&r.user));
        for user in users {
            match self.reviews.iter_mut().find(|r| r.user == *user) {
                Some(review) => review.asked = true,
                None => self.reviews.push(Review { user: *user, opinion: Opinion::None, asked: true, when: now() }),
            }
        }
    }

    /// Notes that it changed.
    pub(crate) fn touch(&mut self) {
        self.updated = now();
        self.version += 1;
    }
}

/// Returns what forbids a merge: differing files, open tasks, missing approvals.
pub(crate) fn obstacles(world: &World, repo: &Repo, pull: &Pull) -> (Vec<String>, Vec<String>) {
    let (source, target) = pull.tips(repo);
    let mut vetoes = Vec::new();
    if pull.reviews.iter().any(|r| r.opinion == Opinion::NeedsWork) {
        vetoes.push("Needs work".to_owned());
    }
    if pull.notes.iter().any(|note| note.task && !note.resolved && !note.deleted) {
        vetoes.push("Not all tasks are resolved".to_owned());
    }
    let approvals = pull.reviews.iter().filter(|r| r.opinion == Opinion::Approved).count();
    for rule in ruled(world, repo, &["require_approvals_to_merge"], &pull.target) {
        if rule.value.as_u64().is_some_and(|wanted| (approvals as u64) < wanted) {
            vetoes.push(format!("{} approvals are required", rule.value));
        }
    }
    (repo.conflicts(&source, &target), vetoes)
}

/// Merges a pull request.
pub(crate) fn merge(
    call: &mut Call,
    n: usize,
    at: usize,
    message: &str,
    squash: bool,
    close: Option<bool>,
) -> Done<()> {
    let repo = &call.world.repos[n];
    let pull = &repo.pulls[at];
    if pull.state != State::Open {
        return Err(Trouble::WrongState(pull.state.name()));
    }
    let (paths, vetoes) = obstacles(call.world, repo, pull);
    if !paths.is_empty() || !vetoes.is_empty() {
        return Err(Trouble::NoMerge { paths, vetoes });
    }
    let (source, target) = pull.tips(repo);
    let tree = repo.merged(&source, &target).map_err(|paths| Trouble::NoMerge { paths, vetoes: Vec::new() })?;
    let usual = format!("Merge pull request #{} from {} to {}\n\n{}", pull.id, pull.source, pull.target, pull.title);
    let message = if message.is_empty() { usual } else { message.to_owned() };
    let (branch, into) = (pull.source.clone(), pull.target.clone());
    let close = close.unwrap_or(pull.close_source) && branch != repo.default_branch;
    let merged = event(call, "MERGED", None);
    let (me, id) = (call.me(), hash(call.world.next_id() + 1_000_000));
    let repo = &mut call.world.repos[n];
    let parents = if squash { vec![target.clone()] } else { vec![target.clone(), source.clone()] };
    repo.commit(id.clone(), parents, me, now(), &message, tree);
    repo.branches.insert(into, id.clone());
    if close {
        repo.branches.remove(&branch);
    }
    let pull = &mut repo.pulls[at];
    pull.closed = Some((source, target));
    pull.state = State::Merged;
    pull.merge_commit = Some(id);
    pull.closed_by = Some(me);
    pull.events.push(merged);
    pull.touch();
    Ok(())
}

/// Declines a pull request.
pub(crate) fn decline(call: &mut Call, n: usize, at: usize, reason: &str) -> Done<()> {
    let repo = &call.world.repos[n];
    let tips = repo.pulls[at].tips(repo);
    if repo.pulls[at].state != State::Open {
        return Err(Trouble::WrongState(repo.pulls[at].state.name()));
    }
    let declined = event(call, "DECLINED", None);
    let me = call.me();
    let pull = &mut call.world.repos[n].pulls[at];
    pull.closed = Some(tips);
    pull.state = State::Declined;
    pull.closed_by = Some(me);
    reason.clone_into(&mut pull.reason);
    pull.events.push(declined);
    pull.touch();
    Ok(())
}

/// Opens a declined pull request again.
pub(crate) fn reopen(call: &mut Call, n: usize, at: usize) -> Done<()> {
    if call.world.repos[n].pulls[at].state != State::Declined {
        return Err(Trouble::WrongState(call.world.repos[n].pulls[at].state.name()));
    }
    let reopened = event(call, "REOPENED", None);
    let pull = &mut call.world.repos[n].pulls[at];
    pull.state = State::Open;
    pull.closed = None;
    pull.closed_by = None;
    pull.events.push(reopened);
    pull.touch();
    Ok(())
}

/// Says what the caller thinks of a pull request.
pub(crate) fn opine(call: &mut Call, n: usize, at: usize, opinion: Opinion) -> Done<Review> {
    let pull = &call.world.repos[n].pulls[at];
    let me = call.me();
    if pull.state != State::Open {
        return Err(Trouble::WrongState(pull.state.name()));
    }
    if pull.author == me && !call.face.cloud {
        return Err(Trouble::Invalid(
            "status",
            "The author of a pull request cannot update their own review status.".into(),
        ));
    }
    let action = match opinion {
        Opinion::Approved => "APPROVED",
        Opinion::NeedsWork => "REVIEWED",
        Opinion::None => "UNAPPROVED",
    };
    let noted = event(call, action, None);
    let pull = &mut call.world.repos[n].pulls[at];
    pull.events.push(noted);
    pull.updated = now();
    let at = pull.reviews.iter().position(|r| r.user == me).unwrap_or_else(|| {
        pull.reviews.push(Review { user: me, opinion, asked: false, when: now() });
        pull.reviews.len() - 1
    });
    pull.reviews[at].opinion = opinion;
    pull.reviews[at].when = now();
    Ok(pull.reviews[at].clone())
}

/// What a new comment is made of.
pub(crate) struct NewNote {
    pub text: String,
    pub parent: Option<u64>,
    pub line: Option<(String, u64)>,
    pub task: bool,
}

/// Adds a comment and returns it.
pub(crate) fn comment(call: &mut Call, n: usize, at: usize, new: NewNote) -> Done<Note> {
    if new.text.trim().is_empty() {
        return Err(Trouble::Invalid("text", "Please enter some text.".into()));
    }
    let known = &call.world.repos[n].pulls[at].notes;
    if let Some(parent) = new.parent.filter(|p| !known.iter().any(|note| note.id == *p)) {
        return Err(Trouble::NoThing(format!("Comment {parent} does not exist.")));
    }
    let id = call.world.next_id();
    let noted = event(call, "COMMENTED", Some(id));
    let note = Note {
        id,
        author: call.me(),
        text: new.text,
        parent: new.parent,
        line: new.line,
        created: now(),
        updated: now(),
        version: 0,
        deleted: false,
        task: new.task,
        resolved: false,
    };
    let pull = &mut call.world.repos[n].pulls[at];
    pull.notes.push(note.clone());
    pull.events.push(noted);
    pull.updated = now();
    Ok(note)
}

/// Returns the place of a comment.
pub(crate) fn note_place(pull: &Pull, id: &str) -> Done<usize> {
    let found = pull.notes.iter().position(|note| note.id.to_string() == id && !note.deleted);
    found.ok_or_else(|| Trouble::NoThing(format!("Comment {id} does not exist.")))
}

/// Checks that the caller may change a comment: it is theirs, or they administer the repository.
pub(crate) fn own_note(call: &Call, n: usize, note: &Note) -> Done<()> {
    let admin = call.level(&call.world.repos[n]) >= Some(Level::Admin);
    if note.author == call.me() || admin { Ok(()) } else { Err(Trouble::Forbidden) }
}
