//! Files that a service wants at another address than its own: sent there without any credential.

use super::connection::Connection;
use crate::{
    error::{Error, Result},
    http::{self, Address, Body, Client, Credentials, Method, Part, Request},
    secret,
    services::Kind,
};
use std::path::Path;

impl<K: Kind> Connection<K> {
    /// Posts `file` as it is to `address`, which the service gave for it. Nothing else goes along.
    ///
    /// Such an address is a secret: whoever has it may write there.
    pub(super) fn hand_over(&self, address: &str, file: &str) -> Result<()> {
        let options = self.account.settings().options.clone();
        if options.read_only || options.simulate.is_some() {
            return Err(Error::client(format_args!("this run sends nothing, {file} included")));
        }
        let (server, path) = Address::split(address, options.insecure)?;
        secret::hide(&path);
        // Says why the file cannot be read, before anything is sent.
        Part::file("file", Path::new(file))?;
        let (path, query) = http::query_pairs(&path);
        let mut request = Request::new(Method::Post, path);
        request.query = query;
        request.body = Body::File(file.into(), "application/octet-stream".to_owned());
        let client = Client::new(K::SERVICE, server, options);
        let bar = super::progress::bar(&self.world.context, file);
        let answer = self.world.wait(client.transfer(&request, &Credentials::Nothing, &bar))?;
        if answer.status >= 300 { Err(http::failure(K::SERVICE, &request, &answer)) } else { Ok(()) }
    }
}
