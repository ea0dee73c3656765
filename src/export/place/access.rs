//! What opens a bucket: the settings that programs for S3 take from the environment.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The key's id.
pub const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// The key.
pub const KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// What goes with a key that holds for a while.
pub const TOKEN: &str = "AWS_SESSION_TOKEN";
/// Where the bucket is; the second is what it is where the first is not said.
pub const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// Who keeps the bucket, where that is not Amazon.
pub const ENDPOINTS: [&str; 3] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
/// Whether it may be asked without TLS.
pub const ALLOW_HTTP: &str = "AWS_ALLOW_HTTP";
/// Whether the bucket is named by the host, and not by the path.
pub const BY_HOST: &str = "AWS_VIRTUAL_HOSTED_STYLE_REQUEST";

const NAMES: [&str; 10] = [
    KEY_ID,
    KEY,
    TOKEN,
    REGIONS[0],
    REGIONS[1],
    ENDPOINTS[0],
    ENDPOINTS[1],
    ENDPOINTS[2],
    ALLOW_HTTP,
    BY_HOST,
];

/// What the environment of whoever exports says of buckets. Written out for people it shows no
/// value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Access(BTreeMap<String, String>);

impl Access {
    /// Takes from an environment what is about buckets; what is empty is not set.
    pub fn of_environment(value: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| value(name).map(|value| ((*name).to_owned(), value));
        Self(NAMES.iter().filter_map(set).filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Returns the first of these that is set.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str)
    }

    /// Returns whether a setting says yes.
    pub fn says_yes(&self, name: &str) -> bool {
        self.first(&[name]).is_some_and(|it| it == "1" || it.eq_ignore_ascii_case("true"))
    }

    /// Returns a text without what a key is known by, should any of it be there.
    pub fn without_keys(&self, text: &str) -> String {
        let secrets = [KEY_ID, KEY, TOKEN].into_iter().filter_map(|name| self.first(&[name]));
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access::of_environment(|name| match name {
            KEY_ID => Some("AKIDEXAMPLE".to_owned()),
            KEY => Some("hush/hush".to_owned()),
            "AWS_ENDPOINT" => Some("http://127.0.0.1:5000".to_owned()),
            "AWS_ENDPOINT_URL" => Some(String::new()),
            ALLOW_HTTP => Some("True".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn what_is_set_is_taken_and_what_is_empty_is_not_set() {
        let access = access();
        assert_eq!(access.first(&ENDPOINTS), Some("http://127.0.0.1:5000"));
        assert_eq!(access.first(&REGIONS), None);
        assert!(access.says_yes(ALLOW_HTTP) && !access.says_yes(BY_HOST));
    }

    #[test]
    fn no_key_is_shown_wherever_one_turns_up() {
        let access = access();
        let shown = format!("{access:?}");
        assert!(shown.contains(KEY) && !shown.contains("hush"), "{shown}");
        assert_eq!(access.without_keys("of AKIDEXAMPLE: hush/hush!"), "of …: …!");
    }
}
