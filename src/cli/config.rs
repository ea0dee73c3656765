//! `config`: every setting, its value and its origin; never a token.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::args::{Access, Output};
use super::output::{say, show};
use super::report::Failure;
use crate::alert::Shared;
use crate::config::{self, CredentialError, Key, Layer, Origin, Resolved};
use crate::monitor::ways;
use crate::poll::{DEADLINE, Http};
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::several;

/// `config`, as it is typed.
#[derive(Debug, ClapArgs)]
pub struct Config {
    /// What to do with them [default: show --origin]
    #[command(subcommand)]
    pub what: Option<ConfigWhat>,
    #[command(flatten)]
    pub output: Output,
}

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigWhat {
    /// Show every setting
    Show {
        /// Show where each comes from, too
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Check all of them as `run` would: values, lists, tokens and proxies; X is not asked
    Check,
}

/// Shows the settings that `run` would begin with, or checks them.
pub fn config(it: &Config, data: Option<PathBuf>, file: Option<PathBuf>) -> Result<u8, Failure> {
    match &it.what {
        None => shown(data, file, (true, &it.output)),
        Some(ConfigWhat::Show { origin, output }) => shown(data, file, (*origin, output)),
        Some(ConfigWhat::Check) => checked(file),
    }
}

/// Resolves all that `run` resolves before it asks anybody, and says what it found.
fn checked(file: Option<PathBuf>) -> Result<u8, Failure> {
    let resolved = Resolved::new(Layer::default(), file)?;
    let settings = resolved.settings(PathBuf::new())?;
    drop(Http::new(&settings.api_url, DEADLINE)?);
    let credentials = Access::default().over(&resolved).given().credentials()?;
    let alerts = ways(&settings.alerts, &Shared::new(Box::new(std::io::sink())))?.len();
    let watch = &settings.watch;
    let rules = several(alerts, "rule of alerts", "rules of alerts");
    say(&format!(
        "good: {}, {} and {} to watch, and {}{}",
        several(watch.queries.len(), "query", "queries"),
        several(watch.creators.len(), "creator", "creators"),
        several(watch.spaces.len(), "Space", "Spaces"),
        several(credentials.len(), "credential", "credentials"),
        if alerts == 0 { String::new() } else { format!("; {rules}") }
    ));
    Ok(0)
}

fn shown(
    data: Option<PathBuf>,
    file: Option<PathBuf>,
    (origins, output): (bool, &Output),
) -> Result<u8, Failure> {
    let mut flags = Layer::default();
    if let Some(path) = data {
        let path = path.to_string_lossy().into_owned();
        flags.put(Key::Data, vec![path], Origin::Flag).map_err(|why| Failure::of(2, &why))?;
    }
    let resolved = Resolved::new(flags, file)?;
    let columns = ["key", "value", "origin"].into_iter().take(if origins { 3 } else { 2 });
    let mut sheet = Sheet::new(columns.map(|name| Column::new(name, Unit::None)).collect());
    let mut rows = Vec::new();
    for key in Key::ALL {
        let (value, origin) = match resolved.get(key) {
            Some((values, origin)) if key.is_list() => (values.to_vec().into(), origin.to_string()),
            Some((values, origin)) => (values.first().cloned().into(), origin.to_string()),
            None => (usual(key, &resolved), Origin::Default.to_string()),
        };
        rows.push(vec![key.name().into(), value, origin.into()]);
    }
    rows.push(token(&resolved));
    for mut row in rows {
        row.truncate(sheet.columns.len());
        sheet.push(row);
    }
    if let Some((path, is_there)) = &resolved.file {
        let there = if *is_there { "" } else { ", which is not there" };
        sheet.notes.push(format!("configuration file: {}{there}", path.display()));
    }
    show(&sheet, output)
}

/// Returns what holds where nobody says: the usual folder; else nothing.
fn usual(key: Key, resolved: &Resolved) -> Value {
    match (key, resolved.data()) {
        (Key::Data, Ok(path)) => path.display().to_string().into(),
        _ => Value::Unknown,
    }
}

/// Says whether there is a token, and where it comes from.
fn token(resolved: &Resolved) -> Vec<Value> {
    let found = config::token(resolved.bearer_token_file().as_deref());
    let (value, origin) = match found {
        Ok((_, label)) => ("hidden".into(), label.into()),
        Err(CredentialError::Missing) => (Value::Unknown, Value::Unknown),
        Err(error) => (Value::Unknown, error.to_string().into()),
    };
    vec!["bearer_token".into(), value, origin]
}
