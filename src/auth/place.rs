//! Where a server stands: which flavour it is, which version, and whether the vendor's gateway is the place to send to.

use super::Account;
use crate::{
    error::{Error, Result},
    http::{self, Address, Answer, Client, Credentials, Method, Request},
    json::Json,
    services::{Deployment, Flavour, Question},
};

/// Where tokens with scopes work, and all tokens of service accounts.
const GATEWAY: &str = "https://api.atlassian.com";

/// Answers without a credential, with the site's id for the gateway.
const TENANT: &str = "/_edge/tenant_info";

impl Account {
    /// Returns the flavour: as said, as the host's name or the credential tells, or as the server itself does.
    pub async fn flavour(&self) -> Result<&'static Flavour> {
        if let Some(flavour) = self.flavour.get() {
            return Ok(flavour);
        }
        let service = self.settings.service;
        let deployment = match (self.settings.deployment.or_else(|| self.settings.implied()), service.ask) {
            (Some(deployment), _) => deployment,
            (None, Some(question)) => self.ask_flavour(&question).await?,
            (None, None) => Deployment::Server,
        };
        let flavour = service.flavour(deployment);
        let flavour =
            flavour.ok_or_else(|| Error::client(format_args!("there is no {} of this deployment", service.title)))?;
        Ok(self.flavour.get_or_init(|| flavour))
    }

    async fn ask_flavour(&self, question: &Question) -> Result<Deployment> {
        let request = Request::new(Method::Get, question.path);
        let answer = self.site.send(&request, &Credentials::Nothing).await?;
        let is_json = answer.content.as_json().is_some();
        if matches!(answer.status, 401 | 403) || question.refusal_is_server && (answer.status >= 400 || !is_json) {
            // Cloud always answers this; a server behind a gate may not.
            return Ok(Deployment::Server);
        }
        let info = self.info(&request, &answer)?;
        Ok(if (question.is_cloud)(&info) { Deployment::Cloud } else { Deployment::Server })
    }

    fn info(&self, request: &Request, answer: &Answer) -> Result<Json> {
        let service = self.settings.service;
        let info = if answer.status < 400 {
            answer.data(service, request)
        } else {
            Err(http::failure(service, request, answer))
        };
        let info = info.map_err(|error| {
            let place = self.settings.address.as_str().to_owned();
            error.hint(format!(
                "{place} does not look like {}: check `server`, the base address including its context path",
                service.title
            ))
        })?;
        Ok(info.unwrap_or(Json::Null))
    }

    /// Returns major and minor version of the server.
    pub(super) async fn version(&self, flavour: &Flavour) -> Option<(u64, u64)> {
        let request = Request::new(Method::Get, flavour.version?);
        let answer = self.site.send(&request, &Credentials::Nothing).await.ok()?;
        let version = answer.member("version")?;
        let mut numbers = version.split('.').map_while(|part| part.parse().ok());
        Some((numbers.next()?, numbers.next().unwrap_or(0)))
    }

    /// Returns the way to the server, or to the gateway that stands for it.
    pub(super) fn client(&self) -> &Client {
        self.gateway.get().unwrap_or(&self.site)
    }

    /// Returns the site's id, where the gateway is used.
    pub fn cloud_id(&self) -> Option<&str> {
        self.gateway.get()?.address().as_str().rsplit('/').next()
    }

    /// Sends to the gateway from the start, where the site's id is known or the credential works only there.
    pub(super) async fn settle_place(&self, flavour: &Flavour, only_gateway: bool) -> Result<()> {
        if self.gateway.get().is_some() || self.settings.cloud_id.is_none() && !only_gateway {
            return Ok(());
        }
        if let Some(address) = self.gateway_address(flavour).await? {
            let made = self.client_at(address);
            self.gateway.get_or_init(|| made);
        }
        Ok(())
    }

    /// Says whether the answer may be the site's to a token that works only at the gateway.
    pub(super) fn is_unknown(&self, request: &Request, answer: &Answer) -> bool {
        let refused = answer.status == 401 && answer.user().is_none() && !answer.is_websudo();
        self.gateway.get().is_none() && (refused || request.reads && answer.is_anonymous())
    }

    /// Asks once whether the gateway knows the credential that the site does not, and if so goes there from now on.
    pub(super) async fn move_to_gateway(&self, credentials: &Credentials) -> Result<bool> {
        let flavour = self.flavour().await?;
        if !matches!(credentials, Credentials::Basic { .. }) || flavour.gateway.is_none() {
            return Ok(false);
        }
        let mut tried = self.gateway_tried.lock().await;
        if std::mem::replace(&mut *tried, true) {
            return Ok(self.gateway.get().is_some());
        }
        let Some(address) = self.gateway_address(flavour).await? else { return Ok(false) };
        let client = self.client_at(address);
        let answer = client.send(&Request::new(Method::Get, flavour.who.path), credentials).await?;
        if answer.status >= 400 || answer.is_anonymous() {
            return Ok(false);
        }
        let (name, place) = (self.settings.service.name, client.address().as_str().to_owned());
        (self.settings.options.say)(&format!("{name}: this token has scopes; it is used at {place}"));
        self.gateway.get_or_init(|| client);
        Ok(true)
    }

    fn client_at(&self, address: Address) -> Client {
        Client::new(self.settings.service, address, self.settings.options.clone())
    }

    /// Returns the gateway's address for this site. A site that is not the vendor's has none, unless one was given.
    async fn gateway_address(&self, flavour: &Flavour) -> Result<Option<Address>> {
        let settings = &self.settings;
        let is_vendors = settings.service.deployment_of(settings.address.host()) == Some(Deployment::Cloud);
        let given = settings.gateway.as_ref().map(Address::as_str);
        let Some(base) = given.or(is_vendors.then_some(GATEWAY)) else { return Ok(None) };
        let (Some(product), Some(id)) = (flavour.gateway, self.site_id().await) else { return Ok(None) };
        Address::parse(&format!("{base}/ex/{product}/{id}"), settings.options.insecure).map(Some)
    }

    async fn site_id(&self) -> Option<String> {
        if let Some(id) = &self.settings.cloud_id {
            return Some(id.clone());
        }
        let answer = self.site.send(&Request::new(Method::Get, TENANT), &Credentials::Nothing).await.ok()?;
        answer.member("cloudId")
    }
}
