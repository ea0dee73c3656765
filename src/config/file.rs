//! The configuration file: TOML, each key known, each value checked, each complaint with its line.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::alert::{self, AlertRule};
use super::credentials::Given;
use super::error::{ConfigError, Why};
use super::key::Key;
use super::layer::{Layer, Origin};

/// Settings take no more room than this.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The name of the file in the user's configuration folder …
const NAME: &str = "spacelog.toml";
/// … and where it is looked for if there is none of that name: in a folder of its own.
const NAME_IN_FOLDER: &str = "spacelog/config.toml";

/// Returns the file that is read: the one named, else the one in `SPACELOG_CONFIG`, else
/// `spacelog.toml`, else `spacelog/config.toml`, in the user's configuration folder; and whether
/// somebody named it.
pub fn path(flag: Option<PathBuf>) -> Option<(PathBuf, bool)> {
    use etcetera::BaseStrategy as _;
    let named = flag.or_else(|| std::env::var_os("SPACELOG_CONFIG").map(PathBuf::from));
    if let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) {
        return Some((path, true));
    }
    let folders = etcetera::choose_base_strategy().ok()?;
    let usual = folders.config_dir().join(NAME);
    let in_folder = folders.config_dir().join(NAME_IN_FOLDER);
    Some((if !usual.exists() && in_folder.exists() { in_folder } else { usual }, false))
}

/// Reads a file. One that nobody named need not be there. Paths in it start at its own folder.
///
/// # Errors
/// When it cannot be read, or at the first line that is wrong.
pub fn read(path: &Path, is_named: bool) -> Result<(Layer, Vec<AlertRule>), ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX => {
            return Err(ConfigError::TooLarge(path.to_owned()));
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !is_named => {
            return Ok((Layer::default(), Vec::new()));
        }
        Ok(_) => {}
        Err(error) => return Err(unreadable(error)),
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    layer(&text, path).map_err(|(at, why)| ConfigError::Wrong {
        path: path.to_owned(),
        line: line(&text, at),
        why,
    })
}

/// Returns the settings in a text; what is wrong comes with the byte where it begins.
fn layer(text: &str, path: &Path) -> Result<(Layer, Vec<AlertRule>), (usize, Why)> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(text.len(), |span| span.start);
        (at, Why(error.message().to_owned()))
    })?;
    let (mut layer, mut alerts) = (Layer::default(), Vec::new());
    let mut entries: Vec<(usize, String, &Spanned<DeValue>)> = Vec::new();
    for (key, value) in table.get_ref() {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        if name == Key::ALERTS {
            alerts = alert::rules(value, path)?;
            continue;
        }
        match value.get_ref() {
            DeValue::Table(inner) if Key::TABLES.contains(&name) => {
                entries.extend(inner.iter().map(|(key, value)| {
                    (key.span().start, format!("{name}.{}", key.get_ref()), value)
                }));
            }
            DeValue::Table(inner) if name == Key::TOPICS => {
                let values = topics(inner)?;
                let origin = Origin::File(path.to_owned(), line(text, at));
                layer.put(Key::Topics, values, origin).map_err(|why| (at, why))?;
            }
            _ if Key::TABLES.contains(&name) || name == Key::TOPICS => {
                return Err((at, Why(format!("`{name}` is a table: write [{name}]"))));
            }
            _ => entries.push((at, name.to_owned(), value)),
        }
    }
    // The first complaint is about the first line that is wrong.
    entries.sort_by_key(|(at, _, _)| *at);
    for (at, name, value) in entries {
        let key = Key::from_name(&name).ok_or_else(|| (at, unknown(&name)))?;
        let values = values(key, value).map_err(|(at, why)| (at, Why(why)))?;
        let values = match key {
            Key::Credentials => beside_named(path, &values),
            _ if key.is_path() => beside(path, values),
            _ => values,
        };
        let origin = Origin::File(path.to_owned(), line(text, at));
        let named = |why: Why| (value.span().start, Why(format!("`{name}`: {why}")));
        layer.put(key, values, origin).map_err(named)?;
    }
    Ok((layer, alerts))
}

/// Returns the names that a table gives topics, as they are written elsewhere.
fn topics(table: &DeTable) -> Result<Vec<String>, (usize, Why)> {
    let named = table.iter().map(|(id, name)| {
        let written = one(Key::TOPICS, name).map(|name| format!("{}={name}", id.get_ref()));
        let written = written.map_err(|(at, why)| (at, Why(why)))?;
        Key::Topics.check(&written).map_err(|why| (id.span().start, Why(why)))?;
        Ok((id.span().start, written))
    });
    let mut named = named.collect::<Result<Vec<_>, (usize, Why)>>()?;
    named.sort();
    Ok(named.into_iter().map(|(_, written)| written).collect())
}

