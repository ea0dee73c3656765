//! What X tells of: Spaces, people, topics, and one answer. Unknown stays unknown.
//!
//! These are the types the rest of the program thinks with. What X sends (`poll`), what is stored
//! (`event`) and what is shown (`sheet`) are other types, converted at their boundaries.

mod answer;
mod asked;
mod failure;
mod id;
mod latin;
mod moment;
mod observation;
mod person;
mod price;
mod state;
mod untrusted;
mod watch;
mod words;

pub use answer::{Answer, Missing, Outcome, RateLimit, Seen};
pub use asked::{Asked, Endpoint, SearchState, Target};
pub use failure::{Failure, FailureClass};
pub use id::{IdError, SpaceId, TopicId, UserId, username};
pub use latin::latin_words;
pub use moment::Moment;
pub use observation::{Description, Observation, Topic};
pub use person::{Counts, Person};
pub use price::Prices;
pub use state::SpaceState;
pub use untrusted::Untrusted;
pub use watch::WatchItem;
pub use words::{bytes, dollars, grouped, several};
