//! One JSON object of an answer, read field by field: what cannot be read is unknown, and kept.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::space::Moment;

/// Unknown fields of a row are kept up to this many bytes of JSON, and beyond it not at all.
pub(super) const EXTRA_MAX: usize = 16 << 10;

/// An object from which the known fields are taken, until only the unknown are left.
pub(super) struct Row {
    fields: Map<String, Value>,
    misread: Vec<(String, Value)>,
}

impl Row {
    /// Returns the row, or `None` where `value` is no object.
    pub fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self { fields, misread: Vec::new() }),
            _ => None,
        }
    }

    /// Takes `key` and reads it; `None` when it is absent, null, or not what `read` expects.
    pub fn take<T>(&mut self, key: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.fields.swap_remove(key).filter(|value| !value.is_null())?;
        let taken = read(&value);
        if taken.is_none() {
            self.misread.push((key.to_owned(), value));
        }
        taken
    }

    /// Takes an id that X writes as a string.
    pub fn id<T: FromStr>(&mut self, key: &str) -> Option<T> {
        self.take(key, |value| value.as_str()?.parse().ok())
    }

    /// Takes a text, an empty one included.
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, |value| value.as_str().map(str::to_owned))
    }

    /// Takes a whole number of at least 0.
    pub fn count(&mut self, key: &str) -> Option<u64> {
        self.take(key, Value::as_u64)
    }

    /// Takes a yes or no.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, Value::as_bool)
    }

    /// Takes an RFC 3339 time.
    pub fn moment(&mut self, key: &str) -> Option<Moment> {
        self.take(key, |value| Moment::parse(value.as_str()?))
    }

    /// Takes a list, each item read by `read`. An empty list is `Some`; items that cannot be read
    /// are left out, and a list without any that can is unknown, as it is not empty.
    pub fn list<T>(&mut self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
        let value = self.fields.swap_remove(key).filter(|value| !value.is_null())?;
        let (items, whole) = match value.as_array() {
            Some(listed) => {
                let items: Vec<T> = listed.iter().filter_map(read).collect();
                let whole = items.len() == listed.len();
                ((whole || !items.is_empty()).then_some(items), whole)
            }
            None => (None, false),
        };
        if !whole {
            self.misread.push((key.to_owned(), value));
        }
        items
    }

    /// Takes an object as a row of its own; whoever takes it gives the rest back by [`Row::keep`].
    pub fn row(&mut self, key: &str) -> Option<Self> {
        self.take(key, |value| Self::of(value.clone()))
    }

    /// Drops `key` on purpose.
    pub fn drop(&mut self, key: &str) {
        self.fields.swap_remove(key);
    }

    /// Puts `rest` back under `key`, for the unknown fields; nothing when it is empty.
    pub fn keep(&mut self, key: &str, rest: Self) {
        let rest = rest.rest();
        if !rest.is_empty() {
            self.misread.push((key.to_owned(), Value::Object(rest)));
        }
    }

    /// Drops the whole numbers among the fields that are left.
    pub fn drop_counts(&mut self) {
        self.fields.retain(|_, value| !value.is_u64());
    }

    /// Returns what nobody took as a JSON object with sorted keys (so that equal contents are
    /// equal texts); `None` when there is nothing, or more than [`EXTRA_MAX`] bytes.
    pub fn extra(self) -> Option<String> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let mut rest = Value::Object(rest);
        rest.sort_all_objects();
        Some(rest.to_string()).filter(|text| text.len() <= EXTRA_MAX)
    }

    fn rest(mut self) -> Map<String, Value> {
        self.fields.extend(self.misread);
        self.fields
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::space::UserId;

    #[test]
    fn what_cannot_be_read_is_unknown_and_kept_in_sorted_order() {
        let mut row = Row::of(json!({
            "title": 7, "n": -1, "at": "2021-7-14T04:35:55Z", "none": null,
            "z": {"b": 1, "a": 2}, "known": "x",
        }))
        .unwrap();
        assert_eq!((row.text("title"), row.count("n"), row.moment("at")), (None, None, None));
        assert_eq!((row.text("none"), row.text("known").as_deref()), (None, Some("x")));
        assert_eq!(
            row.extra().unwrap(),
            r#"{"at":"2021-7-14T04:35:55Z","n":-1,"title":7,"z":{"a":2,"b":1}}"#
        );
    }

    #[test]
    fn an_empty_list_is_a_list_and_a_list_of_rubbish_is_unknown() {
        let mut row = Row::of(json!({"a": [], "b": ["x", 1], "c": ["7", "x"], "d": "7"})).unwrap();
        let mut ids =
            |key: &str| row.list::<UserId>(key, |value| value.as_str()?.parse::<UserId>().ok());
        assert_eq!(ids("a"), Some(Vec::new()));
        assert_eq!((ids("b"), ids("d"), ids("e")), (None, None, None));
        assert_eq!(ids("c"), Some(vec![UserId(7)]));
        assert_eq!(row.extra().unwrap(), r#"{"b":["x",1],"c":["7","x"],"d":"7"}"#);
    }

    #[test]
    fn unknown_fields_beyond_16_kib_are_not_kept() {
        let fits = Row::of(json!({"x": "y".repeat(EXTRA_MAX - 8)})).unwrap();
        assert_eq!(fits.extra().unwrap().len(), EXTRA_MAX);
        assert_eq!(Row::of(json!({"x": "y".repeat(EXTRA_MAX - 7)})).unwrap().extra(), None);
    }
}
