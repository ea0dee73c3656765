//! Checking the files: the log from its first batch to its last, published heads, every view.

use std::time::Duration;

use crate::clock::pause;
use crate::log::{LogCheck, LogFault, Reader};
use crate::projector::Views;
use crate::serve::{Expected, Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};

use super::reports::{Reports, broken_off, refused, senseless};

/// How often a forgetting under way is looked at, before a view that it changes is checked again.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Checks the log, the heads that were published of it, and every view against a fresh fold. What
/// does not hold is a row that says so. Without views, or where the log does not hold, they are
/// left out.
pub fn verify(
    reader: &Reader,
    views: Option<&Views>,
    expected: &[Expected],
    reports: &mut Reports,
) -> Result<Sheet, Refusal> {
    sensible(reader, expected)?;
    let mut sheet = Sheet::new(vec![
        Column::new("what", Unit::None),
        Column::new("seq", Unit::Count),
        Column::new("rows", Unit::Count),
        Column::new("ok", Unit::None),
        Column::new("hash", Unit::None),
        Column::new("first_bad_seq", Unit::Count),
        Column::new("difference", Unit::None),
    ]);
    let mut check = LogCheck::new(reader.clone());
    for expected in expected {
        check.mark(expected.seq);
    }
    let fault = log(&mut check, reader, reports)?;
    if let Some(fault) = fault.as_ref().filter(|fault| fault.source.is_newer()) {
        // What only a newer program reads may well hold: all before it does.
        return Err(refused(&fault.source));
    }
    sheet.warnings.extend(crate::question::warning(reader.header()));
    sheet.push(vec![
        "log".into(),
        check.seq().into(),
        Value::Unknown,
        fault.is_none().into(),
        hex(check.chain()),
        fault.as_ref().map(|fault| fault.seq).into(),
        fault.as_ref().map(words).into(),
    ]);
    for expected in expected {
        sheet.push(head(&check, expected));
    }
    let Some(views) = views.filter(|_| fault.is_none()) else {
        sheet.notes.push("the views are not checked: they rest on the log".to_owned());
        return Ok(sheet);
    };
    let mut tell = |view: &'static str, at, end| reports.tell(view, at, end);
    let checked = views.check(reader, &|| pause(LOOK_EVERY), &mut tell);
    let checked = checked.map_err(|error| Refusal::of(RefusalKind::Storage, &error))?;
    let checked = checked.ok_or_else(broken_off)?;
    for view in &checked {
        sheet.push(vec![
            view.view.into(),
            view.seq.into(),
            view.rows.into(),
            view.difference.is_none().into(),
            view.digest.map(hex).into(),
            Value::Unknown,
            view.difference.as_ref().map(|it| format!("view {} {it}", view.view)).into(),
        ]);
    }
    if sheet.rows.iter().all(|row| row[3] == Value::Bool(true)) {
        let (seq, views) = (check.seq(), checked.len());
        sheet.notes.push(format!("all of {seq} events and {views} views hold"));
        let hash = blake3::Hash::from_bytes(check.chain()).to_hex();
        sheet.notes.push(format!("publish {seq}:{hash} to prove this history later (--expect)"));
    }
    Ok(sheet)
}

/// Checks the log; returns the first fault.
fn log(
    check: &mut LogCheck,
    reader: &Reader,
    reports: &mut Reports,
) -> Result<Option<LogFault>, Refusal> {
    // Where the last record is damaged, nobody knows how far it is.
    let end = reader.head().ok().map(|head| head.seq);
    loop {
        match check.step() {
            Ok(true) => {}
            Ok(false) => return Ok(check.rows().err()),
            Err(fault) => return Ok(Some(fault)),
        }
        if !reports.tell("log", check.seq(), end.unwrap_or(check.seq())) {
            return Err(broken_off());
        }
    }
}

/// Refuses heads that this log cannot have had, before all of it is read.
fn sensible(reader: &Reader, expected: &[Expected]) -> Result<(), Refusal> {
    for Expected { seq, .. } in expected {
        // What cannot be read here is told as what it is by the check.
        let Ok(head) = reader.head() else { continue };
        if *seq > head.seq {
            return Err(senseless(
                format!("there is no seq {seq}: the log ends with seq {}", head.seq),
                "a head of this log that lies beyond its end was cut off, or is another log's",
            ));
        }
        let Ok(batches) = reader.batches((*seq).max(1), 1) else { continue };
        let batch = batches.first().filter(|batch| *seq > 0 && batch.last_seq() != *seq);
        if let Some(batch) = batch {
            return Err(senseless(
                format!("seq {seq} is no end of a batch, and has no chain hash"),
                &format!("its batch has the seqs {} to {}", batch.first_seq, batch.last_seq()),
            ));
        }
    }
    Ok(())
}

/// Returns the row of a head that was published.
fn head(check: &LogCheck, expected: &Expected) -> Vec<Value> {
    let chain = check.chain_at(expected.seq);
    let difference = match chain {
        Some(chain) if chain == expected.hash => None,
        Some(_) => Some(format!("the chain hash at seq {} is another", expected.seq)),
        None => Some(format!("the log does not hold up to seq {}", expected.seq)),
    };
    vec![
        "expected".into(),
        expected.seq.into(),
        Value::Unknown,
        difference.is_none().into(),
        chain.map(hex).into(),
        Value::Unknown,
        difference.into(),
    ]
}

/// Returns a fault and its causes in one line.
fn words(fault: &LogFault) -> String {
    let mut line = refused(&fault.source).causes;
    line.insert(0, fault.source.to_string());
    line.insert(0, fault.to_string());
    line.join(": ")
}

/// Returns a hash as people write it.
pub fn hex(hash: [u8; 32]) -> Value {
    blake3::Hash::from_bytes(hash).to_hex().to_string().into()
}
