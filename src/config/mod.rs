//! Settings of a monitor, resolved once, and the token.

mod alert;
mod cap_bound;
mod credential;
mod credentials;
mod error;
mod file;
mod key;
mod layer;
mod list_file;
mod parse;
mod proxy;
mod resolve;
mod served;

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::space::{IdError, Prices, SpaceId, UserId, WatchItem, username};

pub use alert::{AlertRule, DESKTOP_NEEDS, RULES_MAX, Sink, Trouble, When};
pub use cap_bound::CapBound;
pub use credential::{CredentialError, TOKEN_NAMES, secret, token};
pub use credentials::{CREDENTIALS_MAX, Credential, Given, USER_TOKEN_NAME};
pub use error::{ConfigError, Why};
pub use key::Key;
pub use layer::{Layer, Origin, Setting};
pub use parse::{duration, listen};
pub use proxy::{PROXY_NAME, Proxy, ProxyError};
pub use resolve::Resolved;
pub use served::{AccessError, Served};

/// X's API.
pub const API_URL: &str = "https://api.x.com";

/// Where the local server listens when nobody says otherwise.
pub const LISTEN: &str = "127.0.0.1:7878";

/// At most this many requests are on their way at a time.
pub const CONCURRENT_REQUESTS_MAX: usize = 4;

/// The least time between two searches for the same query, and two looks at the same creators:
/// the budget usually leaves longer ones.
pub const INTERVAL_MIN: Duration = Duration::from_secs(3);

/// A creator to be watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creator {
    /// By id.
    Id(UserId),
    /// By name, to be resolved.
    Name(String),
}

impl Creator {
    /// Reads `@name`, `name` or an id.
    ///
    /// # Errors
    /// When it can be neither.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self::Id).or_else(|_| username(text).map(Self::Name))
    }

    /// Returns the creator as a thing on the watch list.
    pub fn item(&self) -> WatchItem {
        match self {
            Self::Id(id) => WatchItem::User(*id),
            Self::Name(name) => WatchItem::Username(name.clone()),
        }
    }
}

/// What is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Queries.
    pub queries: Vec<String>,
    /// Creators.
    pub creators: Vec<Creator>,
    /// Spaces.
    pub spaces: Vec<SpaceId>,
}

impl Watch {
    /// Returns all of it, one thing after the other.
    pub fn items(&self) -> Vec<WatchItem> {
        let queries = self.queries.iter().cloned().map(WatchItem::Query);
        let creators = self.creators.iter().map(Creator::item);
        let spaces = self.spaces.iter().copied().map(WatchItem::Space);
        queries.chain(creators).chain(spaces).collect()
    }

    /// Returns whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty() && self.creators.is_empty() && self.spaces.is_empty()
    }
}

/// What somebody calls topics, and words that say nothing to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Ids of topics with their names.
    pub topics: Vec<(String, String)>,
    /// Words, in small letters.
    pub stop_words: Vec<String>,
}

/// How a monitor runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it watches.
    pub watch: Watch,
    /// Where the data is.
    pub data: PathBuf,
    /// The origin of the API.
    pub api_url: String,
    /// Languages in which what a search finds is followed; without any, all.
    pub languages: Vec<String>,
    /// How its answers are worded.
    pub wording: Wording,
    /// The least time between two searches for the same query.
    pub interval: Duration,
    /// Rows a search asks for, 1 to 100.
    pub max_results: u8,
    /// Everything once, then stop.
    pub once: bool,
    /// Stop after this long.
    pub stop_after: Option<Duration>,
    /// Keep the raw answers beside the log.
    pub keep_bodies: bool,
    /// Millionths of a dollar a UTC day.
    pub spend_cap_micro_usd: u64,
    /// Which bound of the cost that cap counts.
    pub cap_bound: CapBound,
    /// What X charges.
    pub prices: Prices,
    /// What is to be told as it happens.
    pub alerts: Vec<AlertRule>,
}

/// Where data is kept when nobody says.
#[derive(Debug, Error)]
#[error("there is no home folder to keep data in")]
pub struct NoHome;

/// Returns the folder named on the command line, else the one in `SPACELOG_DATA`, else
/// `spacelog` in the user's data folder.
pub fn data_folder(flag: Option<PathBuf>) -> Result<PathBuf, NoHome> {
    use etcetera::BaseStrategy as _;
    let named = flag.or_else(|| std::env::var_os("SPACELOG_DATA").map(PathBuf::from));
    if let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) {
        return Ok(path);
    }
    let folders = etcetera::choose_base_strategy().map_err(|_| NoHome)?;
    Ok(folders.data_dir().join("spacelog"))
}

/// Returns the folder for sockets: the user's runtime folder, else one of his own under the
/// temporary one. `owner` is the user's number.
pub fn runtime_folder(owner: u32) -> PathBuf {
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usable = named.filter(|path| path.is_absolute() && path.is_dir());
    usable.map_or_else(
        || std::env::temp_dir().join(format!("spacelog-{owner}")),
        |path| path.join("spacelog"),
    )
}
