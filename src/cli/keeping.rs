//! Keeping the data: `verify`, `backup`; broken off by a signal, they leave nothing half done.

use std::path::{Path, PathBuf, absolute};

use tokio_util::sync::CancellationToken;

use super::args::{Output, Verify};
use super::ask::{folder, put_until};
use super::output::show;
use super::report::{Failure, usage};
use super::running::stop_on;
use crate::serve::Request;
use crate::sheet::{Sheet, Value};

/// Checks log and views, or writes what is whole of the log into a new one.
pub fn verify(it: &Verify, data: Option<PathBuf>) -> Result<u8, Failure> {
    let request = match &it.salvage {
        Some(to) => Request::Salvage { to: place(to)? },
        None => Request::Verify { expect: it.expected.clone() },
    };
    let sheet = put(data, &request)?;
    let code = show(&sheet, &it.output)?;
    match it.salvage.as_deref() {
        Some(to) if !holds(&sheet) => Err(Failure::salvaged(bad_seq(&sheet), to)),
        None if !holds(&sheet) => Err(not_whole(&sheet)),
        _ => Ok(code),
    }
}

/// Copies log and bodies.
pub fn backup(to: &Path, output: &Output, data: Option<PathBuf>) -> Result<u8, Failure> {
    show(&put(data, &Request::Backup { to: place(to)? })?, output)
}

/// Puts a request; a signal breaks it off.
pub fn put(data: Option<PathBuf>, request: &Request) -> Result<Sheet, Failure> {
    let folder = folder(data)?;
    stoppable(|stop| put_until(&folder, request, stop))
}

/// Does work that a signal breaks off, by cancelling what the work is handed.
pub fn stoppable<T>(
    work: impl FnOnce(&CancellationToken) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(1, "cannot start").because(Some(&error)))?;
    let stop = CancellationToken::new();
    let listening = {
        let _inside = runtime.enter();
        stop_on(stop.clone(), None)?
    };
    let outcome = work(&stop);
    if !stop.is_cancelled() {
        listening.abort();
        return outcome;
    }
    let code = runtime.block_on(listening).unwrap_or_default();
    outcome.map_err(|mut failure| {
        // What failed by itself keeps its code.
        failure.code = code.filter(|_| failure.code == 1).unwrap_or(failure.code);
        failure
    })
}

/// Returns a folder as whoever owns the files has to name it.
pub fn place(path: &Path) -> Result<String, Failure> {
    let absolute = absolute(path).map_err(|error| {
        usage(format!("`{}` is no folder", path.display())).because(Some(&error))
    })?;
    absolute.into_os_string().into_string().map_err(|path| {
        usage(format!("`{}` is not written in UTF-8", path.display())).hint("name another folder")
    })
}

/// Returns the value of a row in the column of this name.
fn value<'a>(sheet: &'a Sheet, row: &'a [Value], name: &str) -> Option<&'a Value> {
    sheet.index(name).and_then(|place| row.get(place))
}

fn is_ok(sheet: &Sheet, row: &[Value]) -> bool {
    value(sheet, row, "ok") == Some(&Value::Bool(true))
}

fn holds(sheet: &Sheet) -> bool {
    sheet.rows.iter().all(|row| is_ok(sheet, row))
}

fn bad_seq(sheet: &Sheet) -> Option<i64> {
    sheet.rows.iter().find_map(|row| match value(sheet, row, "first_bad_seq") {
        Some(Value::Int(seq)) => Some(*seq),
        _ => None,
    })
}

/// Returns the failure over the first row that does not hold.
fn not_whole(sheet: &Sheet) -> Failure {
    let bad = sheet.rows.iter().find(|row| !is_ok(sheet, row));
    let text = |name| match bad.and_then(|row| value(sheet, row, name)) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    Failure::not_whole(&text("what"), text("difference"))
}
