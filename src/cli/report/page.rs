//! What to do where the local server refuses, or cannot start.

use std::net::SocketAddr;

use super::Failure;
use crate::config::{AccessError, CredentialError};
use crate::serve::{Denied, Refusal, RefusalKind};

/// Returns what to do about a refusal of the local server.
pub fn hint(denied: &Denied) -> Option<String> {
    let now = match denied {
        Denied::NoHost | Denied::OtherHost => {
            "open the address that was printed when the server started"
        }
        Denied::Method | Denied::Body => "ask with GET, without a body; nothing here changes data",
        Denied::OtherSite => "open the page itself; other sites may link to pages, and no more",
        Denied::LinkedHere { .. } => "open the address yourself",
        Denied::TooLong => "ask for less at a time",
        Denied::NoAccess => {
            "send the token of --access-token-file: `Authorization: Bearer TOKEN`, or as the \
             password that the browser asks for"
        }
        Denied::TokenInAddress => "send it as `Authorization: Bearer TOKEN`, and make a new one",
        Denied::NoSuchPath | Denied::UnknownParameter(_) | Denied::Parameter { .. } => {
            "every page is linked at /; /api/openapi.json describes the addresses of the API and \
             their parameters"
        }
        Denied::Busy(_) | Denied::Gone => "try again in a moment",
        Denied::Late => "ask for less at a time, or try again in a moment",
        Denied::Refused(refusal) if refusal.kind == RefusalKind::NotFound => {
            "/spaces lists the Spaces that are known"
        }
        Denied::Refused(refusal) => return Failure::from(refusal.clone()).now,
    };
    Some(now.to_owned())
}

/// Returns the failure to listen where somebody wanted it.
pub fn not_open(address: SocketAddr, error: &std::io::Error) -> Failure {
    let failure = Failure::new(1, format!("cannot listen at `{address}`")).because(Some(error));
    failure.hint("stop what listens there, or name another address with `--listen`")
}

/// A failure to answer, as whoever asks from elsewhere is told.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let kind = match failure.code {
            2 => RefusalKind::Usage,
            6 => RefusalKind::Storage,
            7 => RefusalKind::NotFound,
            _ => RefusalKind::Failure,
        };
        Self { kind, message: failure.what, causes: failure.why }
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        let hint = match error {
            AccessError::Open(_) => {
                "put one into a file that only you may read, and give --access-token-file FILE; or \
                 listen on this machine only, such as 127.0.0.1:7878"
            }
            AccessError::Short => {
                "put a long one into the file, such as `openssl rand -hex 32` makes"
            }
            AccessError::File(error @ CredentialError::Open { .. }) => {
                return Self { code: 2, ..error.into() };
            }
            AccessError::File(CredentialError::NoToken(_)) => "put the access token alone into it",
            AccessError::File(_) => "look at the file's name and permissions",
            AccessError::Config(error) => return error.into(),
        };
        Self::of(2, &error).hint(hint)
    }
}
