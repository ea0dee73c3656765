//! Where the local server listens, and the access token that whoever asks from elsewhere brings.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

use super::credential::{CredentialError, read};
use super::{ConfigError, Key, Origin, Resolved, Why, parse};

/// An access token is at least so long: a short one can be guessed.
const TOKEN_CHARS_MIN: usize = 16;

/// Where the local server listens, and who may ask.
#[derive(Debug)]
pub struct Served {
    /// The address; port 0 is any that is free.
    pub address: SocketAddr,
    /// Whether somebody named it: then another one will not do.
    pub is_named: bool,
    /// The access token, where there is one.
    pub token: Option<SecretString>,
}

/// Why the local server may not start.
#[derive(Debug, Error)]
pub enum AccessError {
    /// Others can reach it, and nobody says who may ask.
    #[error("other machines can reach `{0}`, and there is no access token")]
    Open(SocketAddr),
    /// The token can be guessed.
    #[error("the access token has fewer than 16 characters")]
    Short,
    /// The file that holds the token.
    #[error(transparent)]
    File(#[from] CredentialError),
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Served {
    /// Returns where the local server listens and who may ask; `None` where it is off.
    ///
    /// # Errors
    /// When the address or the token cannot be used, or when other machines could ask without one.
    pub fn of(resolved: &Resolved) -> Result<Option<Self>, AccessError> {
        let Some((values, origin)) = resolved.get(Key::Listen) else { return Ok(None) };
        let text = values.first().map(String::as_str).unwrap_or_default();
        let wrong = |why| ConfigError::Setting { name: Key::Listen.name(), why: Why(why) };
        let Some(address) = parse::listen(text).map_err(wrong)? else { return Ok(None) };
        let file = resolved.path(Key::AccessTokenFile);
        let token = file.map(|file| read(&file, true)).transpose()?;
        match &token {
            None if !address.ip().is_loopback() => Err(AccessError::Open(address)),
            Some(token) if token.expose_secret().chars().count() < TOKEN_CHARS_MIN => {
                Err(AccessError::Short)
            }
            _ => Ok(Some(Self { address, is_named: *origin != Origin::Default, token })),
        }
    }
}
