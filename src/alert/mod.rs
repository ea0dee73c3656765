//! Alerts: rules that are held against the log as it grows, and the ways out to whoever is told.
//!
//! ```text
//! log ─▶ watch (cursor) ─▶ judge (pure) ─▶ AlertRaised + letter ─▶ outlet ─▶ AlertDelivered
//!            ▲   what rules remember │          one transaction      stdout, command, webhook, desktop
//!            └───────────────────────┘
//! ```
//!
//! An alert is raised in the transaction that moves the cursor past what raised it: once, whenever
//! a crash comes. It leaves from the letter that waits beside the log, and the letter goes when it
//! arrived: at least once, each time under the same id.

mod command;
mod desktop;
mod judge;
mod message;
mod outlet;
mod post;
mod sight;
mod watch;
mod webhook;

#[cfg(test)]
mod tests;

pub use judge::{Raised, Sign};
pub use message::Message;
pub use outlet::{Outlet, OutletError, Shared};
pub use post::{ATTEMPTS_MAX, LETTERS_MAX, due, failed};
pub use watch::{Step, Watcher};
