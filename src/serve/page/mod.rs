//! The pages: sheets as HTML. They work without script; with it, they keep themselves up to date.

mod alerts;
mod asked;
mod boards;
mod card;
mod curve;
mod frame;
mod health;
mod lists;
mod on_air;
mod person;
mod problem;
mod row;
mod space;
mod table;
mod within;

#[cfg(test)]
mod tests;

use maud::Markup;

pub use alerts::alerts;
pub use asked::{gaps, polls, spend};
pub use boards::{Ranked, board, keywords, topics};
pub use frame::{Basis, Frame};
pub use health::health;
pub use lists::{Sought, schedule, spaces, total};
pub use on_air::on_air;
pub use person::person;
pub use problem::{linked_here, problem};
pub use space::{Wanted, space};
pub use within::CONTENT_SECURITY_POLICY;

/// A page without its frame.
pub struct View {
    /// What stands in the window's title; anybody may have written it.
    pub title: String,
    /// Which entry of the navigation it belongs to: the entry's path.
    pub place: &'static str,
    /// The same answer for programs.
    pub data: String,
    /// The content.
    pub main: Markup,
    /// What the answers rest on, and what whoever looks must know.
    pub notes: Vec<String>,
}
