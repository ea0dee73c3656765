//! The credentials of one's own, each with its token and its way out, and the token of a user.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::credential::{CredentialError, read, token};
use super::proxy::{PROXY_NAME, Proxy};

/// At most so many credentials are used side by side.
pub const CREDENTIALS_MAX: usize = 16;

/// The environment's name for the token of a user.
pub const USER_TOKEN_NAME: &str = "SPACELOG_USER_TOKEN";

/// The label of a user's token.
const USER: &str = "user";

/// The longest name of a credential.
const NAME_MAX: usize = 32;

/// A token, under its label, and the proxy that it goes by. It has no `Debug`.
#[derive(Clone)]
pub struct Credential {
    /// Its label, under which polls are recorded: where it came from, never what it is.
    pub name: String,
    /// The token.
    pub token: SecretString,
    /// The proxy, where there is one.
    pub proxy: Option<Proxy>,
}

/// Credentials as they were given: on the command line, or not at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Files with a token each.
    pub files: &'a [PathBuf],
    /// `NAME=FILE[,proxy=URL]`, hidden because there may be a password in it.
    pub named: &'a [SecretString],
    /// The proxy of all that name none of their own; without it, the environment's.
    pub proxy: Option<&'a SecretString>,
    /// The file of that proxy, where neither is given.
    pub proxy_file: Option<&'a Path>,
}

impl Given<'_> {
    /// Returns the credentials, one at least: those of files, then those with names; without any
    /// of these, the one of systemd's folder or of the environment.
    ///
    /// # Errors
    /// When there is none, or one cannot be used.
    pub fn credentials(&self) -> Result<Vec<Credential>, CredentialError> {
        let proxy = self.proxy()?;
        let mut all = Vec::new();
        for (place, file) in self.files.iter().enumerate() {
            let (token, label) = token(Some(file))?;
            let name = if place == 0 { label.to_owned() } else { format!("{label}-{}", place + 1) };
            all.push(Credential { name, token, proxy: proxy.clone() });
        }
        for text in self.named {
            all.push(named(text.expose_secret(), proxy.as_ref())?);
        }
        if all.is_empty() {
            let (token, label) = token(None)?;
            all.push(Credential { name: label.to_owned(), token, proxy });
        }
        if all.len() > CREDENTIALS_MAX {
            return Err(CredentialError::TooMany(all.len()));
        }
        for (place, one) in all.iter().enumerate() {
            if one.name == USER || all[..place].iter().any(|other| other.name == one.name) {
                return Err(CredentialError::Twice(one.name.clone()));
            }
        }
        Ok(all)
    }

    /// Returns the credential of a user, with which X tells what it tells to no app: of this file,
    /// or of the environment; `None` where there is neither.
    ///
    /// # Errors
    /// When the file holds none or is open to others, or the proxy is none.
    pub fn user(&self, file: Option<&Path>) -> Result<Option<Credential>, CredentialError> {
        let token = match file {
            Some(file) => Some(read(file, true)?),
            None => std::env::var(USER_TOKEN_NAME).ok().and_then(|text| {
                let text = text.trim().to_owned();
                (!text.is_empty()).then(|| SecretString::from(text))
            }),
        };
        let Some(token) = token else { return Ok(None) };
        Ok(Some(Credential { name: USER.to_owned(), token, proxy: self.proxy()? }))
    }

    /// Checks that a text names a credential and its file, as the configuration does.
    ///
    /// # Errors
    /// When it does not, or names a proxy with a user.
    pub fn is_named_file(text: &str) -> Result<(), String> {
        let (_, _, proxy) = parts(text).map_err(|error| error.to_string())?;
        match proxy {
            Some(Way::Url(url)) => Proxy::without_user(url).map(drop),
            Some(Way::File(_)) | None => Ok(()),
        }
    }

    /// Returns the same text with its files beside a file, where their paths are not whole.
    pub(super) fn beside(text: &str, folder: &Path) -> String {
        let join = |file: &str| folder.join(file).to_string_lossy().into_owned();
        match parts(text) {
            Ok((name, file, None)) => format!("{name}={}", join(file)),
            Ok((name, file, Some(Way::Url(url)))) => {
                format!("{name}={}{WAY_URL}{url}", join(file))
            }
            Ok((name, file, Some(Way::File(way)))) => {
                format!("{name}={}{WAY_FILE}{}", join(file), join(way))
            }
            Err(_) => text.to_owned(),
        }
    }

    fn proxy(&self) -> Result<Option<Proxy>, CredentialError> {
        let of_environment = || std::env::var(PROXY_NAME).ok().map(SecretString::from);
        let given = self.proxy.cloned().or_else(of_environment);
        let given = given.filter(|text| !text.expose_secret().trim().is_empty());
        match (given, self.proxy_file) {
            (Some(text), _) => Ok(Some(Proxy::parse(text.expose_secret())?)),
            (None, Some(path)) => Ok(Some(proxy_of(path)?)),
            (None, None) => Ok(None),
        }
    }
}

