//! Exporting: the log and its views as they stand at one moment, written out for other programs
//! while a monitor goes on.

mod earlier;
mod parquet;
mod tables;

use crate::export::place;
use crate::log::Reader;
use crate::projector::Views;
use crate::question::{AsOf, Cut};
use crate::serve::{Export, ExportForm, Refusal};
use crate::sheet::Sheet;

use super::owner::refuse;
use super::pace::Pace;
use super::reports::{Reports, senseless};

/// What is written out.
pub struct Exporting<'a> {
    /// Of this log.
    pub reader: &'a Reader,
    /// Beside these views; what is exported is folded to the moment of the export, apart from them.
    pub views: &'a Views,
    /// Whether a monitor goes on meanwhile.
    pub live: bool,
}

impl Exporting<'_> {
    /// Writes the export. After a failure, what stood there before stands, and nothing else is left.
    pub fn make(&self, export: &Export, reports: &mut Reports) -> Result<Sheet, Refusal> {
        if let (Some(since), Some(until)) = (export.since, export.until)
            && since >= until
        {
            let message = "nothing can be observed since a time and before an earlier one";
            return Err(senseless(message.to_owned(), "`--until` is not after `--since`"));
        }
        let times = export.since.unwrap_or(i64::MIN)..export.until.unwrap_or(i64::MAX);
        match &export.form {
            ExportForm::Parquet { partition_by } => {
                let to = place::open(&export.to, &export.access);
                let to = to.map_err(|error| earlier::unusable(&error))?;
                self.parquet(to, partition_by, times, reports)
            }
        }
    }

    /// Returns where the log is cut off: what comes later is not exported.
    fn cut(&self) -> Result<Cut, Refusal> {
        let head = self.reader.head().map_err(|error| super::reports::refused(&error))?;
        AsOf::Seq(head.seq).cut(self.reader).map_err(|error| refuse(&error))
    }

    fn pace(&self) -> Pace {
        Pace::new(self.live)
    }
}

#[cfg(test)]
mod tests;
