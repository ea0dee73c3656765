//! What goes over the socket, as JSON.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::handed::{BatchCopy, Body, Page};
use crate::export::place::Access;
use crate::question::{AsOf, Own, Question, Rows};
use crate::sheet::{Column, Sheet, Unit, Value};

/// What a command asks of the owner of the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A question.
    Ask {
        /// What is asked.
        question: Question,
        /// As of when; the present where it is not said.
        as_of: Option<AsOf>,
        /// The wording of whoever asks; the owner's where it is not said.
        #[serde(default)]
        own: Option<Own>,
    },
    /// Rows of a table that may be too long for one answer.
    Rows(Rows),
    /// Check log and views.
    Verify {
        /// Heads of the log that were published.
        expect: Vec<Expected>,
    },
    /// Write what is whole of the log into a new one.
    Salvage {
        /// The new log's folder, an absolute path.
        to: String,
    },
    /// Copy the log and the kept bodies.
    Backup {
        /// The copy's folder, an absolute path.
        to: String,
    },
    /// Write the log and its views out for other programs.
    Export(Export),
    /// Fold one view, or all, anew.
    Rebuild {
        /// The view.
        view: Option<String>,
    },
    /// Take recorded bodies in.
    Import(Vec<Body>),
    /// Take batches of another log in.
    Adopt {
        /// Whether that log holds simulated data.
        simulated: bool,
        /// The batches, in their order.
        batches: Vec<BatchCopy>,
    },
    /// Record what X was just asked by hand.
    Record(Vec<Page>),
    /// Record that these Spaces are one event, or are not.
    Join {
        /// Their ids.
        spaces: Vec<String>,
        /// Whether they are.
        joined: bool,
    },
    /// Change the running monitor's watch list; without changes, tell it.
    Watch(Vec<WatchChange>),
    /// Erase texts for good.
    Forget {
        /// Whose.
        whom: Whom,
        /// Why; it stays in the log.
        reason: String,
    },
}

/// What is to be written out, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The file or the folder, an absolute path; or `s3://BUCKET/PREFIX`.
    pub to: String,
    /// In which form.
    pub form: ExportForm,
    /// Only what was observed at or after, in milliseconds since the epoch.
    pub since: Option<i64>,
    /// Only what was observed before.
    pub until: Option<i64>,
    /// What opens the bucket of whoever asks, where it goes into one.
    #[serde(default)]
    pub access: Access,
}

/// A form of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportForm {
    /// A folder of Parquet tables.
    Parquet {
        /// By what observations are parted: the word for it.
        partition_by: String,
    },
}

/// One change of a watch list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchChange {
    /// `query`, `creator` or `space`.
    pub kind: String,
    /// What: a text, a name with its `@` or an id.
    pub watched: String,
    /// Put on the list, or taken off.
    pub added: bool,
}

/// Whose texts are to be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// A user's, by id.
    User(u64),
    /// A user's, by name, without its `@`.
    Username(String),
    /// A Space's, by id.
    Space(String),
}

impl Request {
    /// Returns the request for a question about the present, in the owner's wording.
    pub fn ask(question: Question) -> Self {
        Self::Ask { question, as_of: None, own: None }
    }
}

/// A head of the log that was published: the chain hash at the end of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The last seq of the batch.
    pub seq: u64,
    /// The chain hash there.
    pub hash: [u8; 32],
}

/// What comes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The answer.
    Sheet(Sheet),
    /// How far a long request has come.
    Progress {
        /// What is being done.
        what: String,
        /// So far.
        at: u64,
        /// Of so much.
        end: u64,
    },
    /// There is no answer.
    Refused(Refusal),
}

/// Why there is no answer: enough to tell a person, and to choose an exit code.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
#[error("{message}")]
pub struct Refusal {
    /// Of which kind.
    pub kind: RefusalKind,
    /// What failed.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
}

/// Kinds of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The request does not make sense.
    Usage,
    /// What was named is nothing that can be written to.
    NoPlace,
    /// What somebody else put there stands in the place of what was to be written.
    Taken,
    /// What was asked about is not there.
    NotFound,
    /// It takes a running monitor, and there is none.
    NotRunning,
    /// Log or views are damaged.
    Storage,
    /// A newer program wrote what this one cannot read, or may not write to.
    Newer,
    /// The operating system refuses: a full disk, or no permission.
    Disk,
    /// No key, or one that does not open what was named.
    Denied,
    /// Nobody answers there.
    Unreachable,
    /// Anything else.
    Failure,
}

