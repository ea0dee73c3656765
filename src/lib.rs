//! spacelog watches X Spaces: it polls the X API, appends every observation to an immutable log,
//! and folds the log into views that answer questions.
//!
//! ```text
//!      poll            decide           log            projector       view
//! X ──▶ answer ──▶ Observation ──▶ events ──▶ batch, seq ──▶ fold ──▶ question ──▶ sheet
//! ```
//!
//! As a library it opens a data folder that the program keeps: [`open`] gives an [`Archive`], which
//! answers the questions of the command line, gives curves, replays the log event by event and
//! folds it into whatever one likes. All that is promised to other programs is listed here; a change
//! of it that breaks them raises the version as semantic versioning says.
//!
//! ```
//! use spacelog::{Question, SpaceSort};
//! # let home = tempfile::tempdir()?;
//! # let folder = home.path();
//! # spacelog::archive::example(folder)?;
//!
//! let archive = spacelog::open(folder)?;
//! // The Spaces known, the greatest peak first.
//! let spaces = archive.ask(Question::Spaces {
//!     state: None,
//!     host: None,
//!     keyword: Some("climate".to_owned()),
//!     min_participants: None,
//!     sort: SpaceSort::Peak,
//!     limit: 10,
//! })?;
//! assert_eq!(spaces.rows.len(), 1);
//! // One curve: when, and how many; a count that X did not give is `None`, never zero.
//! for point in archive.curve("1YqKDqWqdPLxV".parse()?)? {
//!     println!("{} {:?}", point.at, point.participants);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fold of one's own, with a checkpoint, so that tomorrow it reads only what is new:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use spacelog::{Entry, Event, Fold};
//! # let home = tempfile::tempdir()?;
//! # let folder = home.path();
//! # spacelog::archive::example(folder)?;
//!
//! /// The largest count that X gave of any Space.
//! #[derive(Default, Serialize, Deserialize)]
//! struct Largest(Option<u64>);
//!
//! impl Fold for Largest {
//!     const NAME: &'static str = "largest";
//!     const VERSION: u32 = 1;
//!
//!     fn event(&mut self, entry: &Entry<'_>) {
//!         if let Event::SpaceObserved(seen) = entry.event {
//!             self.0 = self.0.max(seen.participants);
//!         }
//!     }
//! }
//!
//! let archive = spacelog::open(folder)?;
//! let largest: Largest = archive.fold(&folder.join("largest.json"))?;
//! assert_eq!(largest.0, Some(110));
//! // The same event by event, from any seq on.
//! let polls = archive.replay(1).filter(|it| {
//!     it.as_ref().is_ok_and(|it| matches!(it.event(), Event::PollSucceeded(_)))
//! });
//! assert_eq!(polls.count(), 11);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")
)]

#[cfg(test)]
#[allow(dead_code, reason = "some amounts are for the tests of the program, which share the file")]
mod amounts;

// The face: what other programs may rely on.
pub use archive::{Archive, ArchiveError, Fold, Replay, Replayed, ask, open};
pub use event::{Batch, Entry, Event};
pub use log::Head;
pub use question::{
    AsOf, Board, CountSort, Counting, HostRank, Method, Question, SpaceSort, Standing, Words,
};
pub use sheet::{Column, Sheet, Unit, Value};
pub use space::{Moment, SpaceId, SpaceState, UserId};
pub use view::{Point, SpaceRow};

// The rooms: for the program, the tests and the benchmarks. They change as the inside does, and stand
// in the documentation only where it is asked for: `RUSTDOCFLAGS="--cfg rooms" cargo doc`.
#[cfg_attr(not(rooms), doc(hidden))]
pub mod alert;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod archive;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod chart;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod cli;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod clock;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod config;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod decide;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod event;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod export;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod import;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod log;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod monitor;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod poll;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod projector;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod question;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod serve;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod sheet;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod simulate;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod space;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod store;
#[cfg_attr(not(rooms), doc(hidden))]
pub mod view;
