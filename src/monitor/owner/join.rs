//! Joining Spaces by hand, and parting them.

use std::collections::BTreeSet;

use super::{Owner, refuse};
use crate::question::{Question, QuestionError};
use crate::serve::{Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::SpaceId;

/// At most so many Spaces at a time: each pair of them is remembered.
const SPACES_MAX: usize = 50;

impl Owner {
    /// Records that these Spaces are one event, or are not, if the log knows each of them.
    pub(super) fn join(&self, spaces: &[String], joined: bool) -> Result<Sheet, Refusal> {
        let ids = ids(spaces)?;
        self.wait_for_views();
        let question = Question::These { ids: ids.clone() };
        let known = self.desk(&self.own, |desk| desk.ask(&question));
        let known = known.map_err(|error| refuse(&error))?;
        let told = |name: &str| {
            known.index(name).map(|place| known.rows.iter().map(move |row| &row[place]))
        };
        let known_ids: BTreeSet<String> =
            told("space_id").into_iter().flatten().filter_map(text).collect();
        if let Some(unknown) = ids.iter().find(|id| !known_ids.contains(id.as_str())) {
            return Err(refuse(&QuestionError::UnknownSpace(*unknown)));
        }
        (self.join)(ids.clone(), joined)
            .map_err(|error| Refusal::of(RefusalKind::Storage, &error))?;
        let columns = ["space_id", "title", "said"].map(|name| Column::new(name, Unit::None));
        let mut sheet = Sheet::new(columns.into());
        let titles: Vec<Value> = told("title").into_iter().flatten().cloned().collect();
        for (id, title) in ids.iter().zip(titles) {
            let said = if joined { "one event" } else { "events of their own" };
            sheet.push(vec![id.to_string().into(), title, said.into()]);
        }
        Ok(sheet)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Reads the ids, each once; checked again: they came from another process.
fn ids(spaces: &[String]) -> Result<Vec<SpaceId>, Refusal> {
    let wrong = |message: String| Refusal { kind: RefusalKind::Usage, message, causes: Vec::new() };
    let mut ids: Vec<SpaceId> = Vec::new();
    for text in spaces {
        let id = text.parse().map_err(|_| wrong(format!("`{text}` is no id of a Space")))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if !(2..=SPACES_MAX).contains(&ids.len()) {
        return Err(wrong(format!("name 2 to {SPACES_MAX} different Spaces")));
    }
    Ok(ids)
}
