//! Bytes on disk: what the observations take, and what each table of the log takes, beside the
//! peers' files and the entropy of what was observed.
//!
//! `cargo bench --bench size -- [OBSERVATIONS]`; ten million unless told. The log of the simulated
//! world, `SQLite`'s files and the Parquet file are made once, under `target/tmp`, and kept.
//!
//! *The observations alone* are the columns of order, shapes, counts, reminders, speakers and state
//! words, all the heads of batches, and what the names of observed Spaces and of speakers take by
//! themselves. Every other column belongs to other events. The peers keep less of an observation than
//! the log does: Space, time, state and count, no reminders and no speakers.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
mod files;
mod floor;
mod parts;

use common::figures::{alone, head, real, row};
use common::{Outcome, SPACES, world_log};
use files::Files;
use floor::Floor;
use parts::Parts;
use spacelog::log::{Log, Reader};

/// Observations unless another number is given.
const OBSERVATIONS: u64 = 10_000_000;

/// Spaces at a time in a world as large as one monitor follows.
const MANY_SPACES: usize = 2_000;

fn main() -> Outcome<()> {
    let observations = world_log::observations(OBSERVATIONS)?;
    for spaces in [SPACES, MANY_SPACES] {
        section(observations, spaces)?;
    }
    Ok(())
}

fn section(observations: u64, spaces: usize) -> Outcome<()> {
    let path = world_log::sealed(observations, spaces)?;
    let log = Log::open(&path)?;
    let reader = log.reader();
    let parts = Parts::of(&reader)?;
    let floor = Floor::of(&reader)?;
    let files = Files::of(&path, &reader)?;
    head(&format!(
        "{} observations of {} Spaces, about {spaces} at a time, in {} segments; bytes an \
         observation",
        parts.observations, floor.spaces, parts.segments
    ));
    print(&parts, &floor, &files);
    tables(&reader, &parts, &files)?;
    drop(reader);
    Ok(log.close()?)
}

/// Prints what the segments hold.
fn print(parts: &Parts, floor: &Floor, files: &Files) {
    let each = |bytes: u64| real(bytes) / real(parts.observations);
    let least = |bits: f64| bits / 8.0 / real(parts.observations);
    let alone_bytes = each(parts.alone());
    let all = "observations alone (at most 1.4, aim 0.8)";
    row(all, alone_bytes, "entropy floor", least(floor.bits()));
    for (file, bytes) in &files.peers {
        row(all, alone_bytes, file, each(*bytes));
    }
    for (column, bytes) in &parts.own {
        let figure = format!("of these, {column}");
        match floor.parts.get(column) {
            Some(bits) => row(&figure, each(*bytes), "entropy floor", least(*bits)),
            None => alone(&figure, each(*bytes)),
        }
    }
    for (column, bytes) in &parts.others {
        alone(&format!("other events, {column}"), each(*bytes));
    }
    let whole = each(parts.bytes);
    for (file, bytes) in &files.peers {
        row("segments, all events", whole, file, each(*bytes));
    }
}

/// Prints what the tables of the log take.
fn tables(reader: &Reader, parts: &Parts, files: &Files) -> Outcome<()> {
    let each = |bytes: u64| real(bytes) / real(parts.observations);
    let tables = reader.usage()?;
    for it in &tables {
        alone(
            &format!(
                "table `{}`: {} rows, stored {:.3}, metadata {:.3}, fragmented {:.3}",
                it.name,
                it.rows,
                each(it.stored),
                each(it.metadata),
                each(it.fragmented)
            ),
            each(it.bytes()),
        );
    }
    let all: u64 = tables.iter().map(spacelog::store::TableUse::bytes).sum();
    for (file, bytes) in &files.peers {
        row("all tables (at most 2.2, aim 1.3)", each(all), file, each(*bytes));
    }
    for (file, bytes) in &files.peers {
        row("the closed file", each(files.log), file, each(*bytes));
    }
    alone("of it free pages and redb's own", each(files.log) - each(all));
    Ok(())
}
