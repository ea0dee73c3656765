//! `alerts`: the rules, a test of one, and what waits or was given up.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use tokio_util::sync::CancellationToken;

use super::args::Output;
use super::ask;
use super::output::{say, show};
use super::report::{Failure, usage};
use super::running::on_runtime;
use crate::alert::{Message, Outlet, Shared};
use crate::clock::Clock;
use crate::config::{Layer, Resolved};
use crate::question::Question;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::Moment;

/// `alerts`, as it is typed.
#[derive(Debug, ClapArgs)]
pub struct Alerts {
    /// What to do [default: list]
    #[command(subcommand)]
    pub what: Option<AlertsWhat>,
    #[command(flatten)]
    pub output: Output,
}

/// What to do with alerts.
#[derive(Debug, Subcommand)]
pub enum AlertsWhat {
    /// Show the rules of the configuration
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Send one message, marked as a test, the way of a rule
    Test {
        /// The rule's name
        name: String,
    },
    /// Show the alerts that were raised, the newest first, and how far each has come
    Raised {
        /// At most this many; 0 for all [default: 50 in a table, else all]
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        output: Output,
    },
    /// Show the alerts that are still on their way
    Waiting {
        #[command(flatten)]
        output: Output,
    },
    /// Show the alerts that were given up
    Dead {
        #[command(flatten)]
        output: Output,
    },
}

/// Shows rules and alerts, or tries a rule's way.
pub fn alerts(it: &Alerts, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    match &it.what {
        None => list(config, &it.output),
        Some(AlertsWhat::List { output }) => list(config, output),
        Some(AlertsWhat::Test { name }) => test(name, config),
        Some(AlertsWhat::Raised { limit, output }) => {
            ask::simple(data, Question::Alerts { limit: output.limit(*limit, 50) }, output)
        }
        Some(AlertsWhat::Waiting { output }) => {
            ask::simple(data, Question::Letters { dead: false }, output)
        }
        Some(AlertsWhat::Dead { output }) => {
            ask::simple(data, Question::Letters { dead: true }, output)
        }
    }
}

fn list(config: Option<PathBuf>, output: &Output) -> Result<u8, Failure> {
    let resolved = Resolved::new(Layer::default(), config)?;
    let columns = [
        Column::new("name", Unit::None),
        Column::hidden("when", Unit::None),
        Column::new("waits_for", Unit::None),
        Column::new("repeat_seconds", Unit::Seconds),
        Column::new("to", Unit::None),
    ];
    let mut sheet = Sheet::new(columns.into_iter().collect());
    for rule in &resolved.alerts {
        sheet.push(vec![
            rule.name.clone().into(),
            rule.when.word().into(),
            rule.shown().into(),
            rule.repeat.map_or(Value::Unknown, |repeat| repeat.as_secs().into()),
            rule.to.shown().into(),
        ]);
    }
    if sheet.rows.is_empty() {
        sheet.notes.push("no [[alerts]] in the configuration".to_owned());
    }
    show(&sheet, output)
}

fn test(name: &str, config: Option<PathBuf>) -> Result<u8, Failure> {
    let resolved = Resolved::new(Layer::default(), config)?;
    let rule = resolved.alerts.iter().find(|rule| rule.name == name);
    let rule = rule.ok_or_else(|| {
        usage(format!("there is no alert `{name}`")).hint("`spacelog alerts` lists them")
    })?;
    let outlet = Outlet::open(rule, &Shared::new(Box::new(std::io::stdout())))?;
    let clock = Clock::real();
    let message = Message::test(rule, Moment::from(clock.now()));
    on_runtime(async move {
        let sent = outlet.send(&message, &clock, &CancellationToken::new()).await;
        sent.map_err(Failure::from)
    })?;
    say(&format!("sent by {}", rule.to.shown()));
    Ok(0)
}
