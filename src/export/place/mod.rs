//! A place that the files of an export are written to: a folder here, or a bucket that speaks S3.
//!
//! Either way a file is whole or not there: it is made where nobody sees it, and gets its place at
//! once. What has not got its place goes away with the place's value.

mod access;
#[cfg(feature = "s3")]
mod bucket;
mod folder;
mod staging;
#[cfg(feature = "s3")]
mod upload;
#[cfg(feature = "s3")]
mod wire;

use std::io::{self, Read, Write};

use thiserror::Error;

pub use access::Access;
use folder::Folder;

/// What the address of a bucket begins with.
const BUCKET: &str = "s3://";

/// Whether this program can write into a bucket.
pub const HAS_BUCKETS: bool = cfg!(feature = "s3");

/// A file in the making.
pub trait Draft: Write + Send {
    /// Ends it: it is whole, and waits for its place.
    fn done(self: Box<Self>) -> Result<(), PlaceError>;
}

/// Where files are written to, by paths in it such as `spaces/part-1.parquet`.
pub trait Place {
    /// Returns the place as people name it.
    fn name(&self) -> String;

    /// Returns a path in it as people name it.
    fn full(&self, path: &str) -> String {
        format!("{}/{path}", self.name())
    }

    /// Returns whether anything is in it whose name does not begin with a dot.
    fn is_taken(&self) -> Result<bool, PlaceError>;

    /// Returns the paths of the files right in a folder of it, in order.
    fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError>;

    /// Returns what reads a file; `None` where there is none.
    fn open(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>, PlaceError>;

    /// Returns the length of a file in bytes; `None` where there is none.
    fn length(&self, path: &str) -> Result<Option<u64>, PlaceError>;

    /// Begins to write; before that nothing is changed.
    ///
    /// # Errors
    /// Also where another process is at it, and that can be seen.
    fn begin(&mut self) -> Result<(), PlaceError>;

    /// Begins a file that nobody sees until it is placed.
    fn make(&self, path: &str) -> Result<Box<dyn Draft>, PlaceError>;

    /// Gives a finished file its place, in the place of what is there, durably and at once.
    fn place(&mut self, path: &str) -> Result<(), PlaceError>;

    /// Writes a short file to its place, durably and at once.
    ///
    /// # Errors
    /// Also where somebody else changed it since it was opened here, and that can be seen.
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PlaceError>;

    /// Returns all bytes of a file; `None` where there is none.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, PlaceError> {
        let Some(mut file) = self.open(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| PlaceError::of(error, self.full(path)))?;
        Ok(Some(bytes))
    }

    /// Returns the BLAKE3 hash of a file in hexadecimal digits; `None` where there is none.
    fn hash(&self, path: &str) -> Result<Option<String>, PlaceError> {
        let Some(mut file) = self.open(path)? else { return Ok(None) };
        let mut hasher = blake3::Hasher::new();
        io::copy(&mut file, &mut hasher).map_err(|error| PlaceError::of(error, self.full(path)))?;
        Ok(Some(hasher.finalize().to_hex().to_string()))
    }
}

/// Returns whether people mean a bucket by this.
pub fn is_bucket(to: &str) -> bool {
    to.starts_with(BUCKET)
}

/// Returns the place of this address, or of this absolute path.
///
/// # Errors
/// Those of a bucket that is named wrongly, or without a key to it; none is asked here.
pub fn open(to: &str, access: &Access) -> Result<Box<dyn Place>, PlaceError> {
    if !is_bucket(to) {
        return Ok(Box::new(Folder::new(to)));
    }
    bucket(to, access)
}

#[cfg(feature = "s3")]
fn bucket(to: &str, access: &Access) -> Result<Box<dyn Place>, PlaceError> {
    Ok(Box::new(bucket::Bucket::open(to, access)?))
}

#[cfg(not(feature = "s3"))]
fn bucket(to: &str, _access: &Access) -> Result<Box<dyn Place>, PlaceError> {
    Err(PlaceError::Bucket { place: to.to_owned(), source: Trouble::NotBuilt })
}

/// Why a place cannot be used.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// The operating system refuses.
    #[error("cannot use `{place}`")]
    Disk {
        /// The file or the folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// Another process writes into the folder.
    #[error("cannot use `{place}`")]
    Busy {
        /// The folder.
        place: String,
        /// Why.
        source: Busy,
    },
    /// A bucket.
    #[error("cannot use `{place}`")]
    Bucket {
        /// The bucket, or what in it.
        place: String,
        /// Why.
        source: Trouble,
    },
}

/// Two exports never write into one folder at once.
#[derive(Debug, Error)]
#[error("another export is writing into it")]
pub struct Busy;

/// Trouble with a bucket. Nothing that a key is known by is ever part of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// This program knows no buckets.
    #[error("this spacelog was built without `--features s3`")]
    NotBuilt,
    /// The address names none.
    #[error("it is not of the form s3://BUCKET/PREFIX")]
    Address,
    /// A setting makes no sense.
    #[error("{0}")]
    Setting(&'static str),
    /// There is no key.
    #[error("`{0}` is not set")]
    NoKey(&'static str),
    /// The key does not open it.
    #[error("access is denied ({0})")]
    Denied(String),
    /// There is none of this name.
    #[error("there is no such bucket")]
    NoBucket,
    /// Nobody answers.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// Somebody else wrote there since.
    #[error("another export has written there meanwhile")]
    Meanwhile,
    /// Whoever keeps it cannot do it.
    #[error("it was answered with {0}")]
    Answer(String),
}

impl PlaceError {
    /// Returns what an error of reading or writing is about; a place's own stays what it is.
    pub fn of(error: io::Error, place: String) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(source) => Self::Disk { place, source },
        }
    }
}

impl From<PlaceError> for io::Error {
    fn from(error: PlaceError) -> Self {
        Self::other(error)
    }
}
