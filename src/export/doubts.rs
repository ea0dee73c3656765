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

/// Returns the doubts under the key `doubts` of an answer to `spaces`, each a row.
///
/// # Errors
/// When what stands there is no list of JSON: none would be no answer.
pub fn doubts(spaces: &Sheet) -> io::Result<Sheet> {
    let mut sheet = columns();
    let Some(place) = spaces.index("doubts") else { return Ok(sheet) };
    for row in &spaces.rows {
        let Some(Value::Json(text)) = row.get(place) else { continue };
        let each: Vec<Json> = serde_json::from_str(text).map_err(io::Error::other)?;
        let text = |it: &Json| Value::from(it.as_str().map(ToOwned::to_owned));
        let time = |it: &Json| {
            it.as_str()
                .and_then(Moment::parse_time_or_date)
                .map_or(Value::Unknown, |at| Value::Time(at.0))
        };
        for it in each {
            sheet.push(vec![
                text(&it["space_id"]),
                text(&it["rule"]),
                time(&it["observed_at"]),
                time(&it["until"]),
                it["seq"].as_u64().into(),
                it["participants"].as_u64().into(),
                it["against"].as_u64().into(),
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
        spaces.push(vec!["1d".to_owned().into(), Value::Json("broken".to_owned())]);
        assert!(doubts(&spaces).is_err(), "not read is not none");
    }
}
