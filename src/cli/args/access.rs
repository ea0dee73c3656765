//! Arguments of whatever asks X: where it is, with which tokens, and by which way.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use secrecy::SecretString;

use super::{Asking, Output, parse};
use crate::config::{API_URL, Given, Key, Layer, Origin, PROXY_NAME, Resolved, Why};

/// How X is reached.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Access {
    /// The origin of the API: https, or http on this machine [default: https://api.x.com]
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Read the bearer token from this file, which nobody else may read; may be given several times
    #[arg(long = "bearer-token-file", value_name = "FILE")]
    pub bearer_token_files: Vec<PathBuf>,
    /// One more credential: its name, the file of its token, and perhaps its own proxy; may be given
    /// several times
    #[arg(long = "credential", value_name = "NAME=FILE[,proxy=URL]", value_parser = parse::secret)]
    pub credentials: Vec<SecretString>,
    /// Go out through this proxy: http, https or socks5 [default: SPACELOG_PROXY, the place for one
    /// with a password, else none]
    #[arg(long, value_name = "URL", value_parser = parse::secret)]
    pub proxy: Option<SecretString>,
    /// The file that the configuration names for the proxy's address.
    #[arg(skip)]
    pub proxy_file: Option<PathBuf>,
}

impl Access {
    /// Returns the origin of the API.
    pub fn api_url(&self) -> &str {
        self.api_url.as_deref().unwrap_or(API_URL)
    }

    /// Adds to the flags' settings what the environment and the file may give too.
    ///
    /// # Errors
    /// When a value is wrong.
    pub fn put_into(&self, layer: &mut Layer) -> Result<(), Why> {
        if let Some(url) = &self.api_url {
            layer.put(Key::ApiUrl, vec![url.clone()], Origin::Flag)?;
        }
        if let Some(file) = self.bearer_token_files.first() {
            let file = file.to_str().ok_or_else(|| Why("the file is no text in UTF-8".into()))?;
            layer.put(Key::BearerTokenFile, vec![file.to_owned()], Origin::Flag)?;
        }
        Ok(())
    }

    /// Returns the same with what environment and file say where no flag does.
    #[must_use]
    pub fn over(&self, resolved: &Resolved) -> Self {
        let mut it = self.clone();
        let url = resolved.get(Key::ApiUrl).and_then(|(values, _)| values.first());
        it.api_url = it.api_url.or_else(|| url.cloned());
        if it.bearer_token_files.is_empty() {
            it.bearer_token_files.extend(resolved.bearer_token_file());
        }
        if it.credentials.is_empty() {
            let named =
                resolved.get(Key::Credentials).map(|(values, _)| values).unwrap_or_default();
            it.credentials.extend(named.iter().cloned().map(SecretString::from));
        }
        let proxy = resolved.get(Key::Proxy).and_then(|(values, _)| values.first());
        // What the environment says comes before the file, and is read where it is used.
        let is_named = it.proxy.is_some() || std::env::var_os(PROXY_NAME).is_some();
        if !is_named {
            it.proxy = proxy.cloned().map(SecretString::from);
            it.proxy_file = resolved.proxy_file();
        }
        it
    }

    /// Returns the credentials as they were given.
    pub fn given(&self) -> Given<'_> {
        Given {
            files: &self.bearer_token_files,
            named: &self.credentials,
            proxy: self.proxy.as_ref(),
            proxy_file: self.proxy_file.as_deref(),
        }
    }
}

/// `doctor`
#[derive(Debug, ClapArgs)]
pub struct Doctor {
    /// Ask at search and users_by, too: that may cost a Space, its people and a user
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub asking: Asking,
    #[command(flatten)]
    pub output: Output,
}
