//! What rules remember, carried into the new log as far as it is whole: an alert that was raised is
//! raised no second time because a log was saved, and one that was on its way still arrives.

use crate::event::codec;
use crate::event::{AlertCursor, Batch, Delivery};
use crate::log::{LogError, keys};
use crate::space::SpaceId;
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

/// Returns whether a row is one that a reader of this table can read: a checksum does not say that
/// it stands under its own key.
fn is_whole(key: &[u8], record: &[u8]) -> bool {
    let is_space = |id: &[u8]| id.try_into().ok().and_then(SpaceId::from_bytes).is_some();
    match key.split_first() {
        Some((b'c', [])) => codec::decode_cursor(record).is_ok(),
        Some((b'm', id)) if id.len() >= 8 => {
            (id.len() == 8 || is_space(&id[8..])) && codec::decode_memory(record).is_ok()
        }
        Some((b'h', id)) => is_space(id) && codec::decode_hosts(record).is_ok(),
        _ => codec::decode_letter(record).is_ok_and(|letter| {
            let kinds = [Delivery::Waiting, Delivery::Delivered, Delivery::Dead];
            kinds.into_iter().any(|it| key == keys::letter(it, letter.at, &letter.alert))
        }),
    }
}

impl Salvage {
    /// Carries the rows of alerts that are whole.
    pub(super) fn carry_alerts(&mut self) -> Result<(), LogError> {
        let (mut rows, mut lost) = (Vec::new(), 0);
        let whole = each_row(self.from.store(), keys::ALERTS, &mut |key, record| {
            match is_whole(key, record) {
                false => lost += 1,
                true if key == keys::ALERT_CURSOR => {}
                true => rows.push((key.to_vec(), record.to_vec())),
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
