//! What somebody calls topics, and which words say nothing to them: applied when a question is
//! asked, never when the log is folded.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::view::{Disk, People, ViewError, is_stop_word};

/// Labels that the project began with; one's own and X's come before them.
const TOPICS: [(&str, &str); 9] = [
    ("847895172357959680", "Technology"),
    ("781974596148793345", "Crypto & Blockchain"),
    ("839123456789012345", "Politics"),
    ("913534554358464512", "Sports"),
    ("131272609", "Music"),
    ("10058", "Finance"),
    ("848920587458609152", "Science"),
    ("745273178788196352", "News"),
    ("683762048983572480", "Entertainment"),
];

/// The wording of whoever asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    topics: BTreeMap<String, String>,
    stop_words: BTreeSet<String>,
}

impl Own {
    /// Returns a wording: ids of topics with their names, and words in any case.
    pub fn new(
        topics: impl IntoIterator<Item = (String, String)>,
        stop_words: impl IntoIterator<Item = String>,
    ) -> Self {
        let stop_words = stop_words.into_iter().map(|word| word.to_lowercase()).collect();
        Self { topics: topics.into_iter().collect(), stop_words }
    }

    /// Returns whether a word of a title in this language says nothing.
    pub(super) fn says_nothing(&self, word: &str, lang: Option<&str>) -> bool {
        self.stop_words.contains(word) || is_stop_word(word, lang)
    }

    /// Returns the label of a topic: one's own, else the one that X gave, else the one known from
    /// the beginning, else `topic:ID`.
    pub(super) fn label(
        &self,
        people: &People,
        disk: &dyn Disk,
        id: &str,
    ) -> Result<String, ViewError> {
        if let Some(own) = self.topics.get(id) {
            return Ok(own.clone());
        }
        let known = || TOPICS.iter().find(|(known, _)| *known == id).map(|(_, name)| *name);
        let label = people.topic(disk, id)?.or_else(|| known().map(ToOwned::to_owned));
        Ok(label.unwrap_or_else(|| format!("topic:{id}")))
    }
}
