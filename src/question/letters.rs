//! Alerts that wait to be delivered, or were given up.

use crate::sheet::{Column, Sheet, Unit, Value};

use super::data::hex;
use super::{Desk, QuestionError};

/// At most so many are told at once: more do not wait, and of dead ones these are the oldest.
const LETTERS: usize = 1_024;

impl Desk<'_> {
    /// Answers `alerts waiting` and `alerts dead`.
    pub(super) fn letters(&self, dead: bool) -> Result<Sheet, QuestionError> {
        if self.past.is_some() {
            return Err(QuestionError::PresentOnly);
        }
        let mut sheet = Sheet::new(vec![
            Column::new("alert_id", Unit::None),
            Column::new("rule", Unit::None),
            Column::new("occasion", Unit::None),
            Column::new("at", Unit::None),
            Column::new("space_id", Unit::None),
            Column::hidden("user_id", Unit::None),
            Column::new("attempts", Unit::Count),
            Column::new("next_at", Unit::None),
        ]);
        for letter in self.reader.letters(dead, LETTERS)? {
            let name = self.reader.text(&letter.name)?;
            let name = name.and_then(|text| text.line().map(ToOwned::to_owned));
            let id = hex(&letter.alert);
            sheet.push(vec![
                id.into(),
                name.into(),
                letter.occasion.word().into(),
                Value::Time(letter.at.0),
                letter.space.map(|space| space.to_string()).into(),
                letter.user.map(|user| user.to_string()).into(),
                letter.attempts.into(),
                (!dead).then_some(letter.next_at.0).map_or(Value::Unknown, Value::Time),
            ]);
        }
        if sheet.rows.len() == LETTERS {
            sheet.notes.push(format!("the oldest {LETTERS}; there may be more"));
        }
        Ok(sheet)
    }
}
