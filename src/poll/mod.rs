//! The typed client of the X API v2, and X's only door: requests out, answers in our own types.
//!
//! ```text
//! Target ─▶ request ─▶ transport ─▶ bytes ─▶ wire ─▶ Outcome
//!              ▲ fields        (HTTP, or in-process)   └ problem ─▶ Failure
//!              └── a 400 that names a field ◀──────────────┘
//! ```
//! When the next request may go is `window`'s to say; whom to ask about next is the schedule's; and
//! how much of it there is money for is the purse's.

mod bearer;
mod body;
mod client;
mod credentials;
pub mod estimate;
mod fields;
mod http;
mod jitter;
mod length;
mod named;
mod problem;
pub mod purse;
mod reach;
mod recorded;
mod request;
pub mod schedule;
mod transport;
mod window;
mod window_status;
mod windows;
mod wire;
mod wire_row;
mod wire_space;
mod wire_user;

pub use bearer::{Bearer, BearerError};
pub use body::DEPTH_MAX;
pub use client::{Client, FIELDS_GIVEN_UP_MAX, Polled};
pub use credentials::{Joint, Windows};
pub use fields::FieldSet;
pub use http::{CONNECT_TIMEOUT, DEADLINE, Http, OriginError};
pub use jitter::Jitter;
pub use problem::MESSAGE_MAX;
pub use recorded::{guess_endpoint, ids_in};
pub use request::{IDS_MAX, Request, RequestError, endpoint_of, request, split};
pub use transport::{BODY_MAX, Lost, RawReply, Transport, TransportError};
pub use window::{BLOCKED_WAIT_MS, PERSON_WAIT_MS, Window};
pub use window_status::{Closed, WindowStatus};
pub use windows::CredentialWindows;
pub use wire::decode;
