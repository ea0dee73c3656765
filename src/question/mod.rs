//! The closed set of questions, and the sheets that answer them: the same for command line, local
//! API and page.

mod as_of;
mod basis;
mod card;
mod counts;
mod curve;
mod data;
mod disk;
mod doctor;
mod doubts;
mod events;
mod forecast;
mod hosts;
mod joined;
mod keywords;
mod latin4;
mod letters;
mod listed;
mod own;
mod pages;
mod person;
mod polls;
mod schedule;
mod space;
mod spaces;
mod spam;
mod spend;
mod status;
mod sums;
mod topics;
mod wire;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::event::Event;
use crate::event::codec::Header;
use crate::log::{FORMAT, LogError, Reader};
use crate::projector::{ProjectorError, Views};
use crate::sheet::Sheet;
use crate::space::SpaceId;

pub use as_of::{AsOf, Cut};
pub use counts::{CountSort, Counting};
pub use doctor::{Check, Health};
pub use doubts::{Doubting, doubted_in_log};
pub use hosts::{Board, HostRank, Method};
pub use keywords::Words;
pub use own::Own;
pub use pages::{Rows, SpaceFacts};
pub use schedule::Standing;
pub use spaces::SpaceSort;
pub use status::Running;

/// What can be asked. Spans are in milliseconds, moments in milliseconds since the epoch; a limit
/// of 0 is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// Is it well: last poll, windows, lag, disk.
    Status,
    /// What is well and what is not, one thing a row, with what to do.
    Doctor,
    /// The Spaces known.
    Spaces {
        /// Only in this state.
        state: Option<String>,
        /// Only of this host, by id or name.
        host: Option<String>,
        /// Only with this in the title.
        keyword: Option<String>,
        /// Only with at least this peak (or, never seen live, this last count).
        min_participants: Option<u64>,
        /// The order.
        sort: SpaceSort,
        /// At most this many.
        limit: usize,
    },
    /// These Spaces, in their order; of those that are not known there is no row.
    These {
        /// Which.
        #[serde(with = "wire::spaces")]
        ids: Vec<SpaceId>,
    },
    /// The Spaces whose begin was announced, and what became of them.
    Schedule {
        /// Only of this standing.
        standing: Option<Standing>,
        /// Only of this host, by id or name.
        host: Option<String>,
        /// Only with this in the title.
        keyword: Option<String>,
        /// How long ago the announced begin may be.
        last_ms: u64,
        /// At most this many.
        limit: usize,
    },
    /// How the announcement of one Space changed, and its reminders.
    Announcement {
        /// Which.
        #[serde(with = "wire::space")]
        id: SpaceId,
    },
    /// Everything about one Space.
    Space {
        /// Which.
        #[serde(with = "wire::space")]
        id: SpaceId,
    },
    /// Participant curves.
    Curve {
        /// Of which Spaces.
        #[serde(with = "wire::spaces")]
        ids: Vec<SpaceId>,
        /// One point every so often instead of one an observation.
        step_ms: Option<u64>,
    },
    /// The buyers of a Space's tickets.
    Participants {
        /// Which.
        #[serde(with = "wire::space")]
        id: SpaceId,
    },
    /// The posts shared in a Space.
    Posts {
        /// Which.
        #[serde(with = "wire::space")]
        id: SpaceId,
    },
    /// The leaderboard of hosts.
    Hosts(Board),
    /// The leaderboard of speakers.
    Speakers(Board),
    /// Where somebody hosted or spoke, or their followers over time.
    Person {
        /// Who: an id, or a name.
        who: String,
        /// Followers instead of Spaces.
        followers: bool,
    },
    /// Words of titles of Spaces first seen in a window, and in the one before.
    Keywords {
        /// Which words.
        which: Words,
        /// The window, the order, the cut.
        counting: Counting,
    },
    /// Topics of Spaces first seen in a window, and in the one before.
    Topics(Counting),
    /// The question about one Space, about curves, or about the Spaces known, with Spaces that are
    /// parts of one event as one.
    Joined(Box<Question>),
    /// What was asked of X.
    Polls {
        /// Only sent at or after.
        since: Option<i64>,
        /// The last so many, and at most 50,000.
        limit: usize,
    },
    /// When we did not look.
    Gaps {
        /// Only of this Space.
        #[serde(with = "wire::maybe_space")]
        space: Option<SpaceId>,
    },
    /// The alerts that wait to be delivered, or that were given up.
    Letters {
        /// Those that were given up.
        dead: bool,
    },
    /// The alerts that were raised, the newest first, and how far each has come.
    Alerts {
        /// At most this many.
        limit: usize,
    },
    /// What today and this month cost, and will.
    Spend,
    /// One page of the log itself.
    Events {
        /// From this seq on.
        from: u64,
        /// Only observed at or after.
        since: Option<i64>,
        /// Only observed before.
        until: Option<i64>,
        /// Only of this Space.
        #[serde(with = "wire::maybe_space")]
        space: Option<SpaceId>,
        /// Only of this kind.
        kind: Option<String>,
    },
}

impl Question {
    /// Returns whether the views answer it; the log itself answers the others.
    pub fn asks_views(&self) -> bool {
        !matches!(self, Self::Events { .. } | Self::Letters { .. } | Self::Alerts { .. })
    }
}

