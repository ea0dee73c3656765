//! A sheet: typed columns with units, and rows. Unknown is a value of its own.
//!
//! Every answer of the program is one; how it is written (table, JSON, CSV …) is `export`'s
//! business, and nobody writes a text without the escape of its format.

/// An answer: named, typed columns and the rows under them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The columns, left to right; their names are the JSON keys.
    pub columns: Vec<Column>,
    /// The rows; each has one value a column.
    pub rows: Vec<Vec<Value>>,
    /// What the answer rests on, in lines for people: how fresh, how complete.
    pub notes: Vec<String>,
    /// What whoever asked must know in every format, in lines for people.
    pub warnings: Vec<String>,
    /// Where the next page of a long answer begins, if this is not the last.
    pub next: Option<u64>,
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name: a JSON key, a CSV header.
    pub name: String,
    /// The unit of its numbers.
    pub unit: Unit,
    /// Whether a table for people shows it; data formats always do.
    pub in_table: bool,
}

/// The unit of a column's numbers, which decides how people see them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// No number, or one without a unit (an id, a rank).
    #[default]
    None,
    /// People, Spaces, requests: whole things, grouped by thousands for people.
    Count,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Hours of one person's presence.
    ParticipantHours,
    /// A share of one, shown as per cent.
    Share,
    /// US dollars.
    Dollars,
    /// Bytes.
    Bytes,
}

/// A value in a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known: null, an empty cell, a dash; never zero.
    Unknown,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A measured or divided number; always finite.
    Real(f64),
    /// A moment, in milliseconds since the Unix epoch.
    Time(i64),
    /// Text, which may be anybody's: every format escapes it.
    Text(String),
    /// Values of one kind, in order.
    List(Vec<Value>),
    /// A JSON value to show as it is where the format can (an event's data); a text elsewhere.
    Json(String),
}

impl Column {
    /// Returns a column that tables show.
    pub fn new(name: &str, unit: Unit) -> Self {
        Self { name: name.to_owned(), unit, in_table: true }
    }

    /// Returns a column that only data formats show.
    pub fn hidden(name: &str, unit: Unit) -> Self {
        Self { name: name.to_owned(), unit, in_table: false }
    }
}

impl Sheet {
    /// Returns an empty sheet with these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds a row. A row that is too short is filled up with unknowns; what is beyond the last
    /// column is cut off.
    pub fn push(&mut self, mut row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row has one value a column");
        row.resize(self.columns.len(), Value::Unknown);
        self.rows.push(row);
    }

    /// Returns where the column of this name stands.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

/// Numbers beyond `i64` become the largest one; X counts nothing near it.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// What is not a number is unknown.
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Real(value) } else { Self::Unknown }
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
