//! Settings resolved once, and what each of them rests on.

use std::path::PathBuf;

use super::alert::AlertRule;
use super::error::{ConfigError, Why};
use super::file;
use super::key::Key;
use super::layer::{Layer, Origin};
use super::list_file;
use super::{Creator, NoHome, Settings, Watch, Wording, data_folder, parse};
use crate::space::{Prices, SpaceId};

/// What holds of every setting.
#[derive(Clone, Debug)]
pub struct Resolved {
    layer: Layer,
    /// The rules of alerts.
    pub alerts: Vec<AlertRule>,
    /// The file that was read, and whether there was one.
    pub file: Option<(PathBuf, bool)>,
}

impl Resolved {
    /// Lays the flags over the environment, the file and the defaults. `config` is the file that a
    /// flag names.
    ///
    /// # Errors
    /// When the environment or the file is wrong, also where a flag covers what is wrong.
    pub fn new(flags: Layer, config: Option<PathBuf>) -> Result<Self, ConfigError> {
        let environment = Layer::of_environment(|name| std::env::var_os(name))?;
        let path = file::path(config);
        let (from_file, alerts) = match &path {
            Some((path, is_named)) => file::read(path, *is_named)?,
            None => (Layer::default(), Vec::new()),
        };
        let layer = flags.over(environment).over(from_file).over(Layer::of_defaults());
        let file = path.map(|(path, _)| {
            let is_there = path.exists();
            (path, is_there)
        });
        Ok(Self { layer, alerts, file })
    }

    /// Returns the values of a setting, and where they come from; `None` where nobody says.
    pub fn get(&self, key: Key) -> Option<(&[String], &Origin)> {
        self.layer.get(key).map(|given| (given.values.as_slice(), &given.origin))
    }

    /// Returns the folder of data.
    pub fn data(&self) -> Result<PathBuf, NoHome> {
        data_folder(self.path(Key::Data))
    }

    /// Returns the file that holds the token, where one is named.
    pub fn bearer_token_file(&self) -> Option<PathBuf> {
        self.path(Key::BearerTokenFile)
    }

    /// Returns how a monitor runs, its data in `data`.
    pub fn settings(&self, data: PathBuf) -> Result<Settings, ConfigError> {
        let creator = |text: &str| Creator::parse(text).map_err(|error| error.to_string());
        let space = |text: &str| SpaceId::from_id_or_url(text).map_err(|error| error.to_string());
        Ok(Settings {
            watch: Watch {
                queries: self.list(Key::Queries, Key::QueriesFile, parse::query)?,
                creators: self.list(Key::Creators, Key::CreatorsFile, creator)?,
                spaces: self.list(Key::Spaces, Key::SpacesFile, space)?,
            },
            languages: self.all(Key::Languages, parse::language)?,
            wording: self.wording()?,
            data,
            api_url: self.one(Key::ApiUrl, |text| Ok(text.to_owned()))?,
            interval: self.one(Key::Interval, parse::duration)?,
            max_results: self.one(Key::MaxResults, parse::rows)?,
            once: false,
            stop_after: None,
            keep_bodies: self.one(Key::KeepBodies, parse::yes)?,
            spend_cap_micro_usd: self.one(Key::SpendCap, parse::dollars)?,
            cap_bound: self.one(Key::CapBound, parse::bound)?,
            prices: self.prices()?,
            alerts: self.alerts.clone(),
        })
    }

    /// Returns what is said of the wording of answers.
    ///
    /// # Errors
    /// When something is wrong.
    pub fn wording(&self) -> Result<Wording, ConfigError> {
        Ok(Wording {
            topics: self.all(Key::Topics, parse::topic)?,
            stop_words: self.all(Key::StopWords, parse::stop_word)?,
        })
    }

    fn prices(&self) -> Result<Prices, ConfigError> {
        Ok(Prices {
            space_micro_usd: self.one(Key::SpacePrice, parse::dollars)?,
            user_micro_usd: self.one(Key::UserPrice, parse::dollars)?,
            post_micro_usd: self.one(Key::PostPrice, parse::dollars)?,
        })
    }

    /// Returns the file that holds the token of a user, where one is named.
    pub fn user_token_file(&self) -> Option<PathBuf> {
        self.path(Key::UserTokenFile)
    }

    /// Returns the file that holds the proxy's address, where one is named.
    pub fn proxy_file(&self) -> Option<PathBuf> {
        self.path(Key::ProxyFile)
    }

    /// Returns a list and what its file adds to it, each thing once.
    fn list<T: PartialEq>(
        &self,
        key: Key,
        file: Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, ConfigError> {
        let mut list = Vec::new();
        let of_file = match self.path(file) {
            Some(path) => list_file::read(&path, &parse)
                .map_err(|why| ConfigError::Setting { name: file.name(), why: Why(why) })?,
            None => Vec::new(),
        };
        for it in self.all(key, parse)?.into_iter().chain(of_file) {
            if !list.contains(&it) {
                list.push(it);
            }
        }
        Ok(list)
    }

    pub(super) fn path(&self, key: Key) -> Option<PathBuf> {
        self.get(key).and_then(|(values, _)| values.first()).map(PathBuf::from)
    }

    fn all<T>(
        &self,
        key: Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, ConfigError> {
        let values = self.get(key).map(|(values, _)| values).unwrap_or_default();
        let wrong = |why| ConfigError::Setting { name: key.name(), why: Why(why) };
        values.iter().map(|text| parse(text).map_err(wrong)).collect()
    }

    fn one<T>(
        &self,
        key: Key,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let missing = || ConfigError::Setting {
            name: key.name(),
            why: Why("nobody says what it is".to_owned()),
        };
        self.all(key, parse)?.pop().ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_from_anybody_the_defaults_hold() {
        let resolved = Resolved { layer: Layer::of_defaults(), alerts: Vec::new(), file: None };
        let settings = resolved.settings(PathBuf::new()).unwrap();
        assert_eq!(settings.interval, super::super::INTERVAL_MIN);
        assert_eq!(settings.spend_cap_micro_usd, 10_000_000);
        assert_eq!(settings.prices, Prices::default());
        assert_eq!(settings.cap_bound, super::super::CapBound::High);
        assert!(settings.watch.is_empty() && !settings.keep_bodies);
    }
}
