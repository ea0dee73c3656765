//! What a command hands over to be stored: recorded bodies, pages asked for by hand, batches of
//! another log.

use serde::{Deserialize, Serialize};

/// A batch of another log: bytes in hexadecimal digits, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCopy {
    /// Its canonical encoding.
    pub batch: String,
    /// References and records of its texts.
    pub texts: Vec<(String, String)>,
}

/// A recorded body of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// When X answered, in milliseconds since the epoch.
    pub observed_at: i64,
    /// The endpoint's word.
    pub endpoint: String,
    /// The id of the poll, where it was recorded.
    pub poll_id: Option<String>,
    /// When the request left, in milliseconds since the epoch, where it was recorded.
    pub sent_at: Option<i64>,
    /// The HTTP status, where it was recorded.
    pub status: Option<u16>,
    /// What was asked for, where it was recorded.
    pub target: Option<String>,
    /// Of a search X's word for the states, and the rows asked for, where they were recorded.
    pub search: Option<(String, u8)>,
    /// The label of the credential, where it was recorded.
    pub credential: Option<String>,
    /// Requests before it that were refused for a field.
    pub repeats: u32,
    /// The window: requests in it, left, and its reset in milliseconds, where it was recorded.
    pub rate: Option<(u64, u64, i64)>,
    /// For how many milliseconds X asked to be left alone, where that was recorded.
    pub retry_after_ms: Option<u64>,
    /// How long counts may be held, in milliseconds.
    pub holding_ms: Option<u64>,
    /// The body, as JSON text.
    pub body: String,
}

/// One page that X was just asked for by hand, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The endpoint's word.
    pub endpoint: String,
    /// The Space whose list it is of.
    pub space: Option<String>,
    /// X's word for the page; `None` for the first.
    pub page: Option<String>,
    /// Of a search its text, X's word for the states, and the rows asked for.
    pub query: Option<(String, String, u8)>,
    /// Names that were asked for.
    #[serde(default)]
    pub usernames: Vec<String>,
    /// When the request left, in milliseconds since the epoch.
    pub sent_at: Option<i64>,
    /// When its answer was complete.
    pub observed_at: i64,
    /// The label of the credential.
    pub credential: String,
    /// Requests before it that were refused for a field.
    pub repeats: u32,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// The window as the headers told it: requests in it, left, and its reset in milliseconds.
    pub rate: Option<(u64, u64, i64)>,
    /// The body of an answer.
    pub body: Option<String>,
    /// Why there was none: the class's word, what X or the network said, X's word for the problem.
    pub failure: Option<(String, String, Option<String>)>,
    /// For how many milliseconds X asked to be left alone.
    pub retry_after_ms: Option<u64>,
}
