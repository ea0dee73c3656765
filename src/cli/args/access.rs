//! Arguments of whatever asks X: where it is, with which tokens, and by which way.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use secrecy::SecretString;

use super::{Output, parse};
use crate::config::Given;

/// How X is reached.
#[derive(Clone, Debug, ClapArgs)]
pub struct Access {
    /// The origin of the API: https, or http on this machine
    #[arg(long, value_name = "URL", default_value = crate::config::API_URL)]
    pub api_url: String,
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
}

impl Access {
    /// Returns the credentials as they were given.
    pub fn given(&self) -> Given<'_> {
        Given {
            files: &self.bearer_token_files,
            named: &self.credentials,
            proxy: self.proxy.as_ref(),
        }
    }
}

/// `doctor`
#[derive(Debug, ClapArgs)]
pub struct Doctor {
    #[command(flatten)]
    pub access: Access,
    #[command(flatten)]
    pub output: Output,
}
