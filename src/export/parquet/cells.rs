//! The values of one column of a row group, as the format takes them: those that are known, and
//! levels that say which are not.

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::writer::SerializedColumnWriter;

use super::table::{Field, Kind};
use crate::sheet::Value;

/// Levels of a list: it is unknown, it is empty, an element is unknown, an element is there.
const NO_LIST: i16 = 0;
const EMPTY: i16 = 1;
const NO_ELEMENT: i16 = 2;
const ELEMENT: i16 = 3;

/// Copies of a text that is the same in every row.
const COPIES: usize = 1_024;

/// The values of a column.
#[derive(Debug)]
pub(super) struct Cells {
    known: Known,
    /// Whether each is known; `None` where all are.
    levels: Option<Vec<i16>>,
    /// Of a list, whether each goes on with the one before; `None` where there are no lists.
    repeats: Option<Vec<i16>>,
}

#[derive(Debug)]
enum Known {
    Texts(Vec<ByteArray>),
    /// One text in every row: so many copies as are written at a time, and the rows.
    Same(Vec<ByteArray>, usize),
    Wholes(Vec<i64>),
    Reals(Vec<f64>),
    Flags(Vec<bool>),
}

impl Cells {
    /// Returns a column without any values.
    pub fn new(field: &Field) -> Self {
        let known = match field.kind.element().unwrap_or(field.kind) {
            Kind::Whole | Kind::Time => Known::Wholes(Vec::new()),
            Kind::Real => Known::Reals(Vec::new()),
            Kind::Flag => Known::Flags(Vec::new()),
            _ => Known::Texts(Vec::new()),
        };
        let is_list = field.kind.element().is_some();
        let levels = (is_list || !field.known).then(Vec::new);
        Self { known, levels, repeats: is_list.then(Vec::new) }
    }

    /// Adds a whole number or a moment. False where the column takes none, or no unknown one.
    #[inline]
    pub fn whole(&mut self, value: Option<i64>) -> bool {
        let Known::Wholes(known) = &mut self.known else { return false };
        known.extend(value);
        level(self.levels.as_mut(), value.is_some())
    }

    /// Adds one text so many times; only to a column that is empty, and takes none that is unknown.
    /// Without a copy for each row, and without one for a group whose text is that of the last.
    pub fn same(&mut self, value: &ByteArray, rows: usize) -> bool {
        match &mut self.known {
            Known::Same(copies, none @ 0) if copies.first() == Some(value) => *none = rows,
            Known::Same(_, 0) => self.known = Known::Same(vec![value.clone(); COPIES], rows),
            Known::Texts(none) if none.is_empty() => {
                self.known = Known::Same(vec![value.clone(); COPIES], rows);
            }
            _ => return false,
        }
        self.levels.is_none()
    }

    /// Adds a text, as [`Cells::whole`] does a number.
    #[inline]
    pub fn text(&mut self, value: Option<ByteArray>) -> bool {
        if matches!(self.known, Known::Same(_, 0)) {
            self.known = Known::Texts(Vec::new());
        }
        let Known::Texts(known) = &mut self.known else { return false };
        let is_known = value.is_some();
        known.extend(value);
        level(self.levels.as_mut(), is_known)
    }

    /// Adds a value of a sheet; returns false where the column does not take it.
    pub fn push(&mut self, value: &Value) -> bool {
        let Some(repeats) = &mut self.repeats else {
            let is_known = *value != Value::Unknown;
            return (!is_known || self.known.push(value)) && level(self.levels.as_mut(), is_known);
        };
        let Some(levels) = &mut self.levels else { return false };
        let elements = match value {
            Value::Unknown | Value::List(_) if levels.len() != repeats.len() => return false,
            Value::Unknown => {
                levels.push(NO_LIST);
                repeats.push(0);
                return true;
            }
            Value::List(elements) if elements.is_empty() => {
                levels.push(EMPTY);
                repeats.push(0);
                return true;
            }
            Value::List(elements) => elements,
            _ => return false,
        };
        for (number, element) in elements.iter().enumerate() {
            let is_known = *element != Value::Unknown;
            if is_known && !self.known.push(element) {
                return false;
            }
            levels.push(if is_known { ELEMENT } else { NO_ELEMENT });
            repeats.push(i16::from(number > 0));
        }
        true
    }

