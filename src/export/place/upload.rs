//! A file on its way into a bucket: in parts of one length, one of which goes while the next is
//! made.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};
use tokio::task::JoinHandle;

use super::wire::Wire;
use super::{Draft, PlaceError};

/// The length of a part: with 10,000 of them, the most S3 takes, a file may have 80 GiB.
pub const PART_BYTES: usize = 8 * 1024 * 1024;

/// Uploads all of whose parts are there, by their paths.
pub type Ready = Arc<Mutex<BTreeMap<String, Box<dyn MultipartUpload>>>>;

/// An upload. At most two parts of it are in memory.
pub struct Upload {
    wire: Arc<Wire>,
    ready: Ready,
    path: String,
    /// `None` once it is handed on.
    parts: Option<Box<dyn MultipartUpload>>,
    part: Vec<u8>,
    part_bytes: usize,
    going: Option<JoinHandle<object_store::Result<()>>>,
}

impl Upload {
    /// Begins an upload; in the end it waits among those that are `ready`.
    pub fn begin(
        wire: Arc<Wire>,
        ready: Ready,
        path: &str,
        part_bytes: usize,
    ) -> Result<Self, PlaceError> {
        let upload = wire.wait(path, wire.store.put_multipart(&wire.path(path)))?;
        let (parts, path) = (Some(upload), path.to_owned());
        Ok(Self { wire, ready, path, parts, part: Vec::new(), part_bytes, going: None })
    }

    /// Sends what waits, once the part before is there.
    fn send(&mut self) -> Result<(), PlaceError> {
        self.arrive()?;
        if let Some(upload) = &mut self.parts {
            let part = upload.put_part(PutPayload::from(std::mem::take(&mut self.part)));
            self.going = Some(self.wire.runtime.spawn(part));
        }
        Ok(())
    }

    /// Waits until the part that is on its way is there.
    fn arrive(&mut self) -> Result<(), PlaceError> {
        let Some(going) = self.going.take() else { return Ok(()) };
        let arrived = self.wire.runtime.block_on(going).map_err(io::Error::other);
        let arrived =
            arrived.map_err(|source| PlaceError::Disk { place: self.wire.name.clone(), source })?;
        arrived.map_err(|error| self.wire.told(&self.path, &error))
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.part_bytes - self.part.len();
        let taken = &bytes[..room.min(bytes.len())];
        self.part.extend_from_slice(taken);
        if self.part.len() == self.part_bytes {
            self.send()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // A part that is cut short would have to be the last.
        Ok(())
    }
}

impl Draft for Upload {
    fn done(mut self: Box<Self>) -> Result<(), PlaceError> {
        if !self.part.is_empty() {
            self.send()?;
        }
        self.arrive()?;
        if let Some(upload) = self.parts.take() {
            let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            ready.insert(self.path.clone(), upload);
        }
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(mut upload) = self.parts.take() {
            // What cannot be taken away only takes room, and nobody sees it: what broke the upload
            // is the failure to tell.
            drop(self.arrive());
            drop(self.wire.runtime.block_on(upload.abort()));
        }
    }
}
