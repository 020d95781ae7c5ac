//! What does not change: issue types, the workflow, priorities, link types, fields.

/// The group of administrators.
pub(crate) const ADMINS: &str = "jira-administrators";
/// The group of everybody.
pub(crate) const USERS: &str = "jira-users";

/// An issue type.
#[derive(Debug)]
pub(crate) struct IssueType {
    pub id: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub subtask: bool,
    pub level: i8,
    pub avatar: u64,
}

pub(crate) static ISSUE_TYPES: [IssueType; 5] = [
    IssueType { id: "10000", name: "Epic", about: "A large piece of work.", subtask: false, level: 1, avatar: 10307 },
    IssueType { id: "10001", name: "Story", about: "Something a user wants.", subtask: false, level: 0, avatar: 10315 },
    IssueType { id: "10002", name: "Task", about: "Work to be done.", subtask: false, level: 0, avatar: 10318 },
    IssueType { id: "10003", name: "Sub-task", about: "A part of an issue.", subtask: true, level: -1, avatar: 10316 },
    IssueType { id: "10004", name: "Bug", about: "Something that is wrong.", subtask: false, level: 0, avatar: 10303 },
];

/// A status category.
#[derive(Debug)]
pub(crate) struct Category {
    pub id: u64,
    pub key: &'static str,
    pub color: &'static str,
    pub name: &'static str,
}

pub(crate) static CATEGORIES: [Category; 4] = [
    Category { id: 1, key: "undefined", color: "medium-gray", name: "No Category" },
    Category { id: 2, key: "new", color: "blue-gray", name: "To Do" },
    Category { id: 4, key: "indeterminate", color: "yellow", name: "In Progress" },
    Category { id: 3, key: "done", color: "green", name: "Done" },
];

/// A status.
#[derive(Debug)]
pub(crate) struct Status {
    pub id: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub category: usize,
}

pub(crate) static STATUSES: [Status; 4] = [
    Status { id: "1", name: "Open", about: "Nobody works on it yet.", category: 1 },
    Status { id: "3", name: "In Progress", about: "Somebody works on it.", category: 2 },
    Status { id: "10100", name: "In Review", about: "Somebody else looks at it.", category: 2 },
    Status { id: "10101", name: "Done", about: "It is finished.", category: 3 },
];

/// What the resolution has to do with a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolving {
    /// Nothing.
    No,
    /// It is on the screen; without one the issue gets "Done".
    Optional,
    /// It is on the screen and must be given.
    Required,
    /// It is taken away.
    Clears,
}

/// A step of the workflow.
#[derive(Debug)]
pub(crate) struct Transition {
    pub id: &'static str,
    pub name: &'static str,
    /// Places in [`STATUSES`].
    pub from: &'static [usize],
    pub to: usize,
    pub resolving: Resolving,
}

pub(crate) static TRANSITIONS: [Transition; 7] = [
    Transition { id: "11", name: "Start", from: &[0], to: 1, resolving: Resolving::No },
    Transition { id: "21", name: "Review", from: &[1], to: 2, resolving: Resolving::No },
    Transition { id: "31", name: "Done", from: &[2], to: 3, resolving: Resolving::Optional },
    Transition { id: "41", name: "Reject", from: &[0, 1, 2], to: 3, resolving: Resolving::Required },
    Transition { id: "51", name: "Stop", from: &[1], to: 0, resolving: Resolving::No },
    Transition { id: "61", name: "Request changes", from: &[2], to: 1, resolving: Resolving::No },
    Transition { id: "71", name: "Reopen", from: &[3], to: 0, resolving: Resolving::Clears },
];

impl Status {
    /// Returns the steps that lead out of this status.
    pub(crate) fn transitions(&self) -> impl Iterator<Item = &'static Transition> {
        TRANSITIONS.iter().filter(move |t| t.from.iter().any(|s| STATUSES[*s].id == self.id))
    }
}

/// Something with a number, a name and a description: priorities and resolutions.
#[derive(Debug)]
pub(crate) struct Named {
    pub id: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub color: &'static str,
}

pub(crate) static PRIORITIES: [Named; 5] = [
    Named { id: "1", name: "Highest", about: "Stops everything.", color: "#d04437" },
    Named { id: "2", name: "High", about: "Stops some things.", color: "#f15c75" },
    Named { id: "3", name: "Medium", about: "Could stop something.", color: "#f79232" },
    Named { id: "4", name: "Low", about: "Stops nothing.", color: "#707070" },
    Named { id: "5", name: "Lowest", about: "Would be nice.", color: "#999999" },
];

pub(crate) static RESOLUTIONS: [Named; 4] = [
    Named { id: "10000", name: "Done", about: "Work is complete.", color: "" },
    Named { id: "10001", name: "Won't Do", about: "It will not be done.", color: "" },
    Named { id: "10002", name: "Duplicate", about: "There is another issue for it.", color: "" },
    Named { id: "10003", name: "Cannot Reproduce", about: "Nobody could make it happen.", color: "" },
];

