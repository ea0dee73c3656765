//! `config`: every setting, its value and its origin; never a token.

use std::path::PathBuf;

use super::args::Output;
use super::output::show;
use super::report::Failure;
use crate::config::{self, CredentialError, Key, Layer, Origin, Resolved};
use crate::sheet::{Column, Sheet, Unit, Value};

/// Shows the settings that `run` would begin with.
pub fn config(
    data: Option<PathBuf>,
    file: Option<PathBuf>,
    output: &Output,
) -> Result<u8, Failure> {
    let mut flags = Layer::default();
    if let Some(path) = data {
        let path = path.to_string_lossy().into_owned();
        flags.put(Key::Data, vec![path], Origin::Flag).map_err(|why| Failure::of(2, &why))?;
    }
    let resolved = Resolved::new(flags, file)?;
    let mut sheet = Sheet::new(vec![
        Column::new("key", Unit::None),
        Column::new("value", Unit::None),
        Column::new("origin", Unit::None),
    ]);
    for key in Key::ALL {
        let (value, origin) = match resolved.get(key) {
            Some((values, origin)) if key.is_list() => (values.to_vec().into(), origin.to_string()),
            Some((values, origin)) => (values.first().cloned().into(), origin.to_string()),
            None => (usual(key, &resolved), Origin::Default.to_string()),
        };
        sheet.push(vec![key.name().into(), value, origin.into()]);
    }
    sheet.push(token(&resolved));
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
