//! Views: answers kept ready by a fold over the log, one file a view.
//!
//! A fold is total and deterministic: the same events in the same order give the same rows, with
//! no clock, no randomness and no configuration. What depends on those (now, stop words, topic
//! names, a reader's wishes) is applied when a question is asked. Rows hold integers and ordered
//! collections. A view is a cache: it may be thrown away and folded again at any time.

mod announced;
pub mod audience;
mod brief;
mod codec;
mod curves;
mod followers;
mod gaps;
mod hours;
mod joined;
mod keywords;
mod people;
mod place;
mod points;
mod polls;
mod rows;
mod runs;
mod seen;
mod spaces;
mod stage;
mod stop;
mod table;
mod words;

use thiserror::Error;

use crate::event::codec::segment::{Content, Wanted};
use crate::event::{Batch, Event};

use place::Answers;

pub use place::Place;

pub use announced::{Announced, Start};
pub use brief::SpaceBrief;
pub use curves::Curves;
pub use followers::Counted;
pub use gaps::GapRow;
pub use hours::SpendRow;
pub use keywords::{Keywords, Titled};
pub use people::{People, PersonRow};
pub use points::Point;
pub use polls::{DayRow, EndpointRow, PollRow, PollTarget, Polls};
pub use rows::row_words;
pub use spaces::{SpaceGap, SpaceRow, Spaces};
pub use stage::{Entrance, First, Role, Stage, UnderStage};
pub use stop::is_stop_word;
pub use table::{Dirty, Disk, Each};
pub use words::{WordKind, words};

/// Why a view could not be folded or asked.
#[derive(Debug, Error)]
pub enum ViewError {
    /// Its file.
    #[error("the view's file cannot be used")]
    Disk(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row does not hold.
    #[error("a row of the view is damaged: {0}")]
    Damaged(String),
}

/// A view: a fold, and the rows that it keeps.
///
/// Rows that changed since the last flush are held in memory; all others are on disk. The
/// projector writes the changed rows and its checkpoint in one transaction.
pub trait View: Default + Send + Sync + 'static {
    /// The view's name: a file name, a word in `status`.
    const NAME: &'static str;
    /// The version of its logic and its rows: raised by whoever changes what the fold gives.
    const VERSION: u32;

    /// What the fold takes in of observations. If anything, it needs only the order of the events
    /// of each Space, and [`View::fold_sealed`] is its own.
    const WANTED: Wanted;

    /// Folds one event in.
    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError>;

    /// Folds one batch in. Batches come once each, in the order of the log.
    fn fold(&mut self, disk: &dyn Disk, batch: &Batch) -> Result<(), ViewError> {
        let of_batch = Place::of(batch);
        batch
            .entries()
            .try_for_each(|entry| self.event(disk, &of_batch.at_seq(entry.seq), entry.event))
    }

    /// Folds a segment in: gives the same rows as its batches one after another would.
    fn fold_sealed(&mut self, disk: &dyn Disk, content: &Content) -> Result<(), ViewError> {
        let answers = Answers::of(content);
        content
            .others
            .iter()
            .try_for_each(|other| self.event(disk, &answers.place(other), &other.event))
    }

    /// Returns the rows that changed since [`View::settled`]; `None` stands for a removed one.
    fn dirty(&self) -> Dirty;

    /// Says that what [`View::dirty`] gave is on disk.
    fn settled(&mut self);
}

/// Returns the fingerprint of a view: what its rows depend on, in sixteen hexadecimal digits. A
/// file with another fingerprint is folded again.
pub fn fingerprint<V: View>() -> String {
    let mut hasher = blake3::Hasher::new_derive_key("spacelog view fingerprint, 1");
    hasher.update(V::NAME.as_bytes());
    hasher.update(&V::VERSION.to_le_bytes());
    hasher.update(&codec::ROW_FORMAT.to_le_bytes());
    hasher.update(&words::TOKENIZER.to_le_bytes());
    hasher.update(&[crate::event::codec::VERSION]);
    for kind in crate::event::Event::KINDS {
        hasher.update(kind.as_bytes()).update(&[0]);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
