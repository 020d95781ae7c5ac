//! Apps: what there is, on and off, gone.

use super::world::{App, Module};
use super::{Call, Outcome, Refusal, refuse};
use crate::sandbox::http::{Reply, encode};
use serde_json::{Value, json};

impl Call<'_> {
    /// Returns the address of an app on this host.
    pub(super) fn app_link(&self, key: &str) -> String {
        format!("{}/{}-key", self.root, encode(key).replace("%2E", ".").replace("%2D", "-"))
    }

    /// Writes an app as lists do.
    pub(super) fn brief(&self, app: &App) -> Value {
        let own = self.app_link(&app.key);
        let mut links = json!({
            "self": own, "plugin-summary": format!("{own}/summary"), "modify": own,
            "plugin-icon": format!("{own}/media/plugin-icon"),
        });
        if app.user_installed {
            links["delete"] = json!(own);
        }
        json!({
            "enabled": app.enabled && !(self.world.safe_mode && app.user_installed), "links": links, "name": app.name, "version": app.version,
            "userInstalled": app.user_installed, "optional": app.optional, "static": false, "unloadable": true,
            "description": app.about, "key": app.key, "usesLicensing": app.licensing, "remotable": self.cloud,
            "vendor": { "name": app.vendor, "marketplaceLink": "https://marketplace.example/vendors/1", "link": "https://apps.example" },
        })
    }

    fn whole(&self, app: &App) -> Value {
        let mut whole = self.brief(app);
        whole["modules"] = app.modules.iter().map(|m| self.module_document(app, m)).collect();
        whole
    }

    fn module_document(&self, app: &App, module: &Module) -> Value {
        let own = format!("{}/modules/{}-key", self.app_link(&app.key), module.key);
        json!({
            "key": module.key, "completeKey": format!("{}:{}", app.key, module.key), "links": { "self": own },
            "name": module.name, "enabled": module.enabled && app.enabled, "optional": true,
            "recognisableType": true, "broken": false,
        })
    }

    /// Writes an app with what the marketplace and the licence say.
    fn in_marketplace(&self, app: &App) -> Value {
        let mut whole = self.brief(app);
        whole["updateAvailable"] = json!(app.has_update());
        if let Some(newest) = app.newest.as_ref().filter(|_| app.has_update()) {
            whole["update"] = json!({ "version": newest, "links": { "binary": binary(&app.key, newest) } });
        }
        if app.licensing {
            whole["licenseDetails"] = super::licence::document(app);
        }
        whole
    }
}

/// Returns where the marketplace has a version of an app.
fn binary(key: &str, version: &str) -> String {
    format!("https://marketplace.example/download/apps/{key}-{version}.jar")
}

pub(super) fn list(call: &mut Call) -> Outcome {
    let plugins: Vec<Value> = call.world.apps.iter().map(|app| call.brief(app)).collect();
    let root = call.root.clone();
    let body = json!({
        "plugins": plugins,
        "links": {
            "self": format!("{root}/"), "installed-marketplace": format!("{root}/installed-marketplace"),
            "pending-tasks": format!("{root}/pending/"), "safe-mode": format!("{root}/safe-mode"),
        },
        "hostStatus": { "hostProductKey": call.world.product },
    });
    let token = call.world.give_token(call.user);
    Ok(Reply::typed(200, "application/vnd.atl.plugins.installed+json", body.to_string()).with("upm-token", token))
}

pub(super) fn marketplace(call: &mut Call) -> Outcome {
    let only = call.request.param("updates") == Some("true");
    let apps = call.world.apps.iter().filter(|app| if only { app.has_update() } else { app.user_installed });
    let plugins: Vec<Value> = apps.map(|app| call.in_marketplace(app)).collect();
    let links = json!({ "self": format!("{}/installed-marketplace", call.root), "update-all": format!("{}/updates/all", call.root) });
    Call::ok("installed", &json!({ "plugins": plugins, "links": links }))
}

pub(super) fn app(call: &mut Call) -> Outcome {
    Call::ok("plugin", &call.whole(&call.world.apps[call.place()?]))
}

pub(super) fn app_marketplace(call: &mut Call) -> Outcome {
    Call::ok("plugin", &call.in_marketplace(&call.world.apps[call.place()?]))
}

