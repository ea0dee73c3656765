//! What the program promises, tried on the program itself: each test runs it in a folder of its
//! own, against a simulated or a scripted X, and its name says what holds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod ailing;
mod alerting;
#[path = "../../src/amounts.rs"]
#[expect(dead_code, reason = "one table of amounts for all tests, here and beside the code")]
mod amounts;
mod announcing;
mod answers;
mod asking;
mod behind;
mod boards;
mod bodies;
mod broken_off;
mod browser;
mod budget;
mod collecting;
mod config;
mod counted;
mod crashes;
mod demo;
mod doubting;
mod ends;
mod engines;
mod exchange;
mod faults;
mod fetch;
mod folders;
mod following;
mod forgetting;
mod formats;
mod full;
mod guarded;
mod harm;
mod help;
mod joining;
mod keeping;
mod keys;
mod listed;
mod money;
mod moving;
mod object_storage;
mod packaging;
mod page;
mod past;
mod pictures;
mod pinned;
mod program;
mod proxies;
mod proxy;
mod rebuilding;
mod refusals;
mod reruling;
mod scheduled;
mod searching;
mod secrets;
mod server;
mod shown;
mod stalled;
mod tables;
mod then;
mod troubles;
mod versions;
mod watching;
mod words;
mod x;
