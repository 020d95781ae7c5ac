//! The people of the practice servers and their ways to sign in: the same everywhere.

use super::Account;
use std::sync::LazyLock;

/// A user's place in the list of a server's users.
pub(crate) type UserId = usize;

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct User {
    pub name: String,
    pub key: String,
    pub account_id: String,
    pub display: String,
    pub email: String,
    pub active: bool,
    pub app: bool,
    /// Names of groups.
    pub groups: Vec<String>,
    /// An outsider, who sees only what is open to partners.
    pub outsider: bool,
}

/// A row of the table of people.
struct Person {
    name: &'static str,
    display: &'static str,
    email: &'static str,
    /// Names of groups; [`ADMINS`] and [`USERS`] stand for the product's own.
    groups: &'static [&'static str],
    about: &'static str,
}

/// Stands for a product's group of administrators.
const ADMINS: &str = "administrators";
/// Stands for a product's group of everybody who may use it.
const USERS: &str = "users";

/// The teams that every product has as groups.
pub(crate) const TEAMS: [&str; 5] = ["ops-team", "web-team", "docs-team", "bots", "empty-group"];

const PEOPLE: [Person; 12] = [
    person("mira", "Mira Holm", "mira@sandbox.example", &[ADMINS, USERS, "ops-team"], "administrator"),
    person("jonas", "Jonas Beck", "jonas@sandbox.example", &[USERS, "ops-team"], "ordinary user"),
    person("priya", "Priya Nair", "priya@sandbox.example", &[USERS, "web-team"], ""),
    person("tomas", "Tomás Vidal", "tomas@sandbox.example", &[USERS, "web-team"], ""),
    person("yuki", "佐藤 由紀", "yuki@sandbox.example", &[USERS, "docs-team"], ""),
    person("sam.lee", "Sam Lee", "sam.lee@sandbox.example", &[USERS, "ops-team"], ""),
    person("sam.leeds", "Sam Leeds", "sam.leeds@sandbox.example", &[USERS, "web-team"], ""),
    person("lena", "Lena Okafor", "lena@sandbox.example", &[USERS, "docs-team"], ""),
    person("pavel", "Pavel Novák", "pavel@sandbox.example", &[USERS], "inactive, cannot sign in"),
    person("guest", "Gus Est", "guest@partner.example", &[], "outsider: does not see project OPS"),
    person("nora", "Nora Lind", "nora@sandbox.example", &[USERS], "has two-step verification (Data Center)"),
    person("deploy-bot", "Deploy Bot", "deploy-bot@sandbox.example", &[USERS, "bots"], "app user"),
];

const fn person(
    name: &'static str,
    display: &'static str,
    email: &'static str,
    groups: &'static [&'static str],
    about: &'static str,
) -> Person {
    Person { name, display, email, groups, about }
}

/// Passwords and tokens, by user name: password, API token, personal access token.
const SECRETS: [(&str, &str, &str, &str); 6] = [
    ("mira", "mira-password", "ATATT-sandbox-mira", "pat-sandbox-mira"),
    ("jonas", "jonas-password", "ATATT-sandbox-jonas", "pat-sandbox-jonas"),
    ("guest", "guest-password", "ATATT-sandbox-guest", "pat-sandbox-guest"),
    ("nora", "nora-password", "ATATT-sandbox-nora", "pat-sandbox-nora"),
    ("deploy-bot", "deploy-bot-password", "ATATT-sandbox-deploy-bot", "pat-sandbox-deploy-bot"),
    ("pavel", "pavel-password", "ATATT-sandbox-pavel", "pat-sandbox-pavel"),
];

/// An API token of `mira` that has scopes, and so works at the gateway only.
pub(crate) const SCOPED_TOKEN: &str = "ATATT-sandbox-mira-scoped";
/// A scoped API token of `mira` that may read and not write.
pub(crate) const READ_TOKEN: &str = "ATATT-sandbox-mira-read";
/// An API token of `mira` whose time is over.
pub(crate) const EXPIRED_TOKEN: &str = "ATATT-sandbox-mira-expired";
/// The user whose password is not enough.
pub(crate) const TWO_STEP: &str = "nora";