impl Refusal {
    /// Returns a refusal with an error and all its causes.
    pub fn of(kind: RefusalKind, error: &dyn std::error::Error) -> Self {
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Self { kind, message: error.to_string(), causes }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireReply {
    Sheet(WireSheet),
    Progress { what: String, at: u64, end: u64 },
    Refused(Refusal),
}

#[derive(Serialize, Deserialize)]
struct WireSheet {
    columns: Vec<(String, u8, bool)>,
    rows: Vec<Vec<WireValue>>,
    notes: Vec<String>,
    #[serde(default)]
    warnings: Vec<String>,
    next: Option<u64>,
}

/// A value; a real number goes by its bits, because text would not give every one back.
#[derive(Serialize, Deserialize)]
enum WireValue {
    #[serde(rename = "u")]
    Unknown,
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "r")]
    Real(u64),
    #[serde(rename = "m")]
    Time(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "l")]
    List(Vec<WireValue>),
    #[serde(rename = "j")]
    Json(String),
}

const UNITS: [Unit; 8] = [
    Unit::None,
    Unit::Count,
    Unit::Seconds,
    Unit::Milliseconds,
    Unit::ParticipantHours,
    Unit::Share,
    Unit::Dollars,
    Unit::Bytes,
];

impl Reply {
    /// Returns the reply as one line, without its end.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&match self {
            Self::Sheet(sheet) => WireReply::Sheet(pack(sheet)),
            Self::Progress { what, at, end } => {
                WireReply::Progress { what: what.clone(), at: *at, end: *end }
            }
            Self::Refused(refusal) => WireReply::Refused(refusal.clone()),
        })
    }

    /// Reads what [`Reply::to_line`] wrote.
    pub fn from_line(line: &str) -> Result<Self, serde_json::Error> {
        Ok(match serde_json::from_str(line)? {
            WireReply::Sheet(sheet) => Self::Sheet(unpack(sheet)),
            WireReply::Progress { what, at, end } => Self::Progress { what, at, end },
            WireReply::Refused(refusal) => Self::Refused(refusal),
        })
    }
}

fn pack(sheet: &Sheet) -> WireSheet {
    let columns = sheet.columns.iter().map(|column| {
        let unit = (0..).zip(UNITS).find(|(_, unit)| *unit == column.unit);
        (column.name.clone(), unit.map(|(place, _)| place).unwrap_or_default(), column.in_table)
    });
    WireSheet {
        columns: columns.collect(),
        rows: sheet.rows.iter().map(|row| row.iter().map(pack_value).collect()).collect(),
        notes: sheet.notes.clone(),
        warnings: sheet.warnings.clone(),
        next: sheet.next,
    }
}

fn unpack(wire: WireSheet) -> Sheet {
    let columns = wire.columns.into_iter().map(|(name, unit, in_table)| {
        let unit = UNITS.get(usize::from(unit)).copied().unwrap_or_default();
        Column { name, unit, in_table }
    });
    Sheet {
        columns: columns.collect(),
        rows: wire
            .rows
            .into_iter()
            .map(|row| row.into_iter().map(unpack_value).collect())
            .collect(),
        notes: wire.notes,
        warnings: wire.warnings,
        next: wire.next,
    }
}

fn pack_value(value: &Value) -> WireValue {
    match value {
        Value::Unknown => WireValue::Unknown,
        Value::Bool(it) => WireValue::Bool(*it),
        Value::Int(it) => WireValue::Int(*it),
        Value::Real(it) => WireValue::Real(it.to_bits()),
        Value::Time(it) => WireValue::Time(*it),
        Value::Text(it) => WireValue::Text(it.clone()),
        Value::List(it) => WireValue::List(it.iter().map(pack_value).collect()),
        Value::Json(it) => WireValue::Json(it.clone()),
    }
}

fn unpack_value(value: WireValue) -> Value {
    match value {
        WireValue::Unknown => Value::Unknown,
        WireValue::Bool(it) => Value::Bool(it),
        WireValue::Int(it) => Value::Int(it),
        WireValue::Real(bits) => f64::from_bits(bits).into(),
        WireValue::Time(it) => Value::Time(it),
        WireValue::Text(it) => Value::Text(it),
        WireValue::List(it) => Value::List(it.into_iter().map(unpack_value).collect()),
        WireValue::Json(it) => Value::Json(it),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_comes_over_the_socket_as_it_was() {
        let mut sheet =
            Sheet::new(vec![Column::new("a", Unit::Share), Column::hidden("b", Unit::None)]);
        sheet.push(vec![Value::Real(0.1 + 0.2), Value::List(vec![Value::Unknown, "x\n".into()])]);
        sheet.push(vec![Value::Time(-5), Value::Json("{\"k\":1}".to_owned())]);
        sheet.next = Some(7);
        sheet.warnings.push("mind".to_owned());
        let reply = Reply::Sheet(sheet);
        let line = reply.to_line().unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(Reply::from_line(&line).unwrap(), reply);
    }
}
