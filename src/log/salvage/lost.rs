//! What is lost of a damaged log: how many batches, under which seqs, and of which time.

use super::Salvage;
use crate::event::codec::segment::Row;
use crate::log::keys;
use crate::space::Moment;

/// A stretch of the log that is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Its first seq.
    pub first_seq: u64,
    /// Its last seq; a later one where the end of the log is gone.
    pub last_seq: u64,
    /// Its batches; at least so many.
    pub batches: u64,
    /// It was recorded at or after this, and at or before that; `None` where no batch beside it
    /// can be read.
    pub recorded: (Option<Moment>, Option<Moment>),
}

impl Lost {
    /// The most stretches that are listed; all are counted.
    pub const STRETCHES_MAX: usize = 1_000;
}

/// What is missing since the last batch that could be read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missing {
    /// The batches of it that could be counted.
    batches: u64,
    /// When its segments were recorded, as their rows say.
    recorded: Option<(Moment, Moment)>,
}

impl Salvage {
    /// Notes that the record under `seq` is lost: a batch, or all those of a segment.
    pub(super) fn lose_record(&mut self, seq: u64) {
        let row = self.from.store().read(|read| {
            let record = read.table(keys::SEALED)?.get(&keys::seq(seq))?;
            let row = record.map(|record| self.from.cache().row(&keys::seq(seq), &record));
            row.transpose()
        });
        let row: Option<Row> = row.ok().flatten();
        let batches = row.as_ref().map_or(1, |row| u64::from(row.batches));
        self.lose(seq.max(self.expected), batches);
        if let (Some(missing), Some(row)) = (&mut self.missing, row) {
            let since = missing.recorded.map_or(row.recorded.0, |(since, _)| since);
            missing.recorded = Some((since, row.recorded.1));
        }
    }

    /// Notes that something is lost from `seq` on, of which so many batches could be counted.
    pub(super) fn lose(&mut self, seq: u64, batches: u64) {
        self.bad(seq);
        self.before = None;
        self.found.lost_batches += batches;
        self.missing.get_or_insert_default().batches += batches;
        self.gap_due = true;
    }

    /// Notes that from `seq` on a batch can be read again, and when it was recorded.
    pub(super) fn found_again(&mut self, seq: u64, recorded_at: Option<Moment>) {
        let Some(missing) = self.missing.take() else { return };
        if missing.batches == 0 {
            self.found.lost_batches += 1;
        }
        // Of a batch that claims another's place none of its own is lost.
        if seq <= self.expected || self.found.lost.len() >= Lost::STRETCHES_MAX {
            return;
        }
        let before = Some(self.recorded_at).filter(|at| *at > Moment(i64::MIN));
        let recorded = (
            before.or(missing.recorded.map(|(since, _)| since)),
            recorded_at.or(missing.recorded.map(|(_, until)| until)),
        );
        self.found.lost.push(Lost {
            first_seq: self.expected,
            last_seq: seq - 1,
            batches: missing.batches.max(1),
            recorded,
        });
    }

    /// Notes the first seq that does not hold.
    pub(super) fn bad(&mut self, seq: u64) {
        self.found.first_bad = Some(self.found.first_bad.map_or(seq, |first| first.min(seq)));
    }
}