static USERS_MADE: LazyLock<Vec<User>> = LazyLock::new(|| PEOPLE.iter().enumerate().map(|(n, p)| user(n, p)).collect());

/// Returns everybody who has an account at the start. A place in this list is a place in every server's users.
pub(crate) fn everybody() -> &'static [User] {
    &USERS_MADE
}

/// Returns the users that a server has at the start, in its own groups for administrators and users.
pub(crate) fn users(admins: &str, users: &str) -> Vec<User> {
    let own = |group: &String| match group.as_str() {
        ADMINS => admins.to_owned(),
        USERS => users.to_owned(),
        other => other.to_owned(),
    };
    let mut all = everybody().to_vec();
    for user in &mut all {
        user.groups = user.groups.iter().map(own).collect();
    }
    all
}

/// Finds somebody by user name, in any case.
pub(crate) fn named(name: &str) -> Option<UserId> {
    everybody().iter().position(|u| u.name.eq_ignore_ascii_case(name))
}

fn user(n: usize, p: &Person) -> User {
    let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // Newer accounts have a prefix with a colon, which must be encoded in a query.
    let account_id = match n % 3 {
        2 => format!("712020:{:08x}-7f4a-4c15-8a01-{:012x}", mixed >> 32, mixed & 0xFFFF_FFFF_FFFF),
        _ => format!("5e10{mixed:016x}{n:04x}"),
    };
    User {
        name: p.name.into(),
        key: if n < 4 { p.name.into() } else { format!("JIRAUSER{}", 10_100 + n) },
        account_id,
        display: p.display.into(),
        email: p.email.into(),
        active: p.name != "pavel",
        app: p.name == "deploy-bot",
        groups: p.groups.iter().map(|g| (*g).to_owned()).collect(),
        outsider: p.name == "guest",
    }
}

/// Says whether the password is the user's.
pub(crate) fn password_fits(name: &str, password: &str) -> bool {
    SECRETS.iter().any(|s| s.0.eq_ignore_ascii_case(name) && s.1 == password)
}

/// Returns the user name that a personal access token belongs to.
pub(crate) fn owner_of_pat(token: &str) -> Option<&'static str> {
    SECRETS.iter().find(|s| s.3 == token).map(|s| s.0)
}

/// Returns the user name that an API token belongs to, if `email` is that user's.
pub(crate) fn owner_of_api_token(email: &str, token: &str) -> Option<&'static str> {
    let person = PEOPLE.iter().find(|p| p.email.eq_ignore_ascii_case(email))?;
    let own = SECRETS.iter().any(|s| s.0 == person.name && s.2 == token);
    let extra = person.name == "mira" && [SCOPED_TOKEN, READ_TOKEN, EXPIRED_TOKEN].contains(&token);
    (own || extra).then_some(person.name)
}

/// Says whether the password is that of the user with this email.
pub(crate) fn account_password_fits(email: &str, password: &str) -> bool {
    PEOPLE.iter().any(|p| p.email.eq_ignore_ascii_case(email) && password_fits(p.name, password))
}

/// The accounts of Data Center.
pub(crate) fn dc_accounts() -> Vec<Account> {
    let rows = SECRETS.iter().map(|s| Account { about: about(s.0), user: s.0, password: s.1, token: s.3, key: "" });
    rows.collect()
}

/// The accounts of Cloud: the user is the email address, the password is of no use there.
pub(crate) fn cloud_accounts() -> Vec<Account> {
    let email = |name| PEOPLE.iter().find(|p| p.name == name).map_or("", |p| p.email);
    let row = |s: &(&'static str, &'static str, &'static str, &'static str)| Account {
        about: about(s.0),
        user: email(s.0),
        password: s.1,
        token: s.2,
        key: "",
    };
    let mut rows: Vec<Account> = SECRETS.iter().map(row).collect();
    let mira = rows[0];
    rows.push(Account { about: "scoped token: gateway only", token: SCOPED_TOKEN, ..mira });
    rows.push(Account { about: "scoped token: gateway only, read only", token: READ_TOKEN, ..mira });
    rows.push(Account { about: "expired token", token: EXPIRED_TOKEN, ..mira });
    rows
}

fn about(name: &str) -> &'static str {
    PEOPLE.iter().find(|p| p.name == name).map_or("", |p| p.about)
}
