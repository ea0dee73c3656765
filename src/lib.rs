//! spacelog watches X Spaces: it polls the X API, appends every observation to an immutable log,
//! and folds the log into views that answer questions.
//!
//! ```text
//!      poll            decide           log            projector       view
//! X ──▶ answer ──▶ Observation ──▶ events ──▶ batch, seq ──▶ fold ──▶ question ──▶ sheet
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")
)]

#[cfg(test)]
#[allow(dead_code, reason = "some amounts are for the tests of the program, which share the file")]
mod amounts;
pub mod chart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod decide;
pub mod event;
pub mod export;
pub mod import;
pub mod log;
pub mod monitor;
pub mod poll;
pub mod projector;
pub mod question;
pub mod serve;
pub mod sheet;
pub mod simulate;
pub mod space;
pub mod store;
pub mod view;
