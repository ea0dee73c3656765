//! The settings by name: each is a flag of `run`, a name in the environment, a key of the file.

use super::{Creator, Given, Proxy, parse};
use crate::space::SpaceId;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The folder of data.
    Data,
    /// Texts to search for.
    Queries,
    /// Creators to watch.
    Creators,
    /// Spaces to follow.
    Spaces,
    /// A file of more texts to search for, one a line.
    QueriesFile,
    /// A file of more creators, one a line.
    CreatorsFile,
    /// A file of more Spaces, one a line.
    SpacesFile,
    /// Languages: what a search finds in others is kept, and not followed.
    Languages,
    /// Words of titles that say nothing to whoever asks.
    StopWords,
    /// Names of topics: each an id, `=` and a name.
    Topics,
    /// The least time between two searches for the same query.
    Interval,
    /// Rows a search asks for.
    MaxResults,
    /// Dollars that a UTC day may cost at most.
    SpendCap,
    /// Which bound of the cost the cap counts.
    CapBound,
    /// Whether raw answers are kept.
    KeepBodies,
    /// The origin of the API.
    ApiUrl,
    /// The file that holds the bearer token.
    BearerTokenFile,
    /// More credentials: each a name and the file of its token.
    Credentials,
    /// The file that holds the token of a user.
    UserTokenFile,
    /// The proxy, without user and password.
    Proxy,
    /// The file that holds the proxy's address, with user and password.
    ProxyFile,
    /// Where the local server listens, or `off`.
    Listen,
    /// The file that holds the local server's access token.
    AccessTokenFile,
    /// Dollars a Space read.
    SpacePrice,
    /// Dollars a user read.
    UserPrice,
    /// Dollars a post read.
    PostPrice,
}

impl Key {
    /// Every setting, in the order in which they are shown.
    pub const ALL: [Self; 26] = [
        Self::Data,
        Self::Queries,
        Self::Creators,
        Self::Spaces,
        Self::QueriesFile,
        Self::CreatorsFile,
        Self::SpacesFile,
        Self::Languages,
        Self::StopWords,
        Self::Topics,
        Self::Interval,
        Self::MaxResults,
        Self::SpendCap,
        Self::CapBound,
        Self::KeepBodies,
        Self::ApiUrl,
        Self::BearerTokenFile,
        Self::Credentials,
        Self::UserTokenFile,
        Self::Proxy,
        Self::ProxyFile,
        Self::Listen,
        Self::AccessTokenFile,
        Self::SpacePrice,
        Self::UserPrice,
        Self::PostPrice,
    ];

    /// The tables of the file whose keys are settings.
    pub const TABLES: [&str; 1] = ["prices"];
    /// The table of the file whose keys are ids of topics.
    pub const TOPICS: &str = "topics";

    /// The lists of tables of the file.
    pub const ALERTS: &str = "alerts";

