//! Settings as one source gives them, and the sources laid over each other: flag, environment,
//! file, default. Every value is checked where it is read, also one that another covers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::error::{ConfigError, Why};
use super::key::Key;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    Flag,
    /// The environment, under this name.
    Environment(String),
    /// This line of the file.
    File(PathBuf, usize),
    /// Nobody said otherwise.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path, line) => write!(f, "file {}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting's values and where they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// One, or for a list any number.
    pub values: Vec<String>,
    /// From where.
    pub origin: Origin,
}

/// What one source says; or, laid over each other, what holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer(BTreeMap<Key, Setting>);

impl Layer {
    /// Takes values in, unless there are none.
    ///
    /// # Errors
    /// When one of them is no value of the setting.
    pub fn put(&mut self, key: Key, values: Vec<String>, origin: Origin) -> Result<(), Why> {
        values.iter().try_for_each(|value| key.check(value)).map_err(Why)?;
        self.0.insert(key, Setting { values, origin });
        Ok(())
    }

    /// Returns what the environment says; `look` returns the value of a name.
    ///
    /// # Errors
    /// For the first value that is wrong.
    pub fn of_environment(look: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let mut layer = Self::default();
        for key in Key::ALL {
            let Some(name) = key.environment() else { continue };
            let Some(value) = look(&name).filter(|value| !value.is_empty()) else { continue };
            let wrong = |why| ConfigError::Environment { name: name.clone(), why };
            let value = value.into_string();
            let value = value.map_err(|_| wrong(Why("it is no text in UTF-8".to_owned())))?;
            let values = if key.is_list() { items(key, &value) } else { vec![value] };
            layer.put(key, values, Origin::Environment(name.clone())).map_err(wrong)?;
        }
        Ok(layer)
    }

    /// Returns what holds when nobody says otherwise.
    pub fn of_defaults() -> Self {
        let given = |key: Key| {
            let values = key.default().map(|value| vec![value.to_owned()]);
            let values = values.or_else(|| key.is_list().then(Vec::new))?;
            Some((key, Setting { values, origin: Origin::Default }))
        };
        Self(Key::ALL.into_iter().filter_map(given).collect())
    }

    /// Lays this over another: where both speak, this holds.
    #[must_use]
    pub fn over(mut self, mut under: Self) -> Self {
        under.0.append(&mut self.0);
        under
    }

    /// Returns what is said of a setting.
    pub fn get(&self, key: Key) -> Option<&Setting> {
        self.0.get(&key)
    }
}

/// Returns the values of a list in the environment: one a line; ids and names also between commas.
fn items(key: Key, text: &str) -> Vec<String> {
    let is_prose = matches!(key, Key::Queries | Key::Topics);
    let is_end = |c: char| c == '\n' || (c == ',' && !is_prose);
    text.split(is_end).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Result<Layer, ConfigError> {
        Layer::of_environment(|name| {
            pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_layer_covers_the_one_under_it_setting_by_setting() {
        let mut flags = Layer::default();
        flags.put(Key::MaxResults, vec!["7".to_owned()], Origin::Flag).unwrap();
        let named = [("SPACELOG_MAX_RESULTS", "8"), ("SPACELOG_SPEND_CAP", "2.50")];
        let all = flags.over(environment(&named).unwrap()).over(Layer::of_defaults());
        let origin = |key| all.get(key).map(|given| given.origin.to_string());
        assert_eq!(all.get(Key::MaxResults).unwrap().values, ["7"]);
        assert_eq!(origin(Key::MaxResults).as_deref(), Some("flag"));
        assert_eq!(origin(Key::SpendCap).as_deref(), Some("environment SPACELOG_SPEND_CAP"));
        assert_eq!(origin(Key::Interval).as_deref(), Some("default"));
        assert_eq!(origin(Key::BearerTokenFile), None);
    }

    #[test]
    fn lists_in_the_environment_hold_one_a_line_and_a_query_may_hold_commas() {
        let named = [("SPACELOG_QUERIES", "wind, sea\nrain\n"), ("SPACELOG_CREATORS", "@a, 12")];
        let layer = environment(&named).unwrap();
        assert_eq!(layer.get(Key::Queries).unwrap().values, ["wind, sea", "rain"]);
        assert_eq!(layer.get(Key::Creators).unwrap().values, ["@a", "12"]);
    }

    #[test]
    fn a_wrong_value_in_the_environment_names_itself_also_where_a_flag_covers_it() {
        let error = environment(&[("SPACELOG_INTERVAL", "soon")]).unwrap_err();
        assert_eq!(error.to_string(), "`SPACELOG_INTERVAL` in the environment is wrong");
    }
}
