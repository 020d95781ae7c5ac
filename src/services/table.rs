//! The rows.

use super::{
    Deployment::{Cloud, Server},
    Flavour, Grant, Kind, Question, Rung,
    Scheme::{Basic, Bearer, Client, KeyToken, Saved, Session},
    Scope, Service, Submit, Visitor, Way, Who, words,
};
use crate::json::Json;

macro_rules! services {
    ($($(#[$doc:meta])* $marker:ident = $row:expr;)*) => {
        $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $marker;
        impl Kind for $marker { const SERVICE: &'static Service = &$row; })*

        /// Every service, in the order of the table.
        pub const SERVICES: &[&Service] = &[$($marker::SERVICE),*];

        /// Calls the visitor once per row, with the row's marker type.
        pub fn visit_all(visitor: &mut impl Visitor) {
            $(visitor.visit::<$marker>();)*
        }
    };
}

const USER_TOKEN: Way = Way { takes: &["user", "token"], scheme: Basic };
const USER_PASSWORD: Way = Way { takes: &["user", "password"], scheme: Basic };
const TOKEN: Way = Way { takes: &["token"], scheme: Bearer };
const CLIENT: Way = Way { takes: &["clientId", "clientSecret"], scheme: Client };
const LOGIN: Way = Way { takes: &["login"], scheme: Saved };
const SESSION: Way = Way { takes: &["user", "password"], scheme: Session };

/// Jira's and Confluence's ways on Cloud. A client's token is a service account's.
const ATLASSIAN_CLOUD_WAYS: &[Way] = &[USER_TOKEN, USER_PASSWORD, CLIENT];
/// A token beats a saved session, and that beats a new one.
const SESSION_WAYS: &[Way] = &[TOKEN, LOGIN, SESSION, CLIENT];
/// Products whose every request carries user and password.
const BASIC_WAYS: &[Way] = &[TOKEN, USER_PASSWORD, CLIENT];

/// The log-in of the newer Data Center products, with two-step verification.
const TWO_STEP: Rung = Rung {
    before: None,
    path: "/rest/tsv/1.0/authenticate?os_authType=none",
    submit: Submit::Json(&[("rememberMe", "false"), ("targetUrl", "\"\""), ("captchaId", "\"\"")]),
};

fn anybody(_: &Json) -> bool {
    true
}

const WHO: Who = Who { path: "", by_header: false, known: anybody };

/// What most flavours on Cloud have in common.
const CLOUD: Flavour = Flavour {
    deployment: Cloud,
    hosts: &[],
    home: None,
    aliases: &[],
    prefix: "",
    ways: &[TOKEN],
    authorize: None,
    grant: None,
    apps: false,
    gateway: None,
    ladder: &[],
    logout: ("", ""),
    who: WHO,
    version: None,
    tokens_since: None,
    silent: false,
    apis: &[],
};

/// What the Data Center products have in common.
const SERVER: Flavour = Flavour {
    deployment: Server,
    ways: BASIC_WAYS,
    grant: Some(Grant { address: "/rest/oauth2/latest/token", by_header: false }),
    apps: true,
    ladder: &[TWO_STEP],
    ..CLOUD
};

/// What most services have in common.
const SERVICE: Service = Service {
    name: "",
    type_name: "",
    title: "",
    flavours: &[],
    hosts: &[],
    apis: &[],
    companion: None,
    ask: None,
    limits: Scope::Credential,
    forms: false,
    words: words::atlassian,
    refusal: words::no_refusal,
    out_of_bounds: None,
    advice: &[],
};

const ATLASSIAN_HOSTS: &[&str] = &[".atlassian.net", ".jira.com", "api.atlassian.com"];

/// Advice for words of Confluence.
const CONFLUENCE_ADVICE: &[(&str, &str)] = &[
    SERVER_ADVICE[0],
    SERVER_ADVICE[1],
    SERVER_ADVICE[2],
    SERVER_ADVICE[3],
    (
        "already exists with the title",
        "titles are unique in a space: change the page that is there, or take another title",
    ),
    (
        "Version must be incremented",
        "somebody changed the page since it was read: read it again, and send its version plus one",
    ),
];

/// Advice for the words of every Atlassian product.
const SERVER_ADVICE: &[(&str, &str)] = &[
    (
        "Basic Authentication has been disabled",
        "this server takes no user and password with each request, and offered no log-in: use a personal access token (`token`)",
    ),
    (
        "cannot be installed via upload",
        "the server was started without -Dupm.plugin.upload.enabled=true; ask its administrator, or install from an address",
    ),
    ("scope does not match", "the token lacks a scope that this needs: make one that has it"),
    ("XSRF check failed", "a proxy on the way may drop the header X-Atlassian-Token"),
];

services! {
    /// Issues, projects, boards.
    Jira = Service {
        name: "jira",
        type_name: "Jira",
        title: "Jira",
        ask: Some(Question {
            path: "/rest/api/2/serverInfo",
            is_cloud: |info| info.get("deploymentType").and_then(Json::as_str) == Some("Cloud"),
            refusal_is_server: false,
        }),
        advice: SERVER_ADVICE,
        flavours: &[
            Flavour {
                hosts: ATLASSIAN_HOSTS,
                ways: ATLASSIAN_CLOUD_WAYS,
                grant: Some(Grant { address: "https://auth.atlassian.com/oauth/token", by_header: false }),
                apps: true,
                gateway: Some("jira"),
                who: Who { path: "/rest/api/3/myself", ..WHO },
                apis: &["jira-cloud-v3", "jira-cloud-agile", "jira-cloud-servicedesk"],
                ..CLOUD
            },
            Flavour {
                ways: SESSION_WAYS,
                ladder: &[Rung { before: None, path: "/rest/auth/1/session", submit: Submit::Json(&[]) }, TWO_STEP],
                logout: ("DELETE", "/rest/auth/1/session"),
                who: Who { path: "/rest/api/2/myself", ..WHO },
                version: Some("/rest/api/2/serverInfo"),
                tokens_since: Some((8, 14)),
                apis: &["jira-dc"],
                ..SERVER
            },
        ],
        ..SERVICE
    };

    /// Spaces and pages.
    Confluence = Service {
        name: "confluence",
        type_name: "Confluence",
        title: "Confluence",
        ask: Some(Question {
            path: "/_edge/tenant_info",
            is_cloud: |info| info.get("cloudId").is_some(),
            refusal_is_server: true,
        }),
        advice: CONFLUENCE_ADVICE,
        flavours: &[
            Flavour {
                hosts: ATLASSIAN_HOSTS,
                prefix: "/wiki",
                ways: ATLASSIAN_CLOUD_WAYS,
                grant: Some(Grant { address: "https://auth.atlassian.com/oauth/token", by_header: false }),
                apps: true,
                gateway: Some("confluence"),
                who: Who { path: "/wiki/rest/api/user/current", known: words::is_known, ..WHO },
                apis: &["confluence-cloud-v2", "confluence-cloud-v1"],
                ..CLOUD
            },
            Flavour {
                ways: SESSION_WAYS,
                ladder: &[
                    Rung { before: None, path: "/rest/api/user/current", submit: Submit::Basic },
                    TWO_STEP,
                    Rung {
                        before: None,
                        path: "/dologin.action",
                        submit: Submit::Form("os_username", "os_password", &[("os_cookie", "true"), ("login", "Log in")]),
                    },
                ],
                logout: ("GET", "/logout.action"),
                who: Who { path: "/rest/api/user/current", known: words::is_known, ..WHO },
                version: Some("/rest/applinks/1.0/manifest"),
                tokens_since: Some((7, 9)),
                silent: true,
                apis: &["confluence-dc"],
                ..SERVER
            },
        ],
        ..SERVICE
    };

    /// Repositories and pull requests.
    Bitbucket = Service {
        name: "bitbucket",
        type_name: "Bitbucket",
        title: "Bitbucket",
        words: words::bitbucket,
        out_of_bounds: Some("not accessible by this authentication mechanism"),
        advice: &[
            (
                "not accessible by this authentication mechanism",
                "a repository, project or workspace access token works only inside its bounds; use `user` (your e-mail address) and an API token for this",
            ),
            (
                "Token is invalid, expired, or not supported",
                "app passwords and account passwords are no longer taken: use your e-mail address as `user` and an API token made for Bitbucket, or an access token alone",
            ),
            SERVER_ADVICE[0],
            SERVER_ADVICE[1],
            SERVER_ADVICE[2],
        ],
        flavours: &[
            Flavour {
                hosts: &["api.bitbucket.org"],
                home: Some("https://api.bitbucket.org"),
                aliases: &["bitbucket.org", "www.bitbucket.org"],
                prefix: "/2.0",
                ways: &[USER_TOKEN, USER_PASSWORD, TOKEN, CLIENT],
                grant: Some(Grant { address: "https://bitbucket.org/site/oauth2/access_token", by_header: true }),
                who: Who { path: "/2.0/user", ..WHO },
                apis: &["bitbucket-cloud"],
                ..CLOUD
            },
            Flavour {
                ladder: &[Rung { before: Some("/login"), ..TWO_STEP }],
                who: Who { path: "/rest/api/latest/application-properties", by_header: true, ..WHO },
                version: Some("/rest/api/latest/application-properties"),
                tokens_since: Some((5, 5)),
                apis: &["bitbucket-dc"],
                ..SERVER
            },
        ],
        ..SERVICE
    };

    /// Plans and builds.
    Bamboo = Service {
        name: "bamboo",
        type_name: "Bamboo",
        title: "Bamboo",
        advice: SERVER_ADVICE,
        flavours: &[Flavour {
            who: Who { path: "/rest/api/latest/currentUser", ..WHO },
            version: Some("/rest/api/latest/info"),
            tokens_since: Some((6, 10)),
            silent: true,
            apis: &["bamboo-dc"],
            ..SERVER
        }],
        ..SERVICE
    };

    /// Boards and cards.
    Trello = Service {
        name: "trello",
        type_name: "Trello",
        title: "Trello",
        words: words::plain,
        advice: &[
            ("invalid key", "`key` is your application's key, from https://trello.com/power-ups/admin"),
            ("invalid app key", "`key` is your application's key, from https://trello.com/power-ups/admin"),
            ("missing scopes", "the token lacks a scope, or was not sent; make one with the scopes read, write"),
            ("unauthorized permission requested", "this token may not see or do that"),
        ],
        flavours: &[Flavour {
            hosts: &["api.trello.com"],
            home: Some("https://api.trello.com"),
            aliases: &["trello.com", "www.trello.com"],
            prefix: "/1",
            ways: &[Way { takes: &["key", "token"], scheme: KeyToken }],
            authorize: Some("https://trello.com/1/authorize?expiration=30days&name=tieline&scope=read,write&response_type=token&key={key}"),
            who: Who { path: "/1/members/me", ..WHO },
            apis: &["trello"],
            ..CLOUD
        }],
        ..SERVICE
    };

    /// Channels and messages.
    Slack = Service {
        name: "slack",
        type_name: "Slack",
        title: "Slack",
        limits: Scope::Endpoint,
        forms: true,
        words: words::slack,
        refusal: words::slack_refusal,
        advice: &[
            ("not_in_channel", "invite the bot into the channel first"),
            ("channel_not_found", "the channel does not exist, or this token may not see it"),
            ("missing_scope", "add the scope to the app, install it again, and use its new token"),
            ("not_allowed_token_type", "this method wants another kind of token (bot xoxb-…, user xoxp-…)"),
            ("token_expired", "the token's time is over: rotate it"),
            ("invalid_auth", "the token is wrong or was revoked"),
            ("account_inactive", "the token belongs to a removed user or app"),
            ("token_revoked", "the token was revoked"),
        ],
        flavours: &[Flavour {
            hosts: &["slack.com"],
            home: Some("https://slack.com"),
            aliases: &[".slack.com"],
            prefix: "/api",
            who: Who { path: "/api/auth.test", ..WHO },
            apis: &["slack-web"],
            ..CLOUD
        }],
        ..SERVICE
    };

    /// Worklogs and timesheets.
    Tempo = Service {
        name: "tempo",
        type_name: "Tempo",
        title: "Tempo",
        companion: Some("jira"),
        words: words::listed,
        flavours: &[Flavour {
            hosts: &["api.tempo.io", ".tempo.io"],
            home: Some("https://api.tempo.io"),
            prefix: "/4",
            ways: &[Way { takes: &["tempoToken"], scheme: Bearer }],
            // Tempo has nothing that says whose token it is; that it reads worklogs shows that it is one.
            who: Who { path: "/4/worklogs?limit=1", ..WHO },
            apis: &["tempo-v4"],
            ..CLOUD
        }],
        ..SERVICE
    };

    /// The Universal Plugin Manager: a part of four products.
    Upm = Service {
        name: "upm",
        type_name: "Upm",
        title: "UPM",
        hosts: &["jira", "confluence", "bamboo", "bitbucket"],
        apis: &["upm"],
        advice: SERVER_ADVICE,
        ..SERVICE
    };
}
