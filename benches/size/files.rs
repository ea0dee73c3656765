//! The files beside one another: the log's, and the peers'.

use std::path::Path;

use spacelog::log::Reader;

use crate::common::Outcome;
use crate::common::duck::Duck;
use crate::common::sqlite::{self, Layout};

/// Bytes of the closed files.
pub struct Files {
    pub log: u64,
    /// By what they are.
    pub peers: Vec<(&'static str, u64)>,
}

impl Files {
    pub fn of(log: &Path, reader: &Reader) -> Outcome<Self> {
        let mut peers = Vec::new();
        for layout in [Layout::Usual, Layout::WithoutRowid] {
            drop(sqlite::open(layout, log, reader)?);
            peers.push((layout.name(), std::fs::metadata(layout.path(log))?.len()));
        }
        if let Some(duck) = Duck::of(log, reader)? {
            peers.push(("Parquet, zstd, sorted", duck.bytes()?));
        }
        Ok(Self { log: std::fs::metadata(log)?.len(), peers })
    }
}
