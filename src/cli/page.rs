//! Where pages and API are served: opened before anything else begins, and said.

use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::args::Listening;
use super::output::say;
use super::report::{Failure, page};
use crate::config::{Layer, Resolved, Served};
use crate::serve::Http;

/// Returns the settings that these flags give, with what environment and file say beside them.
pub fn resolved(flags: &Listening, config: Option<PathBuf>) -> Result<Resolved, Failure> {
    let mut layer = Layer::default();
    flags.put_into(&mut layer).map_err(|error| Failure::of(2, &error))?;
    Ok(Resolved::new(layer, config)?)
}

/// Returns where the settings say to listen; `None` where they say `off`.
pub fn served(resolved: &Resolved) -> Result<Option<Served>, Failure> {
    Ok(Served::of(resolved)?)
}

/// Listens there, and says where that is. `None` where nobody wants it, and where the usual address
/// is taken, which is said: what else is to be done goes on without.
pub fn open(served: Option<Served>) -> Result<Option<Http>, Failure> {
    let Some(served) = served else { return Ok(None) };
    let token = served.token.map(|token| blake3::hash(token.expose_secret().as_bytes()));
    match Http::open(served.address, token, page::hint) {
        Ok(http) => {
            say(&format!("page and API at {}", http.url()));
            Ok(Some(http))
        }
        Err(error) if !served.is_named => {
            let address = served.address;
            say(&format!("no page: cannot listen at {address}: {error}; --listen names another"));
            Ok(None)
        }
        Err(error) => Err(page::not_open(served.address, &error)),
    }
}
