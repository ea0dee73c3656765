//! One row of a sheet, its values as `SQLite` takes them.

use serde_json::Value as Json;

use crate::sheet::{Sheet, Value};
use crate::space::Moment;

/// A row and the columns that it stands under.
pub(super) struct Row<'a> {
    pub sheet: &'a Sheet,
    pub values: &'a [Value],
}

impl<'a> Row<'a> {
    pub fn value(&self, column: &str) -> Option<&'a Value> {
        self.values.get(self.sheet.index(column)?).filter(|value| **value != Value::Unknown)
    }

    pub fn as_text(value: &Value) -> Option<&str> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(value: &Value) -> Option<i64> {
        match value {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_bool(value: &Value) -> Option<bool> {
        match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn text(&self, column: &str) -> Option<&'a str> {
        Self::as_text(self.value(column)?)
    }

    pub fn int(&self, column: &str) -> Option<i64> {
        Self::as_int(self.value(column)?)
    }

    pub fn bool(&self, column: &str) -> Option<bool> {
        Self::as_bool(self.value(column)?)
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds, far below what f64 holds exactly")]
    pub fn real(&self, column: &str) -> Option<f64> {
        match self.value(column)? {
            Value::Real(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// Returns a time to the second, as `SQLite`'s functions read it.
    pub fn seconds(&self, column: &str) -> Option<String> {
        self.time(column, "%Y-%m-%d %H:%M:%S")
    }

    /// Returns a time to the millisecond.
    pub fn millis(&self, column: &str) -> Option<String> {
        self.time(column, "%Y-%m-%d %H:%M:%S%.3f")
    }

    fn time(&self, column: &str, format: &str) -> Option<String> {
        match self.value(column)? {
            Value::Time(at) => Some(Moment(*at).to_utc().format(format).to_string()),
            _ => None,
        }
    }

    pub fn first(&self, column: &str) -> Option<&'a Value> {
        match self.value(column)? {
            Value::List(values) => values.first(),
            _ => None,
        }
    }

    pub fn texts(&self, column: &str) -> Option<Vec<&'a str>> {
        match self.value(column)? {
            Value::List(values) => Some(values.iter().filter_map(Self::as_text).collect()),
            _ => None,
        }
    }

    /// Returns a list of texts as an array of JSON; an unknown one in it is null.
    pub fn list(&self, column: &str) -> Option<String> {
        match self.value(column)? {
            Value::List(values) => {
                let values = values.iter().map(|value| Self::as_text(value).map(Json::from));
                Some(Json::Array(values.map(Option::unwrap_or_default).collect()).to_string())
            }
            _ => None,
        }
    }

    /// Returns embedded JSON.
    pub fn json(&self, column: &str) -> Json {
        match self.value(column) {
            Some(Value::Json(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Json::Null,
        }
    }
}