/// What the marketplace has: the newest version and where it is.
pub(super) fn available(call: &mut Call) -> Outcome {
    let app = &call.world.apps[call.place()?];
    let newest = app.newest.as_ref();
    let newest =
        newest.ok_or_else(|| refuse(404, "upm.plugin.error.not.found", "The app is not in the marketplace."))?;
    let links =
        json!({ "self": format!("{}/available/{}-key", call.root, app.key), "binary": binary(&app.key, newest) });
    Call::ok(
        "available.plugin",
        &json!({
            "key": app.key, "name": app.name, "version": newest, "installed": true, "installable": true, "links": links,
            "usesLicensing": app.licensing, "summary": app.about,
        }),
    )
}

pub(super) fn change(call: &mut Call) -> Outcome {
    let at = call.place()?;
    let body = call.body(&["application/vnd.atl.plugins.plugin+json", "application/vnd.atl.plugins+json"])?;
    let status = || Some(body["status"].as_str()? == "enabled");
    let enabled = body["enabled"].as_bool().or_else(status);
    let enabled = enabled.ok_or_else(|| refuse(400, "upm.plugin.error.invalid", "enabled must be true or false"))?;
    call.not_in_safe_mode()?;
    let app = &mut call.world.apps[at];
    if !enabled && !app.optional {
        return Err(refuse(403, "upm.pluginDisable.error.required", "This plugin is required and cannot be disabled."));
    }
    app.enabled = enabled;
    Call::ok("plugin", &call.whole(&call.world.apps[at]))
}

pub(super) fn uninstall(call: &mut Call) -> Outcome {
    let at = call.place()?;
    call.not_in_safe_mode()?;
    if !call.world.apps[at].user_installed {
        let words = "System plugins cannot be uninstalled.";
        return Err(refuse(403, "upm.pluginUninstall.error.plugin.is.system", words));
    }
    call.world.apps.remove(at);
    Ok(Reply::empty(204))
}

fn module_place(call: &Call) -> Result<(usize, usize), Refusal> {
    let app = call.place()?;
    let module = call.world.apps[app].modules.iter().position(|m| m.key == call.arg(1));
    let module =
        module.ok_or_else(|| refuse(404, "upm.plugin.error.module.not.found", "No module with that key was found."))?;
    Ok((app, module))
}

pub(super) fn module(call: &mut Call) -> Outcome {
    let (app, module) = module_place(call)?;
    let app = &call.world.apps[app];
    Call::ok("plugin.module", &call.module_document(app, &app.modules[module]))
}

pub(super) fn change_module(call: &mut Call) -> Outcome {
    let (app, module) = module_place(call)?;
    let body = call.body(&["application/vnd.atl.plugins.plugin.module+json", "application/vnd.atl.plugins+json"])?;
    let enabled = body["enabled"].as_bool();
    let enabled = enabled.ok_or_else(|| refuse(400, "upm.plugin.error.invalid", "enabled must be true or false"))?;
    call.world.apps[app].modules[module].enabled = enabled;
    let app = &call.world.apps[app];
    Call::ok("plugin.module", &call.module_document(app, &app.modules[module]))
}

fn safe_mode_document(call: &Call) -> Value {
    json!({ "enabled": call.world.safe_mode, "links": { "self": format!("{}/safe-mode", call.root) } })
}

pub(super) fn safe_mode(call: &mut Call) -> Outcome {
    Call::ok("safe.mode.flag", &safe_mode_document(call))
}

/// In safe mode everything that people have installed is off; leaving it restores what was, unless told to keep it.
pub(super) fn set_safe_mode(call: &mut Call) -> Outcome {
    let body = call.body(&["application/vnd.atl.plugins.safe.mode.flag+json"])?;
    let on = body["enabled"].as_bool();
    let on = on.ok_or_else(|| refuse(400, "upm.safeMode.error.invalid", "enabled must be true or false"))?;
    if on == call.world.safe_mode {
        return Err(refuse(409, "upm.safeMode.error.already", "Safe mode is that way already."));
    }
    call.world.safe_mode = on;
    if !on && call.request.param("keepState") == Some("true") {
        call.world.apps.iter_mut().filter(|app| app.user_installed).for_each(|app| app.enabled = false);
    }
    Call::ok("safe.mode.flag", &safe_mode_document(call))
}