/// A kind of link between issues.
#[derive(Debug)]
pub(crate) struct LinkType {
    pub id: &'static str,
    pub name: &'static str,
    pub inward: &'static str,
    pub outward: &'static str,
}

pub(crate) static LINK_TYPES: [LinkType; 4] = [
    LinkType { id: "10000", name: "Blocks", inward: "is blocked by", outward: "blocks" },
    LinkType { id: "10001", name: "Cloners", inward: "is cloned by", outward: "clones" },
    LinkType { id: "10002", name: "Duplicate", inward: "is duplicated by", outward: "duplicates" },
    LinkType { id: "10003", name: "Relates", inward: "relates to", outward: "relates to" },
];

/// A role in a project.
pub(crate) static ROLES: [(u64, &str, &str); 3] = [
    (10002, "Administrators", "People who look after the project."),
    (10001, "Developers", "People who work in the project."),
    (10000, "Users", "People who use what the project makes."),
];

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Rich,
    Number,
    Date,
    Time,
    User,
    Users,
    Labels,
    Option,
    Options,
    Versions,
    Components,
    Priority,
    Resolution,
    Type,
    Project,
    Status,
    Issue,
    Sprint,
    Tracking,
    Seconds,
    Progress,
    Votes,
    Watches,
    Comments,
    Worklogs,
    Attachments,
    Links,
    Subtasks,
    Other,
}

/// Which screens a field is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// People fill it in.
    Edit,
    /// It comes about by itself.
    View,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub id: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    pub screen: Screen,
    /// Shown in lists of issues.
    pub navigable: bool,
    /// Names in queries.
    pub clauses: &'static [&'static str],
    /// The type key of a custom field, or nothing.
    pub custom: &'static str,
}

const fn system(
    id: &'static str,
    name: &'static str,
    kind: Kind,
    screen: Screen,
    navigable: bool,
    clauses: &'static [&'static str],
) -> Field {
    Field { id, name, kind, screen, navigable, clauses, custom: "" }
}

const fn custom(id: &'static str, name: &'static str, kind: Kind, key: &'static str, screen: Screen) -> Field {
    Field { id, name, kind, screen, navigable: true, clauses: &[], custom: key }
}

use Kind as K;
use Screen::{Edit, View};

/// Every field. Two custom fields share the name "Severity", as happens in real life.
pub(crate) static FIELDS: [Field; 45] = [
    system("summary", "Summary", K::Text, Edit, true, &["summary"]),
    system("issuetype", "Issue Type", K::Type, Edit, true, &["issuetype", "type"]),
    system("project", "Project", K::Project, Edit, true, &["project"]),
    system("status", "Status", K::Status, View, true, &["status"]),
    system("priority", "Priority", K::Priority, Edit, true, &["priority"]),
    system("resolution", "Resolution", K::Resolution, View, true, &["resolution"]),
    system("assignee", "Assignee", K::User, Edit, true, &["assignee"]),
    system("reporter", "Reporter", K::User, Edit, true, &["reporter"]),
    system("creator", "Creator", K::User, View, true, &["creator"]),
    system("labels", "Labels", K::Labels, Edit, true, &["labels"]),
    system("components", "Components", K::Components, Edit, true, &["component"]),
    system("fixVersions", "Fix versions", K::Versions, Edit, true, &["fixVersion"]),
    system("versions", "Affects versions", K::Versions, Edit, true, &["affectedVersion"]),
    system("created", "Created", K::Time, View, true, &["created", "createdDate"]),
    system("updated", "Updated", K::Time, View, true, &["updated", "updatedDate"]),
    system("resolutiondate", "Resolved", K::Time, View, true, &["resolved", "resolutiondate"]),
    system("duedate", "Due date", K::Date, Edit, true, &["due", "duedate"]),
    system("description", "Description", K::Rich, Edit, true, &["description"]),
    system("environment", "Environment", K::Rich, Edit, true, &["environment"]),
    system("parent", "Parent", K::Issue, Edit, true, &["parent"]),
    system("subtasks", "Sub-tasks", K::Subtasks, View, true, &["subtasks"]),
    system("issuelinks", "Linked Issues", K::Links, Edit, true, &["issueLink"]),
    system("timeoriginalestimate", "Original estimate", K::Seconds, View, true, &["originalEstimate"]),
    system("timeestimate", "Remaining Estimate", K::Seconds, View, true, &["remainingEstimate"]),
    system("timespent", "Time Spent", K::Seconds, View, true, &["timespent"]),
    system("workratio", "Work Ratio", K::Number, View, true, &["workratio"]),
    system("progress", "Progress", K::Progress, View, true, &["progress"]),
    system("votes", "Votes", K::Votes, View, true, &["votes"]),
    system("watches", "Watchers", K::Watches, View, true, &["watchers"]),
    system("lastViewed", "Last Viewed", K::Time, View, true, &["lastViewed"]),
    system("timetracking", "Time tracking", K::Tracking, Edit, false, &[]),
    system("comment", "Comment", K::Comments, View, false, &["comment"]),
    system("worklog", "Log Work", K::Worklogs, View, false, &[]),
    system("attachment", "Attachment", K::Attachments, View, false, &["attachments"]),
    custom("customfield_10011", "Epic Name", K::Text, "com.pyxis.greenhopper.jira:gh-epic-label", Edit),
    custom("customfield_10014", "Epic Link", K::Other, "com.pyxis.greenhopper.jira:gh-epic-link", Edit),
    custom(STORY_POINTS, "Story Points", K::Number, "com.atlassian.jira.plugin.system.customfieldtypes:float", Edit),
    custom("customfield_10019", "Rank", K::Other, "com.pyxis.greenhopper.jira:gh-lexo-rank", View),
    custom("customfield_10020", "Sprint", K::Sprint, "com.pyxis.greenhopper.jira:gh-sprint", Edit),
    custom("customfield_10030", "Team", K::Option, "com.atlassian.jira.plugin.system.customfieldtypes:select", Edit),
    custom(
        "customfield_10041",
        "Severity",
        K::Option,
        "com.atlassian.jira.plugin.system.customfieldtypes:select",
        Edit,
    ),
    custom("customfield_10042", "Severity", K::Number, "com.atlassian.jira.plugin.system.customfieldtypes:float", Edit),
    custom(
        "customfield_10050",
        "Customers",
        K::Options,
        "com.atlassian.jira.plugin.system.customfieldtypes:multiselect",
        Edit,
    ),
    custom(
        "customfield_10051",
        "Sign-off date",
        K::Date,
        "com.atlassian.jira.plugin.system.customfieldtypes:datepicker",
        Edit,
    ),
    custom(
        "customfield_10052",
        "Reviewers",
        K::Users,
        "com.atlassian.jira.plugin.system.customfieldtypes:multiuserpicker",
        Edit,
    ),
];

