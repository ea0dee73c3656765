//! What is in the place of an export already: earlier exports, of this log and of others, or what
//! somebody else put there.

use crate::export::parquet::{Entry, FORMAT, Manifest};
use crate::export::place::{Place, PlaceError, Trouble};
use crate::log::Reader;
use crate::serve::{Refusal, RefusalKind};

use super::super::reports::refused;

/// The folder in which each log's manifest lies; engines pass by what begins with a line.
const MANIFESTS: &str = "_spacelog";

/// A place of exports.
pub struct Earlier {
    /// The place.
    pub place: Box<dyn Place>,
    /// What the last export of this log left there.
    pub manifest: Manifest,
}

impl Earlier {
    /// Looks at a place, which need not be there.
    ///
    /// # Errors
    /// Refuses one with anything in it that no export left, with exports by another program version
    /// or of another partitioning, or of a log that this one does not go on from.
    pub fn look(
        place: Box<dyn Place>,
        reader: &Reader,
        partition_by: &str,
    ) -> Result<Self, Refusal> {
        let header = reader.header();
        let mut earlier = Self {
            place,
            manifest: Manifest {
                format: FORMAT,
                log: hex(&header.log_id),
                monitor: header.monitor.to_string(),
                partition_by: partition_by.to_owned(),
                ..Manifest::default()
            },
        };
        let mut manifests = earlier.place.list(MANIFESTS).map_err(|error| unusable(&error))?;
        manifests.retain(|path| path.strip_suffix(".json").is_some());
        if manifests.is_empty() && earlier.place.is_taken().map_err(|error| unusable(&error))? {
            let name = earlier.place.name();
            let message = format!("`{name}` holds other data, and it is left alone");
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
            if path == earlier.name() {
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

    fn read(&self, path: &str) -> Result<Manifest, Refusal> {
        let bytes = self.place.read(path).map_err(|error| unusable(&error))?.unwrap_or_default();
        let found: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("`{}` tells of no export", self.place.full(path));
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
        taken(format!("nothing can be added to the export in `{}`", self.place.name()), why)
    }

    /// Returns what is known of a file that is still as an export left it; `None` where there is
    /// none, or only what a crash left of an export that would have replaced it.
    ///
    /// # Errors
    /// Refuses a file that somebody changed since, or that no export left.
    pub fn standing(&self, path: &str) -> Result<Option<&Entry>, Refusal> {
        let Some(hash) = self.place.hash(path).map_err(|error| unusable(&error))? else {
            return Ok(None);
        };
        let known = self.manifest.files.get(path);
        if let Some(entry) = known.filter(|entry| entry.hash == hash) {
            return Ok(Some(entry));
        }
        if self.manifest.replacing.get(path).is_some_and(|before| before.as_ref() == Some(&hash)) {
            return Ok(None);
        }
        let place = self.place.full(path);
        let message = format!("`{place}` would be replaced, and it is left alone");
        let why = match known {
            Some(_) => "somebody changed it since it was exported",
            None => "no export of this log left it there",
        };
        Err(taken(message, why))
    }

    /// Returns whether a file holds exactly this.
    pub fn holds(&self, path: &str, bytes: &[u8]) -> bool {
        self.place.read(path).is_ok_and(|found| found.as_deref() == Some(bytes))
    }

    /// Returns whether a file has the length with which it was exported, which is all that is asked
    /// of one that stays.
    pub fn has_length(&self, path: &str, entry: &Entry) -> bool {
        let is_sure = !self.manifest.replacing.contains_key(path);
        is_sure && self.place.length(path).is_ok_and(|it| it == Some(entry.bytes))
    }
}

/// Returns the refusal over a place that cannot be used.
pub fn unusable(error: &PlaceError) -> Refusal {
    let kind = match error {
        PlaceError::Disk { .. } | PlaceError::Busy { .. } => RefusalKind::Disk,
        PlaceError::Bucket { source, .. } => match source {
            Trouble::NotBuilt => RefusalKind::Usage,
            Trouble::Address | Trouble::Setting(_) | Trouble::NoBucket => RefusalKind::NoPlace,
            Trouble::NoKey(_) | Trouble::Denied(_) => RefusalKind::Denied,
            Trouble::Unreachable(_) => RefusalKind::Unreachable,
            Trouble::Meanwhile | Trouble::Answer(_) => RefusalKind::Failure,
        },
    };
    Refusal::of(kind, error)
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
