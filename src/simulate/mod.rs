//! A simulated X: a world of Spaces with a hidden truth, behind a real HTTP server.
//!
//! [`World`] says what is true at a moment, the same for the same seed. [`SimulatedX`] answers
//! requests about it as X would, in process; [`Simulation`] puts a socket before that. Time comes
//! from the clock they are given, chance from the seed.

mod answer;
mod bills;
mod checks;
mod course;
mod curve;
mod desk;
mod dice;
mod error;
mod faults;
mod fields;
mod listed;
mod people;
mod problem;
mod server;
mod settings;
mod themes;
mod titles;
mod truth;
mod windows;
mod world;

pub use bills::Bill;
pub use course::Course;
pub use curve::Curve;
pub use desk::{Delivery, SimReply, SimulatedX};
pub use error::SimulateError;
pub use faults::{Fault, FaultRates, Faults};
pub use people::People;
pub use server::Simulation;
pub use settings::{Description, Settings};
pub use themes::{LANGUAGES, THEMES, Theme};
pub use truth::{Truth, Turn};
pub use world::{MOST_SPACES, World, WorldSettings};
