//! The apps that are there at the start.

use super::world::{App, Module, World};

/// Key, name, version, newest version, user installed, enabled, optional, licensing, licence.
type Line = (&'static str, &'static str, &'static str, &'static str, bool, bool, bool, bool, &'static str);

const APPS: [Line; 10] = [
    (
        "com.atlassian.upm.atlassian-universal-plugin-manager-plugin",
        "Atlassian Universal Plugin Manager Plugin",
        "8.0.8",
        "8.0.11",
        false,
        true,
        false,
        false,
        "",
    ),
    (
        "com.atlassian.plugins.rest.atlassian-rest-module",
        "Atlassian REST - Module Types",
        "8.2.5",
        "",
        false,
        true,
        false,
        false,
        "",
    ),
    ("com.atlassian.applinks.applinks-plugin", "Application Links", "11.0.6", "", false, true, true, false, ""),
    (
        "com.atlassian.troubleshooting.plugin-practice",
        "Troubleshooting and Support",
        "2.4.0",
        "",
        false,
        true,
        true,
        false,
        "",
    ),
    ("com.example.calendar", "Team Calendar", "2.3.1", "2.4.0", true, true, true, true, "AAABpractice-calendar"),
    ("com.example.charts", "Charts", "5.0.2", "5.0.2", true, true, true, true, "AAABpractice-charts"),
    ("com.example.forms", "Forms", "1.9.0", "1.9.0", true, false, true, true, "AAABpractice-forms"),
    ("com.example.banner", "Banner", "1.2.0", "1.3.0", true, true, true, false, ""),
    ("com.example.backup", "Backup Pro", "3.1.0", "3.2.5", true, true, true, true, ""),
    ("com.example.inhouse", "Hausgemachtes", "0.7.0", "", true, true, true, false, ""),
];

/// Makes the state of a product's plugin manager.
pub(crate) fn world(product: &'static str) -> World {
    let cloud = product.is_empty();
    let wanted = |line: &&Line| !cloud || line.4 && line.0 != "com.example.inhouse";
    World::new(product, APPS.iter().filter(wanted).map(app).collect())
}

fn app(line: &Line) -> App {
    let (key, name, version, newest, user_installed, enabled, optional, licensing, licence) = *line;
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    App {
        key: key.into(),
        name: name.into(),
        version: version.into(),
        about: format!("{name} for practice."),
        vendor: if user_installed { "Example Apps" } else { "Atlassian" }.into(),
        enabled,
        user_installed,
        optional,
        licensing,
        licence: some(licence),
        newest: some(newest),
        modules: ["main", "rest"].map(|m| Module { key: m.into(), name: format!("{name}: {m}"), enabled: true }).into(),
    }
}

/// Makes an app that nobody has heard of before.
pub(crate) fn unknown(key: &str, version: &str) -> App {
    let name = key.rsplit('.').next().unwrap_or(key).to_owned();
    let modules = vec![Module { key: "main".into(), name: format!("{name}: main"), enabled: true }];
    App {
        key: key.into(),
        name,
        version: version.into(),
        about: String::new(),
        vendor: "Unknown".into(),
        enabled: true,
        user_installed: true,
        optional: true,
        licensing: false,
        licence: None,
        newest: None,
        modules,
    }
}