    /// Returns its name in the file; a dot parts table and key.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Queries => "queries",
            Self::Creators => "creators",
            Self::Spaces => "spaces",
            Self::QueriesFile => "queries_file",
            Self::CreatorsFile => "creators_file",
            Self::SpacesFile => "spaces_file",
            Self::Languages => "languages",
            Self::StopWords => "stop_words",
            Self::Topics => Self::TOPICS,
            Self::Interval => "interval",
            Self::MaxResults => "max_results",
            Self::SpendCap => "spend_cap",
            Self::CapBound => "cap_bound",
            Self::KeepBodies => "keep_bodies",
            Self::ApiUrl => "api_url",
            Self::BearerTokenFile => "bearer_token_file",
            Self::Credentials => "credentials",
            Self::UserTokenFile => "user_token_file",
            Self::Proxy => "proxy",
            Self::ProxyFile => "proxy_file",
            Self::Listen => "listen",
            Self::AccessTokenFile => "access_token_file",
            Self::SpacePrice => "prices.space",
            Self::UserPrice => "prices.user",
            Self::PostPrice => "prices.post",
        }
    }

    /// Returns the setting of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Returns its name in the environment, such as `SPACELOG_SPEND_CAP`; `None` for what may hold a
    /// password there, which is read where it is used and never kept here.
    pub fn environment(self) -> Option<String> {
        let is_secret = matches!(self, Self::Proxy | Self::Credentials);
        (!is_secret).then(|| format!("SPACELOG_{}", self.name().replace('.', "_").to_uppercase()))
    }

    /// Returns whether it takes several values.
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Self::Queries
                | Self::Creators
                | Self::Spaces
                | Self::Languages
                | Self::StopWords
                | Self::Topics
                | Self::Credentials
        )
    }

    /// Returns whether it names a file or a folder.
    pub const fn is_path(self) -> bool {
        matches!(
            self,
            Self::Data
                | Self::BearerTokenFile
                | Self::UserTokenFile
                | Self::AccessTokenFile
                | Self::ProxyFile
                | Self::QueriesFile
                | Self::CreatorsFile
                | Self::SpacesFile
        )
    }

    /// Returns what holds when nobody says otherwise; `None` where nothing does, or where that is
    /// found out elsewhere.
    pub const fn default(self) -> Option<&'static str> {
        match self {
            Self::Interval => Some("3s"),
            Self::MaxResults => Some("100"),
            Self::SpendCap => Some("10"),
            Self::CapBound => Some("high"),
            Self::KeepBodies => Some("false"),
            Self::ApiUrl => Some(super::API_URL),
            Self::Listen => Some(super::LISTEN),
            // X, pay per use, since 2026-02-06.
            Self::SpacePrice | Self::PostPrice => Some("0.005"),
            Self::UserPrice => Some("0.01"),
            _ => None,
        }
    }

    /// Checks one value of it.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever wrote it.
    pub fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Queries => parse::query(text).map(drop),
            Self::Creators => Creator::parse(text).map(drop).map_err(|error| error.to_string()),
            Self::Spaces => {
                SpaceId::from_id_or_url(text).map(drop).map_err(|error| error.to_string())
            }
            Self::Interval => parse::duration(text).map(drop),
            Self::MaxResults => parse::rows(text).map(drop),
            Self::SpendCap | Self::SpacePrice | Self::UserPrice | Self::PostPrice => {
                parse::dollars(text).map(drop)
            }
            Self::CapBound => parse::bound(text).map(drop),
            Self::KeepBodies => parse::yes(text).map(drop),
            Self::Languages => parse::language(text).map(drop),
            Self::StopWords => parse::stop_word(text).map(drop),
            Self::Topics => parse::topic(text).map(drop),
            Self::Credentials => Given::is_named_file(text),
            Self::Proxy => Proxy::without_user(text).map(drop),
            Self::Listen => parse::listen(text).map(drop),
            Self::ApiUrl
            | Self::Data
            | Self::BearerTokenFile
            | Self::UserTokenFile
            | Self::AccessTokenFile
            | Self::ProxyFile
            | Self::QueriesFile
            | Self::CreatorsFile
            | Self::SpacesFile => {
                if text.is_empty() {
                    Err("it is empty".to_owned())
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Returns the name of a setting, or of a table, that a wrong one may have been meant to be.
    pub fn nearest(wrong: &str) -> Option<&'static str> {
        nearest_of(
            wrong,
            Self::ALL.into_iter().map(Self::name).chain(Self::TABLES).chain([Self::ALERTS]),
        )
    }
}

/// Returns the name among these that a wrong one may have been meant to be.
pub(super) fn nearest_of(
    wrong: &str,
    names: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let near = names.map(|name| (distance(wrong, name), name)).min();
    near.filter(|(distance, _)| *distance <= 3 && *distance < wrong.len()).map(|(_, name)| name)
}

/// Returns how many letters are to be changed, added or dropped to make one word of the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (place, other) in to.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_found_by_its_name_and_its_default_is_a_value_of_it() {
        for key in Key::ALL {
            assert_eq!(Key::from_name(key.name()), Some(key));
            assert_eq!(key.default().map(|text| key.check(text)), key.default().map(|_| Ok(())));
        }
        assert_eq!(Key::SpacePrice.environment().unwrap(), "SPACELOG_PRICES_SPACE");
    }

    #[test]
    fn a_misspelt_setting_is_told_from_a_foreign_one() {
        assert_eq!(Key::nearest("spendcap"), Some("spend_cap"));
        assert_eq!(Key::nearest("query"), Some("queries"));
        assert_eq!(Key::nearest("prises.space"), Some("prices.space"));
        assert_eq!(Key::nearest("weather"), None);
    }
}