fn unknown(name: &str) -> Why {
    let near = Key::nearest(name).map(|near| format!("; did you mean `{near}`?"));
    Why(format!("there is no setting `{name}`{}", near.unwrap_or_default()))
}

/// Returns the values of a key: of a list its items, of others the one.
fn values(key: Key, value: &Spanned<DeValue>) -> Result<Vec<String>, (usize, String)> {
    let name = key.name();
    match value.get_ref() {
        DeValue::Array(items) if key.is_list() => items.iter().map(|it| one(name, it)).collect(),
        DeValue::Array(_) => Err((value.span().start, format!("`{name}` takes one value"))),
        _ if key.is_list() => {
            Err((value.span().start, format!("`{name}` is a list: write {name} = [\"…\"]")))
        }
        _ => Ok(vec![one(name, value)?]),
    }
}

/// Returns one value as people would write it in a flag.
fn one(name: &str, value: &Spanned<DeValue>) -> Result<String, (usize, String)> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Ok(yes.to_string()),
        other => {
            let what = format!("`{name}` takes no {}", other.type_str());
            Err((value.span().start, what))
        }
    }
}

fn beside(file: &Path, values: Vec<String>) -> Vec<String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    // What was read as text stays text.
    let joined = |value: String| folder.join(value).to_string_lossy().into_owned();
    values.into_iter().map(joined).collect()
}

fn beside_named(file: &Path, values: &[String]) -> Vec<String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    values.iter().map(|value| Given::beside(value, folder)).collect()
}

/// Returns the number of the line in which a byte stands, from 1 on.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Layer, (usize, String)> {
        let read = layer(text, Path::new("/etc/x.toml"));
        read.map(|(layer, _)| layer).map_err(|(at, why)| (line(text, at), why.0))
    }

    #[test]
    fn each_setting_is_read_with_its_line() {
        let text = "queries = [\"a\",\n \"b\"]\nmax_results = 50\nspend_cap = 2.5\n\
                    bearer_token_file = \"token\"\nkeep_bodies = true\n[prices]\nuser = 0.02\n\
                    [topics]\n10 = \"Wind & sea\"\n9 = \"Rain\"\n";
        let layer = read(text).unwrap();
        let given = |key| layer.get(key).unwrap().clone();
        assert_eq!(given(Key::Queries).values, ["a", "b"]);
        assert_eq!(given(Key::SpendCap).values, ["2.5"]);
        assert_eq!(given(Key::BearerTokenFile).values, ["/etc/token"]);
        assert_eq!(given(Key::UserPrice).values, ["0.02"]);
        assert_eq!(given(Key::UserPrice).origin.to_string(), "file /etc/x.toml:8");
        assert_eq!(layer.get(Key::SpacePrice), None);
        assert_eq!(given(Key::Topics).values, ["10=Wind & sea", "9=Rain"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let cases = [
            ("\nspendcap = 3\n", 2, "there is no setting `spendcap`; did you mean `spend_cap`?"),
            ("[prices]\nuser = 1\nposter = 1\n", 3, "there is no setting `prices.poster`"),
            ("topics = 3\n", 1, "`topics` is a table: write [topics]"),
            ("[topics]\n1 = \"a\"\n\"a b\" = \"b\"\n", 3, "`a b=b` names no topic"),
            ("[topics]\n1 = \"\"\n", 2, "`1=` names no topic"),
            ("stop_words = [\"a b\"]\n", 1, "`stop_words`: `a b` is no word"),
            ("[weather]\n", 1, "there is no setting `weather`"),
            ("prices = 3\n", 1, "`prices` is a table: write [prices]"),
            ("queries = \"a\"\n", 1, "`queries` is a list: write queries = [\"…\"]"),
            ("max_results = 101\n", 1, "`max_results`: `101` is no number of rows"),
            ("api_url = [\"a\"]\n", 1, "`api_url` takes one value"),
            ("interval = 1979-05-27\n", 1, "`interval` takes no datetime"),
            ("queries = [\n\"a\",\n3s]\n", 3, ""),
            ("spend_cap = 1\n\nspend_cap = 2\n", 3, "duplicate key"),
        ];
        for (text, line, says) in cases {
            let (found, why) = read(text).unwrap_err();
            assert_eq!(found, line, "{text}: {why}");
            assert!(why.starts_with(says), "{text}: {why}");
        }
    }
}