/// A credential's own way out.
enum Way<'a> {
    Url(&'a str),
    File(&'a str),
}

/// What stands before a credential's own proxy, and before the file of it.
const WAY_URL: &str = ",proxy=";
const WAY_FILE: &str = ",proxy_file=";

/// Reads `NAME=FILE[,proxy=URL|,proxy_file=FILE]`.
fn parts(text: &str) -> Result<(&str, &str, Option<Way<'_>>), CredentialError> {
    let (name, rest) = text.split_once('=').ok_or(CredentialError::NotNamed)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(is_name) {
        return Err(CredentialError::NotNamed);
    }
    let (file, way) = match (rest.split_once(WAY_FILE), rest.split_once(WAY_URL)) {
        (Some((file, way)), _) => (file, Some(Way::File(way))),
        (None, Some((file, url))) => (file, Some(Way::Url(url))),
        (None, None) => (rest, None),
    };
    if file.is_empty() {
        return Err(CredentialError::NotNamed);
    }
    Ok((name, file, way))
}

fn named(text: &str, proxy: Option<&Proxy>) -> Result<Credential, CredentialError> {
    let (name, file, way) = parts(text)?;
    let own = match way {
        Some(Way::Url(url)) => Some(Proxy::parse(url)?),
        Some(Way::File(path)) => Some(proxy_of(Path::new(path))?),
        None => None,
    };
    let token = read(Path::new(file), true)?;
    Ok(Credential { name: name.to_owned(), token, proxy: own.or_else(|| proxy.cloned()) })
}

/// Reads a proxy's address from a file that nobody else may read.
fn proxy_of(path: &Path) -> Result<Proxy, CredentialError> {
    Ok(Proxy::parse(read(path, true)?.expose_secret())?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("token-of-{name}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn given(named: &[String]) -> Result<Vec<(String, Option<String>)>, CredentialError> {
        let named: Vec<SecretString> = named.iter().map(|it| it.clone().into()).collect();
        let proxy = SecretString::from("http://common:1".to_owned());
        let given = Given { named: &named, proxy: Some(&proxy), ..Given::default() };
        let told = |it: Credential| (it.name, it.proxy.map(|proxy| proxy.address().to_owned()));
        Ok(given.credentials()?.into_iter().map(told).collect())
    }

    #[test]
    fn each_credential_has_its_name_and_its_own_proxy_or_that_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (file(folder.path(), "a"), file(folder.path(), "b"));
        let named = [
            format!("first={}", a.display()),
            format!("second={},proxy=socks5://me:hush@own:1080", b.display()),
        ];
        let expected = [("first", "http://common:1"), ("second", "socks5://own:1080")];
        let expected = expected.map(|(name, way)| (name.to_owned(), Some(way.to_owned())));
        assert_eq!(given(&named).unwrap(), expected);
        let files = Given { files: &[a, b], ..Given::default() }.credentials().unwrap();
        assert_eq!(files[0].name, "token-file");
        assert_eq!(
            (files[1].name.as_str(), files[1].token.expose_secret()),
            ("token-file-2", "token-of-b")
        );
    }

    #[test]
    fn a_credential_without_a_name_or_with_a_wrong_one_is_refused_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let a = file(folder.path(), "a").display().to_string();
        let refused = [
            vec![a.clone()],
            vec![format!("={a}")],
            vec![format!("two words={a}")],
            vec!["name=".to_owned()],
            vec![format!("user={a}")],
            vec![format!("one={a}"), format!("one={a}")],
            vec![format!("one={a},proxy=gopher://me:hush@p")],
            (0..=CREDENTIALS_MAX).map(|it| format!("n{it}={a}")).collect(),
        ];
        for named in refused {
            let error = given(&named).unwrap_err();
            assert!(!error.to_string().contains("hush"), "{error}");
        }
    }
}
