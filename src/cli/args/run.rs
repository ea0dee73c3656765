//! Arguments of `run`: settings, which the environment and the file may give too.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::{Access, Listening, parse};
use crate::config::{Key, Layer, Origin, Why};

/// `run`
#[derive(Debug, ClapArgs)]
pub struct Run {
    /// Search for this text; may be given several times
    #[arg(long = "query", value_name = "TEXT", value_parser = |it: &str| checked(Key::Queries, it))]
    pub queries: Vec<String>,
    /// Watch this creator's Spaces: @name or id; may be given several times
    #[arg(
        long = "creator", value_name = "@NAME or ID",
        value_parser = |it: &str| checked(Key::Creators, it)
    )]
    pub creators: Vec<String>,
    /// Follow this Space: id or link; may be given several times
    #[arg(
        long = "space", value_name = "ID or URL",
        value_parser = |it: &str| checked(Key::Spaces, it)
    )]
    pub spaces: Vec<String>,
    /// Ask everything once, then stop
    #[arg(long)]
    pub once: bool,
    /// Show what would be asked, how often, and what it would cost; ask nothing
    #[arg(long = "dry-run", conflicts_with = "once")]
    pub plan_only: bool,
    /// Stop after this long
    #[arg(long = "for", value_name = "DURATION", value_parser = parse::duration)]
    pub stop_after: Option<Duration>,
    /// At least this long between two searches for the same query, and two looks at the same
    /// creators [default: 3s; the budget of requests usually makes it longer]
    #[arg(
        long, value_name = "DURATION", value_parser = |it: &str| checked(Key::Interval, it)
    )]
    pub interval: Option<String>,
    /// Rows a search asks for [default: 100]
    #[arg(long, value_name = "N", value_parser = |it: &str| checked(Key::MaxResults, it))]
    pub max_results: Option<String>,
    /// Dollars that a UTC day may cost at most [default: 10]
    #[arg(long, value_name = "USD", value_parser = |it: &str| checked(Key::SpendCap, it))]
    pub spend_cap: Option<String>,
    /// What the cap counts: low, as if X did not bill the people of a Space, or high
    /// [default: high]
    #[arg(long, value_name = "BOUND", value_parser = |it: &str| checked(Key::CapBound, it))]
    pub cap_bound: Option<String>,
    /// Keep the raw answers beside the log
    #[arg(long)]
    pub keep_bodies: bool,
    #[command(flatten)]
    pub access: Access,
    #[command(flatten)]
    pub listening: Listening,
}

impl Run {
    /// Returns what the flags say of settings; `data` is the folder that a flag names.
    ///
    /// # Errors
    /// When a value is wrong that could not be checked before.
    pub fn layer(&self, data: Option<PathBuf>) -> Result<Layer, Why> {
        let mut layer = Layer::default();
        let lists = [
            (Key::Queries, &self.queries),
            (Key::Creators, &self.creators),
            (Key::Spaces, &self.spaces),
        ];
        for (key, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
            layer.put(key, values.clone(), Origin::Flag)?;
        }
        let data = data.map(|path| path.into_os_string().into_string());
        let data = data.transpose().map_err(|_| Why("the folder is no text in UTF-8".into()))?;
        let single = [
            (Key::Data, data),
            (Key::Interval, self.interval.clone()),
            (Key::MaxResults, self.max_results.clone()),
            (Key::SpendCap, self.spend_cap.clone()),
            (Key::CapBound, self.cap_bound.clone()),
            (Key::KeepBodies, self.keep_bodies.then(|| "true".to_owned())),
        ];
        for (key, value) in single {
            if let Some(value) = value {
                layer.put(key, vec![value], Origin::Flag)?;
            }
        }
        self.access.put_into(&mut layer)?;
        self.listening.put_into(&mut layer)?;
        Ok(layer)
    }
}

/// Checks a value and leaves it as it is: it is read with those of the other sources.
fn checked(key: Key, text: &str) -> Result<String, String> {
    key.check(text).map(|()| text.to_owned())
}
