//! Words of titles: in a window back from now, and in the one before it.

use std::collections::BTreeMap;

use crate::sheet::{Column, Sheet, Unit};
use crate::space::SpaceId;
use crate::view::is_stop_word;

use super::{Desk, QuestionError};

#[derive(Default)]
struct Count {
    spaces: u64,
    before: u64,
    ids: Vec<SpaceId>,
}

impl Desk<'_> {
    /// Answers `keywords`: Spaces first seen in the window whose title has the word.
    pub(super) fn keywords(&self, last_ms: u64, limit: usize) -> Result<Sheet, QuestionError> {
        let last = i64::try_from(last_ms).unwrap_or(i64::MAX);
        let from = self.now.saturating_sub(last);
        let before = from.saturating_sub(last);
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        self.views.keywords.ask(|keywords, disk| {
            keywords.each(disk, before, self.now.saturating_add(1), |space, at, titled| {
                for word in &titled.words {
                    if is_stop_word(word, titled.lang.as_deref()) {
                        continue;
                    }
                    let count = counts.entry(word.clone()).or_default();
                    if at >= from {
                        count.spaces += 1;
                        count.ids.push(space);
                    } else {
                        count.before += 1;
                    }
                }
                Ok(true)
            })
        })?;
        let mut found: Vec<(String, Count)> =
            counts.into_iter().filter(|(_, count)| count.spaces > 0).collect();
        found.sort_by(|a, b| b.1.spaces.cmp(&a.1.spaces).then_with(|| a.0.cmp(&b.0)));
        let total = found.len();
        let shown = if limit == 0 { total } else { limit.min(total) };
        let mut sheet = Sheet::new(vec![
            Column::new("keyword", Unit::None),
            Column::new("spaces", Unit::Count),
            Column::new("previous_spaces", Unit::Count),
            Column::new("participant_hours", Unit::ParticipantHours),
        ]);
        for (word, count) in found.into_iter().take(shown) {
            let hours = self.hours(&count.ids)?;
            sheet.push(vec![word.into(), count.spaces.into(), count.before.into(), hours.into()]);
        }
        if shown < total {
            sheet.notes.push(format!("{shown} of {total} words; --limit 0 shows all"));
        }
        Ok(sheet)
    }

    /// Returns the participant-hours of these Spaces; unknown when none was covered.
    fn hours(&self, ids: &[SpaceId]) -> Result<Option<f64>, QuestionError> {
        let mut totals = crate::view::audience::Totals::default();
        for id in ids {
            if let Some(row) = self.space_row(*id)? {
                totals = totals.plus(self.figures(*id, &row)?.totals);
            }
        }
        Ok(totals.participant_hours())
    }
}
