//! `watch`: changes the running monitor's watch list, or shows it.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::args::Output;
use super::ask::{folder, put};
use super::output::show;
use super::parse;
use super::report::{Failure, usage};
use crate::config::{Creator, Key};
use crate::serve::{Request, WatchChange};
use crate::space::{SpaceId, WatchItem};

/// `watch`, as it is typed.
#[derive(Debug, ClapArgs)]
pub struct Watch {
    /// What to do.
    #[command(subcommand)]
    pub what: WatchWhat,
}

/// What to do with the watch list.
#[derive(Debug, Subcommand)]
pub enum WatchWhat {
    /// Show what the running monitor watches
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Watch this too, until the monitor stops
    Add(Things),
    /// Watch this no more, until the monitor stops
    Rm(Things),
}

/// Things to watch.
#[derive(Debug, ClapArgs)]
pub struct Things {
    /// This text to search for; may be given several times
    #[arg(long = "query", value_name = "TEXT", value_parser = query)]
    pub queries: Vec<String>,
    /// This creator; may be given several times
    #[arg(long = "creator", value_name = "@NAME or ID", value_parser = parse::creator)]
    pub creators: Vec<Creator>,
    /// This Space; may be given several times
    #[arg(long = "space", value_name = "ID or URL", value_parser = parse::space)]
    pub spaces: Vec<SpaceId>,
    #[command(flatten)]
    pub output: Output,
}

fn query(text: &str) -> Result<String, String> {
    Key::Queries.check(text).map(|()| text.to_owned())
}

/// Changes the watch list, or shows it.
pub fn watch(it: &Watch, data: Option<PathBuf>) -> Result<u8, Failure> {
    let (things, added) = match &it.what {
        WatchWhat::List { output } => {
            return show(&put(&folder(data)?, &Request::Watch(Vec::new()))?, output);
        }
        WatchWhat::Add(things) => (things, true),
        WatchWhat::Rm(things) => (things, false),
    };
    let queries = things.queries.iter().cloned().map(WatchItem::Query);
    let creators = things.creators.iter().map(Creator::item);
    let spaces = things.spaces.iter().copied().map(WatchItem::Space);
    let change =
        |it: WatchItem| WatchChange { kind: it.kind().to_owned(), watched: it.text(), added };
    let changes: Vec<WatchChange> = queries.chain(creators).chain(spaces).map(change).collect();
    if changes.is_empty() {
        return Err(usage("nothing is named").hint("name --query, --creator or --space"));
    }
    show(&put(&folder(data)?, &Request::Watch(changes))?, &things.output)
}
