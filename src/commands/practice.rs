//! The practice servers: for a run with `--sandbox`, and by themselves.

use crate::{
    auth::Value,
    context::Context,
    error::{Error, Result},
    http::{self, Interrupt},
    sandbox::{Account, Sandbox, Site},
    script::Practice,
    services::Deployment,
};
use std::rc::Rc;

fn start() -> Result<Sandbox> {
    Sandbox::start().map_err(|e| Error::client(format_args!("cannot start the practice servers: {e}")))
}

/// Starts the practice servers for one run and returns what leads its connections to them.
pub(super) fn connect() -> Result<Box<Practice>> {
    let sandbox = start()?;
    Ok(Box::new(move |service, deployment| {
        let first = service.flavours.first().map_or(Deployment::Cloud, |flavour| flavour.deployment);
        let deployment = deployment.unwrap_or(first).name();
        let site = sandbox.site(service.name, deployment);
        let none = || Error::client(format_args!("there is no practice server for {} ({deployment})", service.title));
        Ok(parameters(site.ok_or_else(none)?))
    }))
}

/// Signs in as the first account: by token on Cloud, by password on Server, as most people do.
fn parameters(site: &Site) -> Vec<(String, Value)> {
    let mut out = vec![("server", site.url.as_str()), ("deployment", site.deployment)];
    if let Some(account) = site.accounts.first() {
        out.extend(site.credentials(account));
    }
    out.into_iter().map(|(name, value)| (name.to_owned(), Value::Text(value.to_owned()))).collect()
}

/// Writes an account as the options that sign it in.
fn options(site: &Site, account: &Account) -> String {
    let mut pairs = site.credentials(account);
    if ![account.user, account.password, account.token].contains(&"") {
        pairs = vec![("user", account.user), ("password", account.password), ("token", account.token)];
    }
    let options: Vec<String> = pairs.iter().map(|(name, value)| format!("--{name} {value}")).collect();
    options.join(" ")
}

/// Starts the practice servers, says where they are and who may sign in, and waits for Ctrl-C.
pub(super) fn serve(context: &Rc<Context>, interrupt: &Interrupt) -> Result<u8> {
    let sandbox = start()?;
    for site in sandbox.sites().iter().filter(|site| !site.accounts.is_empty()) {
        context.print(&format!("{} ({})  {}", site.service, site.deployment, site.url));
        for account in &site.accounts {
            context.print(&format!("    {}    {}", options(site, account), account.about));
        }
    }
    context.flush();
    context.note("Ctrl-C stops them.");
    // The interrupt is the ordinary end of this command.
    let _ = http::wait(interrupt, std::future::pending::<Result<()>>());
    Ok(0)
}
