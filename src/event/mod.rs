//! The closed set of events, their stored form, and what the log must know to decide the next.
//!
//! An event is a fact seen, never a conclusion. What is thought with here ([`Event`]) and what is
//! stored ([`codec`]) are different types: a stored version is frozen once released, and is read
//! up to the present one for ever.
//!
//! # What is fixed since version 1
//! - **A batch** is what one poll brought (or one act of the monitor): a poll event first, then
//!   what it showed. Its seqs follow one another; the first is the record's key.
//! - **Two times** stand on the batch: `observed_at` (when X answered; curves use it) and
//!   `recorded_at` (when it entered the log; never goes back; as-of questions use it).
//! - **The canonical encoding** is bincode 2 (standard configuration: little endian, variable
//!   integers) of the stored batch: raw ids, each event in the lowest version that holds all that
//!   it says ([`codec`]). The chain hash is BLAKE3 over the hash before and those bytes, so a
//!   sealed segment that gives the same batches gives the same chain.
//! - **Personal text** is not in events. They hold a [`TextRef`]: BLAKE3 over a random salt and the
//!   text. Erasing text and salt forgets it; the reference that stays tells nothing.
//! - **Poll ids** come from monitor, endpoint, target and time, so that a repeated append leaves
//!   one copy; imported ones come from what was imported.

mod alert;
mod batch;
pub mod codec;
mod facts;
mod known;
mod mention;
mod notice;
mod poll;
mod text;

pub use alert::{
    AlertCursor, AlertId, AlertMemory, AlertRows, Delivery, Letter, MemoryKey, Occasion,
};
pub use batch::{Batch, Entry, NewBatch};
pub use facts::{
    AlertDelivered, AlertRaised, BuyersObserved, Event, Gap, GapCause, MonitorStarted,
    MonitorStopped, PostsObserved, SpaceDescribed, SpaceMissing, SpaceObserved, Subject,
    TopicDescribed, UserCounted, UserDescribed, Watched,
};
pub use known::{
    DaySpend, EndpointKnown, FieldHashes, ForgottenMark, Known, SpaceKnown, UserKnown, Wanted,
};
pub use mention::{at_mentions, mentions};
pub use notice::{Notice, NoticeKind};
pub use poll::{AskedFor, Cost, MonitorId, Origin, PollFailed, PollHead, PollId, PollSucceeded};
pub use text::{NewText, Owner, Salt, Text, TextKey, TextRef};

/// The version of the lines of `events --jsonl`, which `import jsonl` reads: raised when a program
/// that reads an older one would misread a newer.
pub const LINES_FORMAT: u64 = 1;
