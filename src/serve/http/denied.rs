//! Why a request over HTTP gets no answer, and with which status.

use thiserror::Error;

use super::super::{Refusal, RefusalKind};

/// Why a request gets no answer. What to do about it is worded where people are spoken to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Denied {
    /// No `Host`, several, or one that is no text.
    #[error("the request does not say which host it is for")]
    NoHost,
    /// Another host than this one: a name that somebody else made point here, perhaps.
    #[error("the request is for another host than this one")]
    OtherHost,
    /// Something else than GET and HEAD.
    #[error("only GET and HEAD are answered")]
    Method,
    /// A page of another site asks.
    #[error("a page of another site asks")]
    OtherSite,
    /// A link of another site leads here: whoever followed it is asked first.
    #[error("a link of another site leads here")]
    LinkedHere {
        /// The path and its query, which begin with one `/`.
        to: String,
    },
    /// A request with a body.
    #[error("a request has no body here")]
    Body,
    /// The path and its query are longer than anything here.
    #[error("the address is too long")]
    TooLong,
    /// No access token, or a wrong one.
    #[error("an access token is needed")]
    NoAccess,
    /// A token in the address, where histories and logs keep it.
    #[error("an access token has no place in an address")]
    TokenInAddress,
    /// Nothing is there.
    #[error("nothing is at this address")]
    NoSuchPath,
    /// A parameter that is not known here.
    #[error("`{0}` is no parameter here")]
    UnknownParameter(String),
    /// A parameter with a value that cannot be.
    #[error("the parameter `{name}` is wrong")]
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// As many requests or streams are open as may be.
    #[error("as many {0} are under way as may be")]
    Busy(&'static str),
    /// The answer did not come in time.
    #[error("the answer took too long")]
    Late,
    /// Whoever has the files went away.
    #[error("whoever owns the files went away")]
    Gone,
    /// Whoever has the files refuses.
    #[error("{}", .0.message)]
    Refused(Refusal),
}

impl Denied {
    /// Returns the HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoHost
            | Self::TokenInAddress
            | Self::UnknownParameter(_)
            | Self::Parameter { .. } => 400,
            Self::NoAccess => 401,
            Self::OtherSite | Self::LinkedHere { .. } => 403,
            Self::NoSuchPath => 404,
            Self::Method => 405,
            Self::Body => 413,
            Self::TooLong => 414,
            Self::OtherHost => 421,
            Self::Busy(_) | Self::Late | Self::Gone => 503,
            Self::Refused(refusal) => match refusal.kind {
                RefusalKind::Usage | RefusalKind::NoPlace | RefusalKind::Taken => 400,
                RefusalKind::NotFound => 404,
                RefusalKind::NotRunning => 409,
                RefusalKind::Disk => 503,
                RefusalKind::Denied | RefusalKind::Unreachable => 502,
                RefusalKind::Storage | RefusalKind::Newer | RefusalKind::Failure => 500,
            },
        }
    }

    /// Returns the causes, outermost first.
    pub fn causes(&self) -> Vec<&str> {
        match self {
            Self::Parameter { why, .. } => vec![why],
            Self::Refused(refusal) => refusal.causes.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}
