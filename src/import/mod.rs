//! Recorded answers of X, taken into the log as if they had just come; and other logs, as they are.

mod bodies;
pub mod lines;
mod merge;
mod scrub;
mod sqlite;
mod text;

pub use bodies::{
    BodyLines, Recorded, Refused, answer, endpoint_at, is_line, read_line, read_plain,
};
pub use merge::{Merge, Source, Stream};
pub use scrub::{Scrubbed, Scrubber};
pub use sqlite::{BadRow, DatabaseError, FoundRow, Tables};
