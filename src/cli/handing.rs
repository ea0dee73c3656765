//! Batches of elsewhere on their way to whoever owns the files, in parts of bounded size.

use super::ask::put;
use super::report::Failure;
use super::taken::add;
use crate::event::codec;
use crate::import::lines::to_hex;
use crate::log::Adopted;
use crate::serve::{BatchCopy, Request};
use crate::sheet::Sheet;
use crate::store::folder::Folder;

/// Bytes handed over in one request: many enough that few are needed where each opens the files.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;

/// Batches being handed over.
pub struct Handing<'a> {
    folder: &'a Folder,
    simulated: bool,
    part: Vec<BatchCopy>,
    bytes: usize,
    sum: Option<Sheet>,
}

impl<'a> Handing<'a> {
    /// Begins to hand batches over, which hold simulated data or not.
    pub fn to(folder: &'a Folder, simulated: bool) -> Self {
        Self { folder, simulated, part: Vec::new(), bytes: 0, sum: None }
    }

    /// Takes one more, and hands a part over when it is large enough.
    pub fn take(&mut self, it: &Adopted) -> Result<(), Failure> {
        let texts = it.texts.iter();
        let copy = BatchCopy {
            batch: to_hex(&codec::canonical(&it.batch)),
            texts: texts.map(|(reference, row)| (reference.to_string(), to_hex(row))).collect(),
        };
        let texts = copy.texts.iter().map(|(_reference, record)| record.len());
        self.bytes += copy.batch.len() + texts.sum::<usize>();
        self.part.push(copy);
        if self.bytes >= BYTES_AT_ONCE { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Failure> {
        let batches = std::mem::take(&mut self.part);
        self.bytes = 0;
        let request = Request::Adopt { simulated: self.simulated, batches };
        add(&mut self.sum, put(self.folder, &request)?);
        Ok(())
    }

    /// Hands over what is left, and returns the counts of all.
    pub fn end(mut self) -> Result<Sheet, Failure> {
        // With nothing in it, it tells all the same what there is to tell.
        self.hand_over()?;
        Ok(self.sum.unwrap_or_default())
    }
}
