//! What rules remember, carried into the new log: an alert that was raised is raised no second
//! time because a log was saved, and one that was on its way still arrives.

use crate::event::codec;
use crate::event::{AlertCursor, Batch};
use crate::log::{LogError, keys};
use crate::store::Commit;

use super::Salvage;
use super::known::each_row;

/// How far rules had looked, in seqs of the new log: what is lost has none there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Judged {
    /// Where rules of the old log look next.
    cursor: Option<AlertCursor>,
    /// Events carried so far.
    carried: u64,
    /// Of these, up to the last that rules had looked at.
    seq: u64,
}

impl Judged {
    pub fn new(cursor: Option<AlertCursor>) -> Self {
        Self { cursor, ..Self::default() }
    }

    /// Notes a batch that is carried, and whether a gap is stated before it.
    pub fn carry(&mut self, batch: &Batch, after_gap: bool) {
        self.carried += u64::from(after_gap) + batch.events.len() as u64;
        if self.cursor.is_some_and(|cursor| batch.last_seq() <= cursor.seq) {
            self.seq = self.carried;
        }
    }

    /// Returns where rules of the new log look next.
    fn cursor(self) -> Option<AlertCursor> {
        self.cursor.map(|cursor| AlertCursor { seq: self.seq, ..cursor })
    }
}

impl Salvage {
    /// Carries the rows of alerts that are whole.
    pub(super) fn carry_alerts(&mut self) -> Result<(), LogError> {
        let (mut rows, mut lost) = (Vec::new(), 0);
        let whole = each_row(self.from.store(), keys::ALERTS, &mut |key, record| {
            match codec::unframe(record) {
                Err(_) => lost += 1,
                Ok(_) if key == keys::ALERT_CURSOR => {}
                Ok(_) => rows.push((key.to_vec(), record.to_vec())),
            }
            true
        });
        self.found.lost_rows += lost + u64::from(!whole);
        let cursor = self.judged.cursor();
        self.to.store.write(Commit::Append, |writing| {
            let mut alerts = writing.table(keys::ALERTS)?;
            for (key, record) in &rows {
                alerts.put(key, record)?;
            }
            if let Some(cursor) = cursor {
                alerts.put(keys::ALERT_CURSOR, &codec::encode_cursor(&cursor))?;
            }
            Ok::<_, LogError>(())
        })
    }
}
