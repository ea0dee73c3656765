//! A sheet as JSON: an array with one object a row, on a line of its own.

use std::io;

use serde::de::IgnoredAny;

use super::Exporter;
use crate::sheet::{Sheet, Value};
use crate::space::{Moment, Untrusted};

/// Writes an array of objects whose keys are the column names, in the columns' order.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Exporter for Json {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        if sheet.rows.is_empty() {
            return out.write_all(b"[]\n");
        }
        for (index, object) in objects(sheet).enumerate() {
            out.write_all(if index == 0 { b"[\n  " } else { b",\n  " })?;
            out.write_all(object.as_bytes())?;
        }
        out.write_all(b"\n]\n")
    }
}

/// Returns each row as a JSON object in one line.
pub(super) fn objects(sheet: &Sheet) -> impl Iterator<Item = String> {
    let keys: Vec<String> =
        sheet.columns.iter().map(|column| Untrusted(&column.name).json()).collect();
    sheet.rows.iter().map(move |row| {
        let mut object = String::from("{");
        for (key, value) in keys.iter().zip(row) {
            if object.len() > 1 {
                object.push(',');
            }
            object.push_str(key);
            object.push(':');
            push(&mut object, value);
        }
        object.push('}');
        object
    })
}

/// Returns a number as JSON has it: the shortest text that reads back as the same number.
pub(super) fn real(value: f64) -> Option<String> {
    serde_json::Number::from_f64(value).map(|number| number.to_string())
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::Unknown => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Real(value) => out.push_str(real(*value).as_deref().unwrap_or("null")),
        Value::Time(ms) => out.push_str(&Untrusted(&Moment(*ms).to_string()).json()),
        Value::Text(text) => out.push_str(&Untrusted(text).json()),
        Value::List(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push(out, value);
            }
            out.push(']');
        }
        Value::Json(text) => push_json(out, text),
    }
}

/// Adds a JSON text in one line, its hidden characters written as escapes; what is not JSON after
/// all becomes a string.
///
/// The text is copied, not read and written anew: a number too fine for `f64` stays as X sent it.
fn push_json(out: &mut String, text: &str) {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        out.push_str(&Untrusted(text).json());
        return;
    }
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if !in_string {
            in_string = c == '"';
            if !c.is_ascii_whitespace() {
                out.push(c);
            }
            continue;
        }
        if c == '"' || c == '\\' {
            out.push(c);
        } else {
            let quoted = Untrusted(c.encode_utf8(&mut [0; 4])).json();
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
        in_string = c != '"' || escaped;
        escaped = c == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture::written;
    use super::*;
    use crate::sheet::{Column, Unit};

    fn one(value: Value) -> String {
        let mut sheet = Sheet::new(vec![Column::new("v", Unit::None)]);
        sheet.push(vec![value]);
        objects(&sheet).collect()
    }

    fn read(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_are_the_shortest_that_read_back() {
        assert_eq!(one(Value::Real(12.5)), r#"{"v":12.5}"#);
        assert_eq!(one(Value::Real(3.0)), r#"{"v":3.0}"#);
        assert_eq!(one(Value::Real(0.1 + 0.2)), r#"{"v":0.30000000000000004}"#);
        assert_eq!(one(Value::Real(f64::NAN)), r#"{"v":null}"#);
        assert_eq!(one(Value::Int(i64::MIN)), r#"{"v":-9223372036854775808}"#);
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(one(Value::Time(0)), r#"{"v":"1970-01-01T00:00:00.000Z"}"#);
    }

    #[test]
    fn lists_keep_their_unknowns() {
        let list = Value::List(vec![Value::Int(1), Value::Unknown, Value::List(Vec::new())]);
        assert_eq!(one(list), r#"{"v":[1,null,[]]}"#);
    }

    #[test]
    fn embedded_json_keeps_its_numbers_and_hides_nothing() {
        let text = "{ \"big\" : 123456789012345678901234567890,\n \"t\\\"\\\\\": \"a \u{202e}\" }";
        assert_eq!(
            one(Value::Json(text.to_owned())),
            r#"{"v":{"big":123456789012345678901234567890,"t\"\\":"a \u202e"}}"#
        );
    }

    #[test]
    fn what_is_not_json_is_a_string() {
        for text in ["", "{", "{} {}", "nul", "[1,]"] {
            assert_eq!(read(&one(Value::Json(text.to_owned())))["v"], text);
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop::collection::vec(any::<char>(), 0..64).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn any_text_and_any_key_read_back_as_they_were(text in any_text(), key in any_text()) {
            let mut sheet = Sheet::new(vec![Column::new(&key, Unit::None)]);
            sheet.push(vec![text.as_str().into()]);
            let array = read(&written("json", &sheet));
            prop_assert_eq!(array[0][&key].as_str(), Some(text.as_str()));
            let lines = written("jsonl", &sheet);
            prop_assert_eq!(lines.lines().count(), 1);
            prop_assert_eq!(&read(&lines), &array[0]);
        }

        #[test]
        fn any_embedded_json_reads_back_as_it_was(texts in prop::collection::vec(any_text(), 0..4)) {
            let json = serde_json::json!({ "texts": texts, "and": [1, 2.5, null, true] });
            let pretty = serde_json::to_string_pretty(&json).unwrap();
            let shown = one(Value::Json(pretty));
            prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
            prop_assert_eq!(&read(&shown)["v"], &json);
        }
    }
}
