//! The command line: arguments in, sheets and messages for people out.

mod access;
mod alerts;
mod args;
mod ask;
mod asking;
mod bodies;
mod card;
mod config;
mod curve;
mod demo;
mod doctor;
mod drawn;
mod dry_run;
mod events;
mod export;
mod forget;
mod handing;
mod join;
mod keeping;
mod lines;
mod listed;
mod manual;
mod output;
mod page;
mod parse;
mod questions;
mod report;
mod rereading;
mod running;
mod schedule;
mod search;
mod serve;
mod sheets;
mod simulate;
mod tables;
mod taken;
mod watch;
mod written;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command, ImportWhat};
use report::Failure;

/// Runs the program and returns its exit code: 0 done; 1 failure; 2 usage or configuration;
/// 3 authentication, access or credits; 4 rate limit or budget; 5 network; 6 storage locked or
/// corrupt; 7 nothing found; 130 and 143 for signals.
pub fn run() -> ExitCode {
    let args = Args::parse();
    crate::store::hush_guarded_panics();
    match obey(args) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code)
        }
    }
}

fn obey(args: Args) -> Result<u8, Failure> {
    let Args { data, config, command } = args;
    let data = match &command {
        // These look at the file themselves, or keep no real data.
        Command::Run(_)
        | Command::Config(_)
        | Command::Demo(_)
        | Command::Simulate(_)
        | Command::Completions { .. }
        | Command::Man { .. } => data,
        _ => running::data(data, config.clone())?,
    };
    match command {
        Command::Run(it) => running::run(&it, data, config),
        Command::Config(it) => config::config(&it, data, config),
        Command::Demo(it) => demo::demo(&it, data, config),
        Command::Serve { listening } => serve::serve(&listening, data, config),
        // These keep no data: a folder that is named for every command has no meaning here.
        Command::Simulate(it) => simulate::simulate(&it),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::man(folder.as_deref()),
        Command::Events(it) => events::events(&it, data),
        Command::Export(it) => export::export(&it, data),
        Command::Import(it) => match it.what {
            ImportWhat::Bodies(it) => bodies::import(&it, data.as_ref()),
            ImportWhat::Jsonl(it) => lines::import(&it, data),
            ImportWhat::Sqlite(it) => tables::import(&it, data),
        },
        Command::Doctor(it) => doctor::doctor(&it, data, config),
        Command::Forget(it) => forget::forget(&it, data),
        Command::Alerts(it) => alerts::alerts(&it, data, config),
        Command::Search(it) => search::search(&it, data, config),
        Command::Watch(it) => watch::watch(&it, data),
        Command::Status { output } => ask::simple(data, questions::status(), &output),
        Command::Spaces(it) => ask::worded((data, config), it.question(), it.past, &it.output),
        Command::Space { id, joined, past, output } => {
            card::space((data, config), (id, joined), past, &output)
        }
        Command::Join(it) => join::join(&it, true, data),
        Command::Part(it) => join::join(&it, false, data),
        Command::Curve(it) => curve::curve(&it, data),
        Command::Participants(it) => listed::participants(&it, (data, config)),
        Command::Tweets(it) => listed::tweets(&it, (data, config)),
        Command::Hosts(it) => ask::as_of(data, it.question(), it.past, &it.output),
        Command::Speakers(it) => ask::as_of(data, it.question(), it.past, &it.output),
        Command::Person(it) => ask::as_of(data, it.question(), it.past, &it.output),
        Command::Schedule(it) => schedule::schedule(&it, data),
        Command::Keywords(it) => ask::worded((data, config), it.question(), it.past, &it.output),
        Command::Topics(it) => ask::worded((data, config), it.question(), it.past, &it.output),
        Command::Polls { since, limit, past, output } => {
            ask::as_of(data, questions::polls(since, limit, &output), past, &output)
        }
        Command::Gaps { space, past, output } => {
            ask::as_of(data, questions::gaps(space), past, &output)
        }
        Command::Spend { past, output } => ask::as_of(data, questions::spend(), past, &output),
        Command::Verify(it) => keeping::verify(&it, data),
        Command::Backup { to, output } => keeping::backup(&to, &output, data),
        Command::Rebuild { view, output } => {
            ask::long(data, &crate::serve::Request::Rebuild { view }, &output)
        }
    }
}
