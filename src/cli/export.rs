//! Writing the data out for other programs: `export`.

use std::path::{Path, PathBuf};

use super::args::{Export, ExportForm, Observed};
use super::keeping::{place, put};
use super::output::show;
use super::report::Failure;
use super::{sheets, written};
use crate::export::parquet::PartBy;
use crate::serve::{self, Request};

/// Has whoever owns the files write them out; a signal breaks it off, and leaves nothing half done.
pub fn export(it: &Export, data: Option<PathBuf>) -> Result<u8, Failure> {
    match &it.form {
        ExportForm::Parquet(it) => {
            let partition_by = PartBy::from(it.partition_by).word().to_owned();
            let form = serve::ExportForm::Parquet { partition_by };
            show(&put(data, &request(&it.to, form, it.observed)?)?, &it.output)
        }
        ExportForm::Jsonl(it) => written::lines(it, data),
        ExportForm::Sqlite(it) => written::sqlite(it, data),
        ExportForm::Csv(it) => sheets::csv(it, data),
    }
}

fn request(to: &Path, form: serve::ExportForm, when: Observed) -> Result<Request, Failure> {
    let Observed { since, until } = when;
    Ok(Request::Export(serve::Export { to: place(to)?, form, since, until }))
}
