//! Topics of Spaces: in a window back from now, and in the one before it.

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::view::ViewError;

use super::counts::{self, Counting};
use super::sums;
use super::{Desk, QuestionError};

impl Desk<'_> {
    /// Answers `topics`: Spaces first seen in the window to which X gives the topic.
    pub(super) fn topics(&self, counting: &Counting) -> Result<Sheet, QuestionError> {
        let mut tally = self.tally(counting);
        for (at, space) in self.first_seen(&tally)? {
            tally.see(space, at);
            let topics = self.space_row(space)?.and_then(|row| row.topics);
            for topic in topics.into_iter().flatten() {
                tally.add(topic, space, at, 1);
            }
        }
        let (counted, total, mut grounds) = self.counted(tally, counting)?;
        let labels: Vec<String> = self.views.people.ask(|people, disk| {
            let label = |it: &counts::Counted| self.own.label(people, disk, &it.key);
            counted.iter().map(label).collect::<Result<_, ViewError>>()
        })?;
        let mut columns =
            vec![Column::new("topic_id", Unit::None), Column::new("topic", Unit::None)];
        columns.extend(counts::columns());
        columns.extend(sums::columns());
        let mut sheet = Sheet::new(columns);
        for (it, label) in counted.iter().zip(labels) {
            let mut values: Vec<Value> = vec![it.key.clone().into(), label.into()];
            values.extend(it.values());
            values.extend(grounds.of(it.spaces.iter().copied())?.values());
            sheet.push(values);
        }
        sheet.notes.extend(counts::notes((&counted, total), counting.sort, "topics"));
        grounds.show(&mut sheet);
        Ok(sheet)
    }
}
