//! The past as it was known then: where the log is cut off, and from which views it is answered.

use serde::{Deserialize, Serialize};

use crate::log::Reader;
use crate::projector::Needs;
use crate::space::Moment;
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

use super::{Question, QuestionError};

/// As of when a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AsOf {
    /// A place in the log.
    Seq(u64),
    /// A moment of recording, in milliseconds since the epoch.
    Moment(i64),
}

/// Where the log is cut off. A batch is in it whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last seq of the last batch in it; 0 when there is none.
    pub seq: u64,
    /// Now, then: the moment asked for, or when that batch was recorded.
    pub now: i64,
    /// What people are told of it.
    pub note: String,
}

impl AsOf {
    /// Reads a time or a date, or a seq, `seq:120` or `120`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix("seq:").unwrap_or(text);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return number.parse().ok().map(Self::Seq);
        }
        Moment::parse_time_or_date(text).map(|moment| Self::Moment(moment.0))
    }

    /// Returns what people are told of a moment that is yet to come: the present is the answer.
    pub fn to_come(self, now: i64) -> Option<String> {
        match self {
            Self::Moment(moment) if moment > now => {
                Some(format!("{} is yet to come: as of now", Moment(moment)))
            }
            _ => None,
        }
    }

    /// Finds where to cut: after the last batch recorded at or before the moment, or after the
    /// last one that ends at or before the seq.
    ///
    /// # Errors
    /// [`QuestionError::BeyondLog`] for a seq that the log does not hold yet.
    pub fn cut(self, reader: &Reader) -> Result<Cut, QuestionError> {
        let seq = match self {
            Self::Moment(moment) => reader.seq_at(Moment(moment).plus(1))? - 1,
            Self::Seq(seq) => {
                let head = reader.head()?.seq;
                if seq > head {
                    return Err(QuestionError::BeyondLog { seq, head });
                }
                match reader.batches(seq, 1)?.pop() {
                    Some(batch) if batch.last_seq() > seq => batch.first_seq - 1,
                    _ => seq,
                }
            }
        };
        let last = if seq == 0 { None } else { reader.batches(seq, 1)?.pop() };
        let recorded_at = last.map(|batch| batch.recorded_at);
        let now = match self {
            Self::Moment(moment) => moment,
            Self::Seq(_) => recorded_at.unwrap_or(reader.header().created_at).0,
        };
        let note = match recorded_at {
            Some(recorded_at) => format!("as of seq {seq}, recorded {recorded_at}"),
            None => "as of a moment before the log begins".to_owned(),
        };
        Ok(Cut { seq, now, note })
    }
}

impl Question {
    /// Returns what the question is answered from when it is asked of the past.
    ///
    /// # Errors
    /// [`QuestionError::PresentOnly`] for one that makes no sense there.
    pub fn needs(&self) -> Result<Needs<'_>, QuestionError> {
        let (views, only): (&[&'static str], _) = match self {
            Self::Status | Self::Doctor | Self::Letters { .. } | Self::Alerts { .. } => {
                return Err(QuestionError::PresentOnly);
            }
            Self::Spaces { .. }
            | Self::Hosts(_)
            | Self::Speakers(_)
            | Self::Person { .. }
            | Self::Joined(_)
            | Self::Schedule { .. }
            | Self::Topics(_) => (&[Spaces::NAME, People::NAME, Curves::NAME], None),
            Self::Space { id } => {
                (&[Spaces::NAME, People::NAME, Curves::NAME], Some(std::slice::from_ref(id)))
            }
            Self::Announcement { id } => (&[Spaces::NAME], Some(std::slice::from_ref(id))),
            Self::Participants { id } | Self::Posts { id } => {
                (&[Spaces::NAME, People::NAME], Some(std::slice::from_ref(id)))
            }
            Self::These { ids } => {
                (&[Spaces::NAME, People::NAME, Curves::NAME], Some(ids.as_slice()))
            }
            Self::Curve { ids, .. } => (&[Spaces::NAME, Curves::NAME], Some(ids.as_slice())),
            Self::Keywords { .. } => (&[Keywords::NAME, Spaces::NAME, Curves::NAME], None),
            Self::Polls { .. } | Self::Spend => (&[Polls::NAME], None),
            Self::Gaps { space } => {
                (&[Polls::NAME, Spaces::NAME], space.as_ref().map(std::slice::from_ref))
            }
            Self::Events { .. } => (&[], None),
        };
        let curves = match self {
            Self::Spaces { .. } | Self::Schedule { .. } | Self::Person { followers: false, .. } => {
                true
            }
            Self::Joined(of) => {
                matches!(**of, Self::Spaces { .. } | Self::Space { .. } | Self::Curve { .. })
            }
            _ => false,
        };
        Ok(Needs { views, curves, only })
    }
}
