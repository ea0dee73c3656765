//! X, with each credential that was given.

use super::args::Access;
use super::report::Failure;
use crate::clock::Clock;
use crate::config::Credential;
use crate::poll::{Client, DEADLINE, Http, Transport};

/// Returns X with each credential; nothing is asked yet.
pub fn clients(it: &Access, clock: &Clock) -> Result<Vec<Client>, Failure> {
    // An address that cannot be asked is said before a token that is not there.
    drop(Http::new(it.api_url(), DEADLINE)?);
    let credentials = it.given().credentials()?;
    credentials.into_iter().map(|credential| client(it, credential, clock)).collect()
}

/// Returns X with one credential.
pub fn client(it: &Access, credential: Credential, clock: &Clock) -> Result<Client, Failure> {
    let Credential { name, token, proxy } = credential;
    let http = Http::through(proxy, it.api_url(), DEADLINE)?;
    Client::new(Transport::Http(http), token, name, clock.clone())
        .map_err(|error| Failure::of(3, &error).hint("put the bearer token alone into the file"))
}
