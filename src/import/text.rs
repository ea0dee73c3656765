//! Lines of a file that may be of any length, each of bounded length.

use std::io::{BufRead, Read as _};

/// The longest line: a body of 8 MiB whose every byte is an escape, and what stands around it.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadLine {
    /// The file: nothing comes after it.
    #[error("it cannot be read")]
    Io(#[from] std::io::Error),
    /// It is longer than anything that is written here.
    #[error("the line is longer than 64 MiB")]
    TooLong,
}

/// Reads lines that are not blank.
pub(super) struct TextLines<R> {
    from: R,
    /// The number of the last line, from 1.
    pub number: usize,
    bytes: Vec<u8>,
    over: bool,
}

impl<R: BufRead> TextLines<R> {
    pub fn new(from: R) -> Self {
        Self { from, number: 0, bytes: Vec::new(), over: false }
    }

    /// Returns the next line; `None` at the end, and after what cannot be read.
    pub fn next(&mut self) -> Result<Option<&[u8]>, BadLine> {
        loop {
            self.bytes.clear();
            if self.over {
                return Ok(None);
            }
            self.number += 1;
            let read = self.from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.bytes);
            if let Err(error) = read {
                self.over = true;
                return Err(error.into());
            }
            if self.bytes.is_empty() {
                self.over = true;
            } else if self.bytes.len() as u64 == LINE_BYTES_MAX && self.bytes.last() != Some(&b'\n')
            {
                self.from.skip_until(b'\n')?;
                return Err(BadLine::TooLong);
            } else if !self.bytes.trim_ascii().is_empty() {
                return Ok(Some(&self.bytes));
            }
        }
    }
}
