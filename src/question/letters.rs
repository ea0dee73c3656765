//! Alerts that were raised, and how far each has come.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::event::{Delivery, Letter, Occasion};
use crate::log::DELIVERED_KEPT;
use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;

use super::data::hex;
use super::doubts::{self, Doubted};
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

    /// Answers `alerts raised`: the newest first, wherever they have come.
    pub(super) fn alerts(&self, limit: usize) -> Result<Sheet, QuestionError> {
        if self.past.is_some() {
            return Err(QuestionError::PresentOnly);
        }
        let most = if limit == 0 { LETTERS } else { limit.min(LETTERS) };
        let mut raised = Vec::new();
        for it in [Delivery::Waiting, Delivery::Delivered, Delivery::Dead] {
            let letters = self.reader.last_letters(it, most + 1)?;
            raised.extend(letters.into_iter().map(|letter| (it, letter)));
        }
        raised.sort_by_key(|(_, letter)| std::cmp::Reverse((letter.at, letter.alert)));
        let delivered = raised.iter().filter(|(it, _)| *it == Delivery::Delivered).count();
        let mut sheet = Sheet::new(vec![
            Column::hidden("alert_id", Unit::None),
            Column::new("rule", Unit::None),
            Column::new("occasion", Unit::None),
            Column::new("delivery", Unit::None),
            Column::new("at", Unit::None),
            Column::new("space_id", Unit::None),
            Column::new("title", Unit::None),
            Column::hidden("user_id", Unit::None),
            Column::new("username", Unit::None),
            Column::hidden("participants", Unit::Count),
            Column::hidden("per_minute", Unit::Count),
            Column::hidden("attempts", Unit::Count),
            Column::hidden("next_at", Unit::None),
            Column::hidden("doubted", Unit::None),
            Column::hidden("doubts", Unit::None),
        ]);
        let (mut found, mut known) = (Vec::new(), BTreeMap::new());
        for (it, letter) in raised.iter().take(most) {
            let doubts = self.doubted(letter, &mut known)?;
            sheet.push(self.raised(*it, letter, doubts.as_deref())?);
            found.extend(doubts.unwrap_or_default());
        }
        doubts::show(&mut sheet, "doubted", found);
        if raised.len() > most {
            sheet.notes.push(format!("the last {most} alerts; there are more"));
        } else if delivered == DELIVERED_KEPT {
            sheet.notes.push(format!(
                "of alerts that were delivered the last {DELIVERED_KEPT}; `events --kind \
                 AlertRaised` has all"
            ));
        }
        Ok(sheet)
    }

    /// Returns an alert's row; its words are looked up now, so that nothing forgotten is told.
    fn raised(
        &self,
        it: Delivery,
        letter: &Letter,
        doubted: Option<&[Doubted]>,
    ) -> Result<Vec<Value>, QuestionError> {
        let name = self.reader.text(&letter.name)?;
        let title = match letter.space {
            Some(space) => match self.reader.space_known(space)?.and_then(|known| known.text) {
                Some(text) => self.reader.title(&text)?,
                None => None,
            },
            None => None,
        };
        let username = letter.user.map(|user| self.reader.username(user)).transpose()?.flatten();
        let figure = |of| letter.figure.filter(|_| letter.occasion == of);
        Ok(vec![
            hex(&letter.alert).into(),
            name.and_then(|text| text.line().map(ToOwned::to_owned)).into(),
            letter.occasion.word().into(),
            it.word().into(),
            Value::Time(letter.at.0),
            letter.space.map(|space| space.to_string()).into(),
            title.into(),
            letter.user.map(|user| user.to_string()).into(),
            username.into(),
            figure(Occasion::Participants).into(),
            figure(Occasion::Growth).into(),
            letter.attempts.into(),
            match it {
                Delivery::Waiting => Value::Time(letter.next_at.0),
                Delivery::Delivered | Delivery::Dead => Value::Unknown,
            },
            doubted.map_or(Value::Unknown, doubts::rules),
            doubted.map_or(Value::Unknown, doubts::told),
        ])
    }

    /// Returns what is doubted of the count behind an alert's figure; `None` where it has none.
    /// `known` are those of Spaces already looked at.
    fn doubted(
        &self,
        letter: &Letter,
        known: &mut BTreeMap<SpaceId, Option<Vec<Doubted>>>,
    ) -> Result<Option<Vec<Doubted>>, ProjectorError> {
        let Some(space) = letter.space.filter(|_| letter.figure.is_some()) else { return Ok(None) };
        if let Entry::Vacant(place) = known.entry(space) {
            let row = self.space_row(space)?;
            place.insert(row.map(|row| self.doubts_of(space, &row)).transpose()?);
        }
        let found = known.get(&space).and_then(Option::as_ref);
        let here = |found: &Vec<Doubted>| {
            found.iter().filter(|(_, doubt)| doubt.is_of(letter.at.0)).copied().collect()
        };
        Ok(found.map(here))
    }
}
