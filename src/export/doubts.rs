//! What is doubted of Spaces, a row each: an observation is found by its seq, and stays as it is.

use std::io;

use serde_json::Value as Json;

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::Moment;

/// Returns an empty sheet of doubts.
fn columns() -> Sheet {
    Sheet::new(vec![
        Column::new("space_id", Unit::None),
        Column::new("rule", Unit::None),
        Column::new("observed_at", Unit::None),
        Column::new("until", Unit::None),
        Column::new("seq", Unit::None),
        Column::new("participants", Unit::Count),
        Column::new("against", Unit::Count),
    ])
}

/// A doubt as an answer tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Of which Space.
    pub space_id: String,
    /// The rule's word.
    pub rule: String,
    /// The rule and the observation in words.
    pub words: String,
    /// When it was observed, in milliseconds since the epoch.
    pub at: i64,
    /// Until when the rule doubts what was observed.
    pub until: i64,
    /// The observation's place in the log.
    pub seq: u64,
    /// Its count.
    pub participants: u64,
    /// What it is held against.
    pub against: u64,
}

impl Told {
    fn read(it: &Json) -> Option<Self> {
        let text = |name: &str| it[name].as_str().map(ToOwned::to_owned);
        let time = |name: &str| it[name].as_str().and_then(Moment::parse).map(|at| at.0);
        let count = |name: &str| it[name].as_u64();
        Some(Self {
            space_id: text("space_id")?,
            rule: text("rule")?,
            words: text("words")?,
            at: time("observed_at")?,
            until: time("until")?,
            seq: count("seq")?,
            participants: count("participants")?,
            against: count("against")?,
        })
    }

    /// Returns whether it is of what was observed at a moment.
    pub fn is_of(&self, at: i64) -> bool {
        (self.at..=self.until).contains(&at)
    }
}

/// Returns the doubts that stand under the key `doubts`; none where nothing is known.
///
/// # Errors
/// When what stands there is no list of doubts: not read is not none.
pub fn told(value: &Value) -> io::Result<Vec<Told>> {
    let Value::Json(text) = value else { return Ok(Vec::new()) };
    let each: Vec<Json> = serde_json::from_str(text).map_err(io::Error::other)?;
    let read = |it: &Json| Told::read(it).ok_or_else(|| io::Error::other("it is no doubt"));
    each.iter().map(read).collect()
}

/// Returns the doubts of the Spaces of an answer, each a row.
///
/// # Errors
/// As [`told`].
pub fn doubts(spaces: &Sheet) -> io::Result<Sheet> {
    let mut sheet = columns();
    let Some(place) = spaces.index("doubts") else { return Ok(sheet) };
    for row in &spaces.rows {
        for it in row.get(place).map(told).transpose()?.unwrap_or_default() {
            sheet.push(vec![
                it.space_id.into(),
                it.rule.into(),
                Value::Time(it.at),
                Value::Time(it.until),
                it.seq.into(),
                it.participants.into(),
                it.against.into(),
            ]);
        }
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubt_of_each_space_is_a_row() {
        let mut spaces = Sheet::new(vec![
            Column::new("space_id", Unit::None),
            Column::new("doubts", Unit::None),
        ]);
        let doubt = r#"{"space_id":"1a","rule":"step","observed_at":"2026-11-23T18:10:00.000Z",
            "until":"2026-11-23T18:10:00.000Z","seq":7,"participants":900,"against":210,"words":""}"#;
        spaces.push(vec!["1a".to_owned().into(), Value::Json(format!("[{doubt},{doubt}]"))]);
        spaces.push(vec!["1b".to_owned().into(), Value::Json("[]".to_owned())]);
        spaces.push(vec!["1c".to_owned().into(), Value::Unknown]);
        let sheet = doubts(&spaces).unwrap();
        assert_eq!(sheet.rows.len(), 2);
        let at = Value::Time(1_795_457_400_000);
        let row = ["1a".into(), "step".into(), at.clone(), at, 7_u64.into(), 900_u64.into()];
        assert_eq!(sheet.rows[0][..6], row);
        assert_eq!(sheet.rows[0][6], 210_u64.into());
        for broken in ["broken", "[{}]"] {
            spaces.push(vec!["1d".to_owned().into(), Value::Json(broken.to_owned())]);
            assert!(doubts(&spaces).is_err(), "not read is not none");
            spaces.rows.pop();
        }
    }
}
