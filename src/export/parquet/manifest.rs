//! What an export left in a folder, so that the next one adds to it and never overwrites what
//! somebody else put there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the tables and of this file.
pub const FORMAT: u32 = 1;

/// What one log left in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the tables.
    pub format: u32,
    /// The log's id, in hexadecimal digits.
    pub log: String,
    /// Its monitor.
    pub monitor: String,
    /// By what observations are parted.
    pub partition_by: String,
    /// Up to which seq of the log.
    pub seq: u64,
    /// The chain hash there.
    pub chain: String,
    /// The files, by their paths in the folder.
    pub files: BTreeMap<String, Entry>,
    /// What a crash may have left in the place of some of them: the hashes of what they replace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replacing: BTreeMap<String, Option<String>>,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Rows; none in what is no table.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3, in hexadecimal digits.
    pub hash: String,
    /// Up to which seq it holds the log.
    pub seq: u64,
    /// From when on it holds what was observed, in milliseconds since the epoch; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Before when; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}
