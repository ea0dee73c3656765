//! Writing the data out for other programs: `export`.

use std::path::{Path, PathBuf};

use super::args::{Export, ExportForm, Observed};
use super::keeping::{place, put};
use super::output::show;
use super::report::{Failure, usage};
use super::{sheets, written};
use crate::export::parquet::PartBy;
use crate::export::place::{Access, HAS_BUCKETS, Trouble, is_bucket};
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
    let (to, access) = destination(to)?;
    Ok(Request::Export(serve::Export { to, form, since, until, access }))
}

/// Returns a folder, or a bucket with what opens it, as whoever owns the files has to name it.
fn destination(to: &Path) -> Result<(String, Access), Failure> {
    let Some(bucket) = to.to_str().filter(|to| is_bucket(to)) else {
        return Ok((place(to)?, Access::default()));
    };
    if !HAS_BUCKETS {
        return Err(usage(format!("cannot use `{bucket}`"))
            .because(Some(&Trouble::NotBuilt))
            .hint(
                "build one that can with `cargo build --release --features s3`, or name a folder",
            ));
    }
    Ok((bucket.to_owned(), Access::of_environment(|name| std::env::var(name).ok())))
}
