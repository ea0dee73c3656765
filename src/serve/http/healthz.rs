//! `/healthz`: whether the log is well. One that stands still though its monitor meant to ask
//! long ago is stalled, and so is one whose owner says nothing; one whose monitor has nothing to
//! ask, or that has none, is idle.

use std::time::Duration;

use crate::sheet::{Sheet, Value};
use crate::space::Moment;

use super::stream::head;

/// Whoever has the files says within this time how the log is: a probe waits no longer.
pub const WITHIN: Duration = Duration::from_secs(5);

/// How the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// A monitor appends to it.
    Ok,
    /// Nothing is to be appended now: no monitor runs.
    Idle,
    /// The monitor meant to ask X long ago, and nothing was appended; or it says nothing at all.
    Stalled,
}

impl Life {
    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
        }
    }

    /// Returns how the log is, of the answer to `status`.
    pub fn of(status: &Sheet) -> Self {
        match (value(status, "running"), value(status, "stalled")) {
            (Some(Value::Bool(true)), Some(Value::Bool(true))) => Self::Stalled,
            (Some(Value::Bool(true)), _) => Self::Ok,
            _ => Self::Idle,
        }
    }
}

/// Returns a value of the answer to `status`.
pub fn value<'a>(status: &'a Sheet, name: &str) -> Option<&'a Value> {
    status.index(name).and_then(|at| status.rows.first()?.get(at))
}

/// Returns the answer and its status.
pub fn answer(status: &Sheet) -> (u16, String) {
    let life = Life::of(status);
    let (seq, recorded_at) = head(status);
    let time = |name| match value(status, name) {
        Some(Value::Time(at)) => format!("\"{}\"", Moment(*at)),
        _ => "null".to_owned(),
    };
    let count = |name| match value(status, name) {
        Some(Value::List(values)) => values.len(),
        _ => 0,
    };
    let recorded_at = recorded_at.map_or("null".to_owned(), |at| format!("\"{}\"", Moment(at)));
    let body = format!(
        "{{\"status\":\"{}\",\"running\":{},\"seq\":{seq},\"recorded_at\":{recorded_at},\
         \"last_poll_at\":{},\"next_poll_at\":{},\"trouble\":{},\"needs_person\":{}}}\n",
        life.word(),
        value(status, "running") == Some(&Value::Bool(true)),
        time("last_poll_at"),
        time("next_poll_at"),
        count("trouble"),
        count("needs_person"),
    );
    (if life == Life::Stalled { 503 } else { 200 }, body)
}

/// Returns the answer where whoever has the files says nothing: it was stopped, or hangs.
pub fn silent() -> (u16, String) {
    let body = format!(
        "{{\"status\":\"{}\",\"running\":null,\"seq\":null,\"recorded_at\":null,\
         \"last_poll_at\":null,\"next_poll_at\":null,\"trouble\":null,\"needs_person\":null}}\n",
        Life::Stalled.word()
    );
    (503, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Column, Unit};

    fn status(running: bool, stalled: Option<bool>) -> Sheet {
        let names = ["running", "stalled", "seq", "recorded_at", "trouble"];
        let mut sheet = Sheet::new(names.map(|name| Column::new(name, Unit::None)).to_vec());
        sheet.push(vec![
            running.into(),
            stalled.into(),
            7_u64.into(),
            Value::Time(0),
            vec!["disk: full"].into(),
        ]);
        sheet
    }

    #[test]
    fn a_stalled_log_is_a_failure_and_an_idle_one_is_not() {
        let (code, body) = answer(&status(true, Some(true)));
        assert_eq!(code, 503);
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(read["status"], "stalled");
        assert_eq!((&read["trouble"], &read["seq"]), (&1.into(), &7.into()));
        assert_eq!(read["recorded_at"], "1970-01-01T00:00:00.000Z");
        assert_eq!(answer(&status(true, Some(false))).0, 200);
        let (code, body) = answer(&status(false, None));
        assert!(code == 200 && body.contains("\"status\":\"idle\""), "{body}");
        let (code, body) = silent();
        let silent: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((code, &silent["status"]), (503, &"stalled".into()));
        let keys = |it: &serde_json::Value| it.as_object().unwrap().keys().cloned().collect();
        let (all, told): (Vec<String>, Vec<String>) = (keys(&read), keys(&silent));
        assert_eq!(told, all, "the same keys, whoever answers");
    }
}