/// The field with the story points.
pub(crate) const STORY_POINTS: &str = "customfield_10016";
/// Numbers of the custom fields that have a place of their own in an issue.
pub(crate) const EPIC_LINK: u32 = 10014;
/// See [`EPIC_LINK`].
pub(crate) const SPRINT: u32 = 10020;
/// See [`EPIC_LINK`].
pub(crate) const RANK: u32 = 10019;

/// The values of a field of options: number and text.
pub(crate) fn options(field: u32) -> &'static [(&'static str, &'static str)] {
    match field {
        10030 => &[("10101", "Platform"), ("10102", "Frontend"), ("10103", "Docs"), ("10104", "Field & Support")],
        10041 => &[("10111", "Critical"), ("10112", "Major"), ("10113", "Minor")],
        10050 => &[("10121", "Northwind"), ("10122", "Contoso"), ("10123", "Globex")],
        _ => &[],
    }
}

impl Field {
    /// Returns the number of a custom field.
    pub(crate) fn number(&self) -> Option<u32> {
        self.id.strip_prefix("customfield_")?.parse().ok()
    }

    /// Finds a field by its id.
    pub(crate) fn with_id(id: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|f| f.id == id)
    }

    /// Says whether the fields of `kind` of issue include it.
    pub(crate) fn applies_to(&self, kind: &IssueType) -> bool {
        match self.id {
            "customfield_10011" => kind.name == "Epic",
            "customfield_10014" => kind.level == 0,
            "versions" | "environment" => kind.name == "Bug" || kind.name == "Task",
            _ => true,
        }
    }
}

/// Finds an issue type by number or name.
pub(crate) fn issue_type(text: &str) -> Option<&'static IssueType> {
    ISSUE_TYPES.iter().find(|t| t.id == text || t.name.eq_ignore_ascii_case(text))
}

/// Finds a status by number or name.
pub(crate) fn status(text: &str) -> Option<&'static Status> {
    STATUSES.iter().find(|s| s.id == text || s.name.eq_ignore_ascii_case(text))
}

/// Finds a link type by number or name.
pub(crate) fn link_type(text: &str) -> Option<&'static LinkType> {
    LINK_TYPES.iter().find(|t| t.id == text || t.name.eq_ignore_ascii_case(text))
}

/// Finds a priority or resolution by number or name.
pub(crate) fn named(list: &'static [Named], text: &str) -> Option<&'static Named> {
    list.iter().find(|n| n.id == text || n.name.eq_ignore_ascii_case(text))
}
