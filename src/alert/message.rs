//! What is told of an alert: its words are looked up when it is sent, so that what was forgotten
//! meanwhile is not told.

use serde_json::{Value, json};

use crate::config::AlertRule;
use crate::event::{AlertId, Letter, Occasion};
use crate::log::{LogError, Reader};
use crate::question::Doubting;
use crate::space::{Moment, SpaceId, Untrusted, UserId};

/// An alert as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id: the same each time it is told.
    pub id: AlertId,
    /// The rule's name.
    pub rule: String,
    /// What it is about.
    pub occasion: Occasion,
    /// Whether it only tries the way.
    pub is_test: bool,
    /// Whether the data is made up.
    pub is_simulated: bool,
    /// When what it tells of was seen.
    pub at: Moment,
    /// The Space.
    pub space: Option<SpaceId>,
    /// Its title.
    pub title: Option<String>,
    /// Whom the rule named, and their name.
    pub user: Option<(UserId, Option<String>)>,
    /// The figure that raised it.
    pub figure: Option<u64>,
    /// What is doubted of the count behind that figure; `None` where there is none, and where
    /// nobody could look.
    pub doubts: Option<Vec<Doubting>>,
}

impl Message {
    /// Returns what a letter tells now, but for what is doubted of its figure.
    pub fn of(letter: &Letter, rule: &AlertRule, reader: &Reader) -> Result<Self, LogError> {
        let title = match letter.space {
            Some(space) => match reader.space_known(space)?.and_then(|known| known.text) {
                Some(text) => reader.title(&text)?,
                None => None,
            },
            None => None,
        };
        let user = match letter.user {
            Some(user) => Some((user, reader.username(user)?)),
            None => None,
        };
        Ok(Self {
            id: letter.alert,
            rule: rule.name.clone(),
            occasion: letter.occasion,
            is_test: false,
            is_simulated: reader.header().simulated.is_some(),
            at: letter.at,
            space: letter.space,
            title,
            user,
            figure: letter.figure,
            doubts: None,
        })
    }

    /// Returns a message that only tries the way of a rule.
    pub fn test(rule: &AlertRule, now: Moment) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("spacelog test of an alert, 1");
        hasher.update(&rule.number().to_be_bytes()).update(&now.0.to_be_bytes());
        let mut id = AlertId::default();
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self {
            id,
            rule: rule.name.clone(),
            occasion: super::judge::occasion(&rule.when),
            is_test: true,
            is_simulated: false,
            at: now,
            space: None,
            title: None,
            user: None,
            figure: None,
            doubts: None,
        }
    }

    /// Returns its id in hexadecimal digits.
    pub fn id(&self) -> String {
        hex(&self.id)
    }

    /// Returns it as JSON, in one line.
    pub fn json(&self) -> String {
        let figure = |wanted| (self.occasion == wanted).then_some(self.figure).flatten();
        let text = json!({
            "id": self.id(),
            "rule": self.rule,
            "occasion": self.occasion.word(),
            "test": self.is_test,
            "simulated": self.is_simulated,
            "at": self.at.to_string(),
            "space_id": self.space.map(|space| space.to_string()),
            "title": self.title,
            "url": self.space.map(|space| space.url()),
            "user_id": self.user.as_ref().map(|(user, _)| user.to_string()),
            "username": self.user.as_ref().and_then(|(_, name)| name.clone()),
            "participants": figure(Occasion::Participants),
            "per_minute": figure(Occasion::Growth),
            "doubted": self.doubts.as_ref().map(|it| texts(it, |it| it.rule)),
            "doubts": self.doubts.as_ref().map(|it| texts(it, |it| &it.words)),
            "text": self.line(),
        });
        escaped(&text)
    }

    /// Returns it in a line for people.
    pub fn line(&self) -> String {
        let mark = if self.is_simulated { "SIMULATED  " } else { "" };
        let mut words = vec![format!("{mark}alert  {}", self.rule)];
        if self.is_test {
            words.push("  TEST: nothing happened, and this came through".to_owned());
            return words.concat();
        }
        words.push(format!("  {}", self.occasion.word().replace('_', " ")));
        if self.space.is_some() {
            let title = self.title.as_ref().map(|it| format!("\"{}\"", Untrusted(it).term()));
            words.push(format!("  {}", title.as_deref().unwrap_or("(no title)")));
        }
        if let Some((user, name)) = &self.user {
            let name = name.as_ref().map(|name| format!("@{}", Untrusted(name).term()));
            words.push(format!(" with {}", name.unwrap_or_else(|| user.to_string())));
        }
        match (self.occasion, self.figure) {
            (Occasion::Participants, Some(count)) => words.push(format!(", {count} participants")),
            (Occasion::Growth, Some(count)) => words.push(format!(", {count} more a minute")),
            _ => {}
        }
        if let Some(space) = self.space {
            words.push(format!("  {space}"));
        }
        for it in self.doubts.iter().flatten() {
            words.push(format!("  doubted: {}", it.words));
        }
        words.concat()
    }
}

fn texts<'a>(doubts: &'a [Doubting], text: impl Fn(&'a Doubting) -> &'a str) -> Vec<&'a str> {
    doubts.iter().map(text).collect()
}

/// Returns JSON in which no character hides or steers: those are `\u` escapes.
fn escaped(value: &Value) -> String {
    let Value::Object(fields) = value else { return value.to_string() };
    let fields = fields.iter().map(|(key, value)| {
        let value = match value {
            Value::String(text) => Untrusted(text).json(),
            other => other.to_string(),
        };
        format!("{}:{value}", Untrusted(key).json())
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// Returns bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}
