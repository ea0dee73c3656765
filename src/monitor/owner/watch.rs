//! Changing the watch list of the running monitor, and telling it.

use super::Owner;
use crate::serve::{Refusal, RefusalKind, WatchChange};
use crate::sheet::{Column, Sheet, Unit};
use crate::space::{SpaceId, UserId, WatchItem, username};

impl Owner {
    /// Puts on the list, and takes off it, what is told; without changes, returns the list.
    pub(super) fn rewatch(&self, changes: Vec<WatchChange>) -> Result<Sheet, Refusal> {
        let is_list = changes.is_empty();
        let changes = changes.into_iter().map(|it| Ok((item(&it)?, it.added)));
        let changes = changes.collect::<Result<Vec<_>, Refusal>>()?;
        let told = (self.watch)(changes.clone())?;
        if is_list {
            let columns = ["kind", "watched"].map(|name| Column::new(name, Unit::None));
            let mut sheet = Sheet::new(columns.into());
            for it in &told.list {
                sheet.push(vec![it.kind().into(), it.text().into()]);
            }
            return Ok(sheet);
        }
        let columns = ["change", "kind", "watched"].map(|name| Column::new(name, Unit::None));
        let mut sheet = Sheet::new(columns.into());
        for (it, added) in changes {
            let is_changed = told.changes.iter().any(|(other, now)| *now == added && other.is(&it));
            let change = match (is_changed, added) {
                (true, true) => "added",
                (true, false) => "removed",
                (false, true) => "watched already",
                (false, false) => "was not watched",
            };
            sheet.push(vec![change.into(), it.kind().into(), it.text().into()]);
        }
        sheet.notes.push(
            "it holds until the monitor stops; what is in its configuration holds for good"
                .to_owned(),
        );
        Ok(sheet)
    }
}

/// Reads one thing, checked again: it came from another process.
fn item(it: &WatchChange) -> Result<WatchItem, Refusal> {
    let wrong = |what: &str| Refusal {
        kind: RefusalKind::Usage,
        message: format!("`{}` is no {what}", it.watched),
        causes: Vec::new(),
    };
    match it.kind.as_str() {
        "query" => Ok(WatchItem::Query(it.watched.clone())),
        "creator" => {
            let id: Result<UserId, _> = it.watched.parse();
            let named = || username(&it.watched).map(WatchItem::Username);
            id.map(WatchItem::User).or_else(|_| named()).map_err(|_| wrong("creator"))
        }
        "space" => {
            let id: Result<SpaceId, _> = it.watched.parse();
            id.map(WatchItem::Space).map_err(|_| wrong("Space"))
        }
        _ => Err(wrong("thing to watch")),
    }
}
