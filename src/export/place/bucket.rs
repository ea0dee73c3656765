//! A bucket as a place: a file is uploaded in parts that nobody sees until the upload is complete.
//!
//! There is no lock to hold there. Instead the manifest is written on the condition that it is
//! still the one that was read: of two exports at once one comes too late, before it placed
//! anything.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion};

use super::upload::{PART_BYTES, Ready, Upload};
use super::wire::{Wire, store};
use super::{Access, BUCKET, Draft, Place, PlaceError, Trouble};

/// A bucket, or what in it has a prefix.
pub struct Bucket {
    wire: Arc<Wire>,
    /// Uploads that wait for their places.
    ready: Ready,
    /// The lengths of all files, listed once.
    lengths: OnceCell<BTreeMap<String, u64>>,
    /// Which version of a file was opened, or put, last.
    versions: RefCell<BTreeMap<String, UpdateVersion>>,
    part_bytes: usize,
}

impl Bucket {
    /// Returns the bucket of this address; it is not asked yet.
    pub fn open(to: &str, access: &Access) -> Result<Self, PlaceError> {
        let told = |source| PlaceError::Bucket { place: to.to_owned(), source };
        let (bucket, prefix) = address(to).ok_or_else(|| told(Trouble::Address))?;
        let store = store(bucket, access).map_err(told)?;
        let wire = Wire::new(store, (bucket, prefix), access.clone())
            .map_err(|source| PlaceError::Disk { place: to.to_owned(), source })?;
        Ok(Self::of(wire, PART_BYTES))
    }

    fn of(wire: Wire, part_bytes: usize) -> Self {
        Self {
            wire: Arc::new(wire),
            ready: Arc::new(Mutex::new(BTreeMap::new())),
            lengths: OnceCell::new(),
            versions: RefCell::new(BTreeMap::new()),
            part_bytes,
        }
    }

    /// Returns the lengths of all files under the prefix.
    fn lengths(&self) -> Result<BTreeMap<String, u64>, PlaceError> {
        let prefix = self.wire.prefix();
        let found = self.wire.store.list(Some(prefix)).map_ok(|it| {
            let parts = it.location.prefix_match(prefix).into_iter().flatten();
            let parts: Vec<String> = parts.map(|part| part.as_ref().to_owned()).collect();
            (parts.join("/"), it.size)
        });
        self.wire.wait("", found.try_collect())
    }
}

impl Place for Bucket {
    fn name(&self) -> String {
        self.wire.name.clone()
    }

    fn is_taken(&self) -> Result<bool, PlaceError> {
        let prefix = self.wire.prefix();
        let mut all = self.wire.store.list(Some(prefix)).try_filter(|it| {
            let first = it.location.prefix_match(prefix).and_then(|mut parts| parts.next());
            std::future::ready(first.is_some_and(|part| !part.as_ref().starts_with('.')))
        });
        Ok(self.wire.wait("", all.try_next())?.is_some())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError> {
        let place = self.wire.path(folder);
        let found = self.wire.wait("", self.wire.store.list_with_delimiter(Some(&place)))?;
        let names = found.objects.iter().filter_map(|it| it.location.filename());
        let mut paths: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
        paths.sort();
        Ok(paths)
    }

    fn open(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>, PlaceError> {
        let place = self.wire.path(path);
        let found = match self.wire.runtime.block_on(self.wire.store.get(&place)) {
            Ok(found) => found,
            // Without a bucket nothing is found either; whoever lists it first is told so.
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.wire.told(path, &error)),
        };
        let version =
            UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        self.versions.borrow_mut().insert(path.to_owned(), version);
        let stream = found.into_stream().map_ok(Vec::from).boxed();
        let (wire, path) = (&*self.wire, path.to_owned());
        Ok(Some(Box::new(Download { wire, path, stream, chunk: Cursor::default() })))
    }

    fn length(&self, path: &str) -> Result<Option<u64>, PlaceError> {
        let lengths = if let Some(lengths) = self.lengths.get() {
            lengths
        } else {
            let found = self.lengths()?;
            self.lengths.get_or_init(|| found)
        };
        Ok(lengths.get(path).copied())
    }

    fn begin(&mut self) -> Result<(), PlaceError> {
        Ok(())
    }

    fn make(&self, path: &str) -> Result<Box<dyn Draft>, PlaceError> {
        let upload = Upload::begin(self.wire.clone(), self.ready.clone(), path, self.part_bytes)?;
        Ok(Box::new(upload))
    }

    fn place(&mut self, path: &str) -> Result<(), PlaceError> {
        let upload = self.ready.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        let Some(mut upload) = upload else {
            let source = io::Error::other("nothing of this name was made");
            return Err(PlaceError::Disk { place: self.full(path), source });
        };
        self.wire.wait(path, upload.complete()).map(|_done| ())
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        let mode = match self.versions.borrow().get(path) {
            Some(version) => PutMode::Update(version.clone()),
            None => PutMode::Create,
        };
        let (place, payload) = (self.wire.path(path), PutPayload::from(bytes.to_vec()));
        let options = PutOptions { mode, ..PutOptions::default() };
        let done = self.wire.wait(path, self.wire.store.put_opts(&place, payload, options))?;
        self.versions.borrow_mut().insert(path.to_owned(), done.into());
        Ok(())
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((_, mut upload)) = ready.pop_first() {
            // What cannot be taken away only takes room, and nobody sees it. Where one cannot be,
            // the others cannot either, and each would be tried for long.
            if self.wire.runtime.block_on(upload.abort()).is_err() {
                return;
            }
        }
    }
}

/// A file that is read as it comes.
struct Download<'a> {
    wire: &'a Wire,
    path: String,
    stream: BoxStream<'static, object_store::Result<Vec<u8>>>,
    chunk: Cursor<Vec<u8>>,
}

impl Read for Download<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.chunk.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            match self.wire.wait(&self.path, self.stream.try_next())? {
                Some(chunk) => self.chunk = Cursor::new(chunk),
                None => return Ok(0),
            }
        }
    }
}

/// Returns bucket and prefix of an address.
fn address(to: &str) -> Option<(&str, &str)> {
    let rest = to.strip_prefix(BUCKET)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    let prefix = prefix.trim_end_matches('/');
    let is_path = prefix.is_empty()
        || prefix.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    (!bucket.is_empty() && bucket.chars().all(is_name) && is_path).then_some((bucket, prefix))
}

#[cfg(test)]
mod tests;
