//! A sheet as JSON lines: one object a row, one row a line.

use std::io;

use super::{Exporter, json};
use crate::sheet::Sheet;

/// Writes one object a line, each ended by `\n`; an empty sheet is no line at all.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl Exporter for JsonLines {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        for object in json::objects(sheet) {
            out.write_all(object.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
