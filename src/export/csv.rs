//! A sheet as comma-separated values that a spreadsheet can open without running a title.

use std::io;

use csv::{Terminator, WriterBuilder};

use super::{Exporter, json};
use crate::sheet::{Sheet, Value};
use crate::space::{Moment, Untrusted};

/// Writes a header of column names and a line a row; unknown is an empty cell.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

/// What stands between the values of a list in one cell.
const BETWEEN: &str = ";";

impl Exporter for Csv {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
        writer.write_record(sheet.columns.iter().map(|column| &column.name)).map_err(kept)?;
        for row in &sheet.rows {
            writer.write_record(row.iter().map(cell)).map_err(kept)?;
        }
        writer.flush()
    }
}

/// Keeps the kind of a failure, which the crate's own conversion drops: a reader that has gone is
/// told from a full disk by it.
fn kept(error: csv::Error) -> io::Error {
    let kind = match error.kind() {
        csv::ErrorKind::Io(error) => error.kind(),
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Unknown => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Real(value) => json::real(*value).unwrap_or_default(),
        Value::Time(ms) => Moment(*ms).to_string(),
        // Each value of a list is guarded, not only the cell: where `;` separates cells, a
        // spreadsheet takes the list apart.
        Value::List(values) => values.iter().map(cell).collect::<Vec<_>>().join(BETWEEN),
        Value::Text(text) | Value::Json(text) => Untrusted(text).csv(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture::written;
    use super::*;
    use crate::sheet::{Column, Unit};

    fn two(first: Value, second: Value) -> Sheet {
        let mut sheet = Sheet::new(vec![
            Column::new("first, of two", Unit::None),
            Column::hidden("second", Unit::Count),
        ]);
        sheet.push(vec![first, second]);
        sheet
    }

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_number_may_be_negative_but_a_text_may_not_look_like_one() {
        let text = written("csv", &two(Value::Int(-1), "-1".into()));
        assert_eq!(text, "\"first, of two\",second\n-1,'-1\n");
    }

    #[test]
    fn every_value_of_a_list_is_guarded() {
        let list = Value::List(vec!["a".into(), "=b".into(), Value::Unknown, Value::Int(-3)]);
        assert_eq!(cell(&list), "a;'=b;;-3");
    }

    #[test]
    fn a_reader_who_has_gone_is_told_from_other_failures() {
        struct Gone;
        impl io::Write for Gone {
            fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        // Longer than the writer's buffer, so that the failure comes while records are written.
        let long = two("x".repeat(100_000).into(), Value::Unknown);
        let failed = Csv.write(&long, &mut Gone).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::BrokenPipe);
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_it_was_but_for_the_guard(
            chars in prop::collection::vec(any::<char>(), 0..64),
        ) {
            let text: String = chars.into_iter().collect();
            let rows = read(&written("csv", &two(text.as_str().into(), Value::Unknown)));
            prop_assert_eq!(rows.len(), 2);
            prop_assert_eq!(&rows[1], &[Untrusted(&text).csv(), String::new()]);
        }
    }
}
