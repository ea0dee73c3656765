//! Salvaging a damaged log: what is whole of it, as a new log in a folder of its own.

use std::path::Path;

use crate::log::{Inspected, Log, LogCheck, Lost, Salvage, Salvaged};
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{Moment, several};
use crate::store::Making;
use crate::store::folder::Folder;

use super::reports::{Reports, folder_refused, refused, senseless, store_refused};
use super::verify::hex;

/// Lost stretches that are told one by one.
const STRETCHES_TOLD: usize = 8;

/// Writes what is whole of a log into a new one in the folder `to`, which holds none yet. After a
/// failure nothing is left there.
pub fn salvage(from: Inspected, to: &Path, reports: &mut Reports) -> Result<Sheet, Refusal> {
    let taken = Folder::holds_log(to).map_err(|error| folder_refused(&error))?;
    if taken {
        return Err(senseless(
            format!("there is an event log in `{}` already", to.display()),
            "what is salvaged goes into a folder that is new or empty",
        ));
    }
    let mut making = Making::default();
    making.folder(to).map_err(|error| store_refused(&error))?;
    let place = to.join("log.redb");
    let young = making.file(&place).map_err(|error| store_refused(&error))?;
    let mut salvage = Salvage::begin(from, &young).map_err(|error| refused(&error))?;
    while salvage.step().map_err(|error| refused(&error))? {
        reports.step("salvaging", salvage.progress())?;
    }
    let (log, found) = salvage.finish().map_err(|error| refused(&error))?;
    log.close().map_err(|error| refused(&error))?;
    let check = checked(&young, reports, None, || {})?;
    making.finish(&young, &place).map_err(|error| store_refused(&error))?;
    making.keep();
    Ok(sheet(&found, &check, to))
}

/// Checks a log that was just written, under its young name; notes the chain hash at `mark`, and
/// rests between its steps.
pub fn checked(
    young: &Path,
    reports: &mut Reports,
    mark: Option<u64>,
    mut rest: impl FnMut(),
) -> Result<LogCheck, Refusal> {
    let written = Log::inspect(young).map_err(|error| refused(&error))?;
    let head = written.reader.head().map_err(|error| refused(&error))?;
    let mut check = LogCheck::new(written.reader);
    if let Some(seq) = mark {
        check.mark(seq);
    }
    let wrong = |fault| Refusal::of(RefusalKind::Storage, &fault);
    while check.step().map_err(wrong)? {
        reports.step("checking", (check.seq(), head.seq))?;
        rest();
    }
    check.rows().map_err(wrong)?;
    Ok(check)
}

/// Says which seqs are lost, and when they were recorded.
fn stretch(lost: &Lost) -> String {
    let Lost { first_seq, last_seq, batches, recorded } = lost;
    let recorded = (recorded.0.map(Moment::for_people), recorded.1.map(Moment::for_people));
    let when = match recorded {
        (Some(since), Some(until)) => format!(", recorded between {since} and {until}"),
        (Some(since), None) => format!(", recorded at or after {since}"),
        (None, Some(until)) => format!(", recorded at or before {until}"),
        (None, None) => String::new(),
    };
    let batches = several(*batches, "batch", "batches");
    let seqs = if first_seq == last_seq { String::new() } else { format!(" to {last_seq}") };
    format!("lost: seq {first_seq}{seqs}, in {batches}{when}")
}

fn sheet(found: &Salvaged, check: &LogCheck, to: &Path) -> Sheet {
    let facts: Vec<(&str, Value)> = vec![
        ("batches", found.batches.into()),
        ("events", found.events.into()),
        ("lost_batches", found.lost_batches.into()),
        ("lost_events", found.lost_events.into()),
        ("lost_texts", found.lost_texts.into()),
        ("lost_rows", found.lost_rows.into()),
        ("mended_segments", found.mended.into()),
        ("first_bad_seq", found.first_bad.into()),
        ("seq", check.seq().into()),
    ];
    let mut columns: Vec<Column> =
        facts.iter().map(|(name, _)| Column::new(name, Unit::Count)).collect();
    let mut row: Vec<Value> = facts.into_iter().map(|(_, value)| value).collect();
    columns.push(Column::new("ok", Unit::None));
    columns.push(Column::new("hash", Unit::None));
    row.extend([(!found.is_damaged()).into(), hex(check.chain())]);
    let mut sheet = Sheet::new(columns);
    sheet.push(row);
    sheet
        .notes
        .push(format!("what is whole is in {}: a log of its own, with new seqs", to.display()));
    sheet.notes.extend(found.lost.iter().take(STRETCHES_TOLD).map(stretch));
    if found.lost.len() > STRETCHES_TOLD {
        let more = found.lost.len() - STRETCHES_TOLD;
        sheet.notes.push(format!("and {more} more stretches that are lost"));
    }
    if found.mended > 0 {
        let note = "flipped bits were put right, and the hash chain proves them: of those segments \
                    nothing is lost";
        sheet.notes.push(note.to_owned());
    }
    if found.lost_batches > 0 {
        let note = "where batches are lost, `spacelog gaps` says so; at least so many \
                    are lost as were counted";
        sheet.notes.push(note.to_owned());
    }
    if found.lost_header {
        let note = "the log's header is lost: whether its data were simulated is not known";
        sheet.notes.push(note.to_owned());
    }
    sheet
}