    /// Writes the column.
    pub fn write(&self, to: &mut SerializedColumnWriter) -> Result<()> {
        let (levels, repeats) = (self.levels.as_deref(), self.repeats.as_deref());
        match &self.known {
            Known::Texts(it) => {
                to.typed::<ByteArrayType>().write_batch(it, levels, repeats)?;
            }
            Known::Same(copies, rows) => {
                let to = to.typed::<ByteArrayType>();
                let mut left = *rows;
                while left > 0 {
                    left -= to.write_batch(&copies[..left.min(COPIES)], None, None)?;
                }
            }
            Known::Wholes(it) => {
                to.typed::<Int64Type>().write_batch(it, levels, repeats)?;
            }
            Known::Reals(it) => {
                to.typed::<DoubleType>().write_batch(it, levels, repeats)?;
            }
            Known::Flags(it) => {
                to.typed::<BoolType>().write_batch(it, levels, repeats)?;
            }
        }
        Ok(())
    }

    /// Takes all values out; the room for them stays.
    pub fn clear(&mut self) {
        match &mut self.known {
            Known::Texts(it) => it.clear(),
            Known::Same(_, rows) => *rows = 0,
            Known::Wholes(it) => it.clear(),
            Known::Reals(it) => it.clear(),
            Known::Flags(it) => it.clear(),
        }
        self.levels.iter_mut().for_each(Vec::clear);
        self.repeats.iter_mut().for_each(Vec::clear);
    }
}

impl Known {
    fn push(&mut self, value: &Value) -> bool {
        match (self, value) {
            (Self::Texts(it), Value::Text(text) | Value::Json(text)) => {
                it.push(ByteArray::from(text.as_str()));
            }
            (Self::Wholes(it), Value::Int(value) | Value::Time(value)) => it.push(*value),
            (Self::Reals(it), Value::Real(value)) => it.push(*value),
            (Self::Flags(it), Value::Bool(value)) => it.push(*value),
            _ => return false,
        }
        true
    }
}

/// Notes whether a value is known; a column without levels takes no other.
#[inline]
fn level(levels: Option<&mut Vec<i16>>, is_known: bool) -> bool {
    match levels {
        Some(levels) => {
            levels.push(i16::from(is_known));
            true
        }
        None => is_known,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::RowAccessor as _;

    use super::super::TableFile;
    use super::super::table::Table;
    use super::*;

    const TABLE: Table = Table {
        name: "logs",
        about: "One log",
        fields: &[Field::known("monitor", Kind::Text, "which")],
        sorted_by: &[],
    };

    #[test]
    fn one_text_for_all_rows_is_read_as_each_by_itself() {
        let (one, other) = (ByteArray::from("one"), ByteArray::from("other"));
        let mut file = TableFile::new(Vec::new(), &TABLE, &[]).unwrap();
        let groups = [(&one, 3), (&one, 2 * COPIES + 1), (&other, COPIES), (&one, 1)];
        for (text, rows) in groups {
            file.fill(rows, |cells| cells[0].same(text, rows)).unwrap();
        }
        let apart = |cells: &mut [Cells]| {
            cells[0].text(Some(other.clone()))
                && cells[0].text(Some(one.clone()))
                && !cells[0].same(&one, 1)
        };
        file.fill(2, apart).unwrap();
        let (written, bytes) = file.finish().unwrap();
        let mut expected: Vec<&ByteArray> =
            groups.iter().flat_map(|(text, rows)| vec![*text; *rows]).collect();
        expected.extend([&other, &one]);
        assert_eq!(written.rows, expected.len() as u64);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        let found: Vec<String> =
            rows.map(|row| row.unwrap().get_string(0).unwrap().clone()).collect();
        let expected: Vec<&str> = expected.iter().map(|text| text.as_utf8().unwrap()).collect();
        assert!(found == expected, "row by row");
    }
}
