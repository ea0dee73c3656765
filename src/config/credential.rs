//! The token: from a file, systemd's credentials folder, or the environment; never an argument.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;

use super::proxy::ProxyError;

/// The environment's names for the token, in the order in which they are looked for.
pub const TOKEN_NAMES: [&str; 4] =
    ["SPACELOG_BEARER_TOKEN", "X_BEARER_TOKEN", "TWITTER_BEARER_TOKEN", "BEARER_TOKEN"];

/// The name of the token in systemd's credentials folder.
const SYSTEMD_NAME: &str = "bearer-token";

/// A token file is no larger than this; a larger one is some other file.
const TOKEN_BYTES_MAX: u64 = 16 * 1024;

/// Why there is no token.
#[derive(Debug, Error)]
pub enum CredentialError {
    /// Nobody gave one.
    #[error("there is no bearer token")]
    Missing,
    /// The file cannot be read.
    #[error("cannot read the token file `{path}`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is open to others.
    #[error("others may read the token file `{path}` (mode {mode:03o})")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Not `NAME=FILE`, with or without a proxy. It is not repeated: a password may be in it.
    #[error("a credential is given as `NAME=FILE` or `NAME=FILE,proxy=URL`")]
    NotNamed,
    /// Two of one name.
    #[error("the credential's name `{0}` is taken")]
    Twice(String),
    /// More than [`super::CREDENTIALS_MAX`].
    #[error("`{0}` credentials: at most 16 are used side by side")]
    TooMany(usize),
    /// The proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The file holds nothing, or far too much, or no text.
    #[error("the token file `{0}` holds no token")]
    NoToken(PathBuf),
}

/// Returns the token and its label (where it came from, never what it is).
///
/// # Errors
/// When there is none, or a file that was named holds none or is open to others.
pub fn token(file: Option<&Path>) -> Result<(SecretString, &'static str), CredentialError> {
    if let Some(path) = file {
        return Ok((read(path, true)?, "token-file"));
    }
    if let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") {
        let path = PathBuf::from(folder).join(SYSTEMD_NAME);
        if path.exists() {
            // systemd guards this folder itself; its files may be readable by the service's group.
            return Ok((read(&path, false)?, "systemd"));
        }
    }
    let found = TOKEN_NAMES.iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        let value = value.trim().to_owned();
        (!value.is_empty()).then(|| SecretString::from(value))
    });
    found.map(|token| (token, "environment")).ok_or(CredentialError::Missing)
}

/// Returns the secret in a file that nobody else may read.
///
/// # Errors
/// When it cannot be read, holds none, or is open to others.
pub fn secret(path: &Path) -> Result<SecretString, CredentialError> {
    read(path, true)
}

pub(super) fn read(path: &Path, alone: bool) -> Result<SecretString, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let mode = metadata.permissions().mode() & 0o777;
    if alone && mode & 0o077 != 0 {
        return Err(CredentialError::Open { path: path.to_owned(), mode });
    }
    if metadata.len() > TOKEN_BYTES_MAX {
        return Err(CredentialError::NoToken(path.to_owned()));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let token = text.trim();
    if token.is_empty() {
        return Err(CredentialError::NoToken(path.to_owned()));
    }
    Ok(SecretString::from(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn a_token_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "secret-token\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(token(Some(&path)), Err(CredentialError::Open { mode: 0o644, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let (read, label) = token(Some(&path)).unwrap();
        assert_eq!((read.expose_secret(), label), ("secret-token", "token-file"));
    }
}