/// Returns what whoever asks must know of a log that a newer program wrote.
pub fn warning(header: &Header) -> Option<String> {
    (header.format > FORMAT).then(|| {
        format!(
            "the log has format {}, newer than this program's {FORMAT}: it is read only, and views \
             are folded in memory",
            header.format
        )
    })
}

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum QuestionError {
    /// No Space of this id is in the log.
    #[error("Space `{0}` is not in the log")]
    UnknownSpace(SpaceId),
    /// Nobody of this id or name is in the log.
    #[error("nobody of the id or name `{0}` is in the log")]
    UnknownPerson(String),
    /// More than one person goes, or went, by a name.
    #[error("more than one person goes by the name `{name}`: ask by one of the ids {ids}")]
    SeveralPersons {
        /// The name.
        name: String,
        /// Their ids.
        ids: String,
    },
    /// No kind of event has this name.
    #[error("no event is of kind `{0}`; the kinds are {kinds}", kinds = Event::KINDS.join(", "))]
    UnknownKind(String),
    /// A seq that is yet to come.
    #[error("seq `{seq}` is beyond the log, which ends with seq {head}")]
    BeyondLog {
        /// The seq asked for.
        seq: u64,
        /// The last one there is.
        head: u64,
    },
    /// The question makes no sense about the past.
    #[error("only the present has a status, and alerts on their way")]
    PresentOnly,
    /// A view.
    #[error(transparent)]
    View(#[from] ProjectorError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What questions are answered from.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The views.
    pub views: &'a Views,
    /// The log.
    pub reader: &'a Reader,
    /// Now, in milliseconds since the epoch: on simulated data, the simulation's.
    pub now: i64,
    /// What only a running monitor knows.
    pub running: Option<&'a Running>,
    /// Bytes of the data folder.
    pub disk_bytes: Option<u64>,
    /// Where the log is cut off, for a question about the past.
    pub past: Option<&'a Cut>,
    /// Bytes that may still be written to its file system.
    pub disk_free_bytes: Option<u64>,
    /// The wording of whoever asks.
    pub own: &'a Own,
}

impl Desk<'_> {
    /// Answers a question.
    pub fn ask(&self, question: &Question) -> Result<Sheet, QuestionError> {
        let mut sheet = self.answer(question)?;
        if let Some(cut) = self.past {
            sheet.notes.push(cut.note.clone());
        }
        // Views of the past are folded to where it is cut off.
        if question.asks_views() && self.past.is_none() {
            let head = self.head()?;
            for lag in self.views.lags().iter().filter(|lag| lag.seq < head) {
                let behind = head - lag.seq;
                sheet.notes.push(format!("view {} is {behind} events behind the log", lag.view));
            }
        }
        sheet.warnings.extend(warning(self.header()));
        if self.header().simulated.is_some() {
            sheet.notes.push("SIMULATED data: nothing here comes from X".to_owned());
        }
        Ok(sheet)
    }

    /// Answers a question, without what is to be said of any answer.
    fn answer(&self, question: &Question) -> Result<Sheet, QuestionError> {
        match question {
            Question::Status => self.status(),
            Question::Doctor => self.doctor(),
            Question::Spaces { state, host, keyword, min_participants, sort, limit } => {
                let filter = spaces::Filter {
                    state: state.as_deref(),
                    host: host.as_deref(),
                    keyword: keyword.as_deref(),
                    min_participants: *min_participants,
                };
                self.spaces(&filter, *sort, *limit)
            }
            Question::Schedule { standing, host, keyword, last_ms, limit } => {
                let filter = spaces::Filter {
                    state: None,
                    host: host.as_deref(),
                    keyword: keyword.as_deref(),
                    min_participants: None,
                };
                self.schedule(&filter, *standing, *last_ms, *limit)
            }
            Question::Announcement { id } => self.announcement(*id),
            Question::These { ids } => self.these(ids),
            Question::Space { id } => self.space(*id),
            Question::Participants { id } => self.participants(*id),
            Question::Posts { id } => self.posts(*id),
            Question::Curve { ids, step_ms } => self.curve(ids, *step_ms),
            Question::Hosts(board) => self.hosts(board),
            Question::Speakers(board) => self.speakers(board),
            Question::Person { who, followers } => self.person(who, *followers),
            Question::Keywords { which, counting } => self.keywords(*which, counting),
            Question::Topics(counting) => self.topics(counting),
            Question::Joined(question) => self.joined(question),
            Question::Polls { since, limit } => self.polls(*since, *limit),
            Question::Gaps { space } => self.gaps(*space),
            Question::Letters { dead } => self.letters(*dead),
            Question::Alerts { limit } => self.alerts(*limit),
            Question::Spend => self.spend(),
            Question::Events { from, since, until, space, kind } => {
                let filter = events::Filter {
                    since: *since,
                    until: *until,
                    space: *space,
                    kind: kind.as_deref(),
                };
                self.events(*from, &filter)
            }
        }
    }

    /// Returns the last seq that the answer may know of.
    fn head(&self) -> Result<u64, LogError> {
        self.past.map_or_else(|| Ok(self.reader.head()?.seq), |cut| Ok(cut.seq))
    }

    fn header(&self) -> &Header {
        self.reader.header()
    }
}
