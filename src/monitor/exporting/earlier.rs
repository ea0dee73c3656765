//! What is in the folder of an export already: earlier exports, of this log and of others, or what
//! somebody else put there.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::export::parquet::{Entry, FORMAT, Manifest};
use crate::log::Reader;
use crate::serve::{Refusal, RefusalKind};

use super::super::reports::refused;

/// The folder in which each log's manifest lies; engines pass by what begins with a line.
const MANIFESTS: &str = "_spacelog";

/// A folder of exports.
pub struct Earlier<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// What the last export of this log left there.
    pub manifest: Manifest,
}

impl<'a> Earlier<'a> {
    /// Looks at a folder, which need not be there.
    ///
    /// # Errors
    /// Refuses one with anything in it that no export left, with exports by another program version
    /// or of another partitioning, or of a log that this one does not go on from.
    pub fn look(folder: &'a Path, reader: &Reader, partition_by: &str) -> Result<Self, Refusal> {
        let header = reader.header();
        let mut earlier = Self {
            folder,
            manifest: Manifest {
                format: FORMAT,
                log: hex(&header.log_id),
                monitor: header.monitor.to_string(),
                partition_by: partition_by.to_owned(),
                ..Manifest::default()
            },
        };
        let manifests = manifests(folder).map_err(|error| disk(folder, &error))?;
        if manifests.is_empty() && is_taken(folder).map_err(|error| disk(folder, &error))? {
            let message = format!("`{}` holds other data, and it is left alone", folder.display());
            return Err(taken(message, "no export of spacelog is in it"));
        }
        for path in manifests {
            let found = earlier.read(&path)?;
            if found.partition_by != partition_by {
                return Err(earlier.unfit(&format!(
                    "what is there is partitioned by {}, and not by {partition_by}",
                    found.partition_by
                )));
            }
            if path == earlier.path() {
                earlier.goes_on(&found, reader)?;
                earlier.manifest = found;
            }
        }
        Ok(earlier)
    }

    /// Returns where this log's manifest lies, in the folder.
    pub fn name(&self) -> String {
        format!("{MANIFESTS}/{}.json", self.manifest.monitor)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    fn read(&self, path: &Path) -> Result<Manifest, Refusal> {
        let bytes = fs::read(path).map_err(|error| disk(path, &error))?;
        let found: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("`{}` tells of no export", path.display());
            taken(message, &error.to_string())
        })?;
        if found.format != FORMAT {
            return Err(self.unfit(&format!(
                "its tables have format {}, and this program writes {FORMAT}",
                found.format
            )));
        }
        Ok(found)
    }

    /// Refuses a log that does not hold what was exported.
    fn goes_on(&self, found: &Manifest, reader: &Reader) -> Result<(), Refusal> {
        if found.log != self.manifest.log {
            return Err(self.unfit("it holds an export of another log by the same monitor"));
        }
        let chain = reader.head().and_then(|head| match found.seq {
            seq if seq > head.seq => Ok(None),
            seq => reader.chain_at(seq),
        });
        let chain = chain.map_err(|error| refused(&error))?;
        if chain.is_some_and(|chain| hex(&chain) == found.chain) {
            return Ok(());
        }
        Err(self.unfit("this log does not go on where the export there ends"))
    }

    fn unfit(&self, why: &str) -> Refusal {
        taken(format!("nothing can be added to the export in `{}`", self.folder.display()), why)
    }

    /// Returns what is known of a file that is still as an export left it; `None` where there is
    /// none, or only what a crash left of an export that would have replaced it.
    ///
    /// # Errors
    /// Refuses a file that somebody changed since, or that no export left.
    pub fn standing(&self, path: &str) -> Result<Option<&Entry>, Refusal> {
        let place = self.folder.join(path);
        let Some(hash) = hash(&place).map_err(|error| disk(&place, &error))? else {
            return Ok(None);
        };
        let known = self.manifest.files.get(path);
        if let Some(entry) = known.filter(|entry| entry.hash == hash) {
            return Ok(Some(entry));
        }
        if self.manifest.replacing.get(path).is_some_and(|before| before.as_ref() == Some(&hash)) {
            return Ok(None);
        }
        let message = format!("`{}` would be replaced, and it is left alone", place.display());
        let why = match known {
            Some(_) => "somebody changed it since it was exported",
            None => "no export of this log left it there",
        };
        Err(taken(message, why))
    }

    /// Returns whether a file holds exactly this.
    pub fn holds(&self, path: &str, bytes: &[u8]) -> bool {
        fs::read(self.folder.join(path)).is_ok_and(|found| found == bytes)
    }

    /// Returns whether a file has the length with which it was exported, which is all that is asked
    /// of one that stays.
    pub fn has_length(&self, path: &str, entry: &Entry) -> bool {
        let is_sure = !self.manifest.replacing.contains_key(path);
        is_sure && fs::metadata(self.folder.join(path)).is_ok_and(|it| it.len() == entry.bytes)
    }
}

fn manifests(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder.join(MANIFESTS)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Returns whether anything is in a folder that does not begin with a dot.
fn is_taken(folder: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    for entry in entries {
        if !entry?.file_name().to_string_lossy().starts_with('.') {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the BLAKE3 hash of a file; `None` where there is none.
fn hash(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(Some(hasher.finalize().to_hex().to_string()))
}

/// Returns the refusal over a file or a folder that cannot be used.
pub fn disk(path: &Path, error: &io::Error) -> Refusal {
    let mut refusal = Refusal {
        kind: RefusalKind::Disk,
        message: format!("cannot use `{}`", path.display()),
        causes: vec![error.to_string()],
    };
    if error.kind() == ErrorKind::WouldBlock {
        refusal.causes = vec!["another export is writing into it".to_owned()];
    }
    refusal
}

/// Returns the refusal of a place that is taken.
fn taken(message: String, why: &str) -> Refusal {
    Refusal { kind: RefusalKind::Taken, message, causes: vec![why.to_owned()] }
}

/// Returns bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}
