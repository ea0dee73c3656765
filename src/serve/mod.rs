//! Answering others: the Unix socket on which whoever owns the files answers every command, and
//! the local server with its API and pages.
//!
//! One process owns the files of a folder. A command first asks at the folder's socket; when
//! nobody answers, it opens the files itself. One line of JSON is a request, each line that comes
//! back a reply; the last one is a sheet or a refusal.

mod ask;
mod handed;
mod http;
mod message;
mod page;
mod socket;

pub use ask::{AskError, ask, is_served};
pub use handed::{BatchCopy, Body, Page};
pub use http::{Denied, Hints, Http, Time};
pub use message::{
    Expected, Export, ExportForm, Refusal, RefusalKind, Reply, Request, WatchChange, Whom,
};
pub use socket::{
    Owner, Runner, SocketError, bind, listen, serve, socket_path, tell_path, told_path, unbind,
};
