//! `[[alerts]]`: each key known, each value checked, each complaint where it is.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::{Host, Url};

use super::super::error::Why;
use super::super::key::nearest_of;
use super::super::{Creator, parse};
use super::{AlertRule, DESKTOP_NEEDS, RULES_MAX, Sink, Trouble, When};

/// The keys of a rule.
const KEYS: [&str; 16] = [
    "name",
    "when",
    "over",
    "per_minute",
    "readings",
    "trouble",
    "after",
    "keyword",
    "host",
    "speaker",
    "repeat",
    "to",
    "command",
    "webhook",
    "secret_file",
    "desktop",
];

/// So many readings one after the other are asked for at most.
const READINGS_MAX: u64 = 1_000;

/// So long X may be silent where a rule does not say how long.
const SILENT: Duration = Duration::from_mins(10);

/// What is wrong, and at which byte.
type Wrong = (usize, Why);

/// Returns the rules in a list of tables.
pub fn rules(value: &Spanned<DeValue>, file: &Path) -> Result<Vec<AlertRule>, Wrong> {
    let at = value.span().start;
    let DeValue::Array(tables) = value.get_ref() else {
        return Err(wrong(at, "`alerts` is a list of tables: write [[alerts]]"));
    };
    let mut rules: Vec<AlertRule> = Vec::new();
    for table in tables {
        let at = table.span().start;
        let DeValue::Table(inner) = table.get_ref() else {
            return Err(wrong(at, "`alerts` is a list of tables: write [[alerts]]"));
        };
        let rule = Entries { table: inner, at, file }.rule()?;
        if rules.iter().any(|other| other.name == rule.name) {
            return Err(wrong(at, &format!("the alert's name `{}` is taken", rule.name)));
        }
        if rules.len() == RULES_MAX {
            return Err(wrong(at, &format!("at most {RULES_MAX} alerts are looked for")));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn wrong(at: usize, why: &str) -> Wrong {
    (at, Why(why.to_owned()))
}

/// What one table says.
struct Entries<'a> {
    table: &'a DeTable<'a>,
    at: usize,
    file: &'a Path,
}

impl Entries<'_> {
    fn rule(&self) -> Result<AlertRule, Wrong> {
        for (key, _value) in self.table {
            let name = key.get_ref().as_ref();
            if !KEYS.contains(&name) {
                let near = nearest_of(name, KEYS.into_iter());
                let near = near.map(|near| format!("; did you mean `{near}`?"));
                let why = format!("an alert has no `{name}`{}", near.unwrap_or_default());
                return Err(wrong(key.span().start, &why));
            }
        }
        let name = self.text("name", name)?;
        let name = name.ok_or_else(|| wrong(self.at, "an alert needs a `name`"))?;
        let rule = AlertRule {
            when: self.when()?,
            keyword: self.text("keyword", |it| parse::query(it).map(|it| it.to_lowercase()))?,
            host: self.text("host", creator)?,
            speaker: self.text("speaker", creator)?,
            repeat: self.text("repeat", repeat)?.flatten(),
            to: self.sink()?,
            name,
        };
        let is_narrowed = rule.keyword.is_some() || rule.host.is_some() || rule.speaker.is_some();
        if matches!(rule.when, When::Trouble(_)) && is_narrowed {
            let why = "trouble is about no Space: it has no `keyword`, `host` or `speaker`";
            return Err(wrong(self.at, why));
        }
        Ok(rule)
    }

    fn when(&self) -> Result<When, Wrong> {
        let words = ["found", "announced", "live", "ended", "participants", "growth", "trouble"];
        let refused =
            |it: &str| format!("`{it}` is nothing to wait for: write {}", words.join(", "));
        let word = |it: &str| words.into_iter().find(|word| *word == it).ok_or_else(|| refused(it));
        let word = self.text("when", word)?;
        let word = word.ok_or_else(|| wrong(self.at, "an alert needs a `when`"))?;
        let readings = self.count("readings")?;
        let many = u32::try_from(readings.unwrap_or(1)).unwrap_or(u32::MAX);
        if many == 0 || u64::from(many) > READINGS_MAX {
            let why = format!("`readings` is 1 to {READINGS_MAX}");
            return Err(wrong(self.place("readings"), &why));
        }
        let (over, per_minute) = (self.count("over")?, self.count("per_minute")?);
        let trouble = self.trouble()?;
        let needed = |key: &str| wrong(self.at, &format!("`when = \"{word}\"` needs `{key}`"));
        let (when, takes): (When, &[&str]) = match word {
            "found" => (When::Found, &[]),
            "announced" => (When::Announced, &[]),
            "live" => (When::Live, &[]),
            "ended" => (When::Ended, &[]),
            "participants" => {
                let over = over.ok_or_else(|| needed("over"))?;
                (When::Participants { over, readings: many }, &["over", "readings"])
            }
            "growth" => {
                let per_minute = per_minute.ok_or_else(|| needed("per_minute"))?;
                (When::Growth { per_minute, readings: many }, &["per_minute", "readings"])
            }
            _ => {
                let trouble = trouble.ok_or_else(|| needed("trouble"))?;
                let takes: &[&str] = match trouble {
                    Trouble::NoPolls(_) => &["trouble", "after"],
                    _ => &["trouble"],
                };
                (When::Trouble(trouble), takes)
            }
        };
        for key in ["over", "per_minute", "readings", "trouble", "after"] {
            if self.table.get(key).is_some() && !takes.contains(&key) {
                let why = format!("`{key}` means nothing with `when = \"{word}\"`");
                return Err(wrong(self.place(key), &why));
            }
        }
        Ok(when)
    }

    fn trouble(&self) -> Result<Option<Trouble>, Wrong> {
        let after = self.text("after", parse::duration)?.unwrap_or(SILENT);
        self.text("trouble", |it| match it {
            "needs_person" => Ok(Trouble::NeedsPerson),
            "no_polls" => Ok(Trouble::NoPolls(after)),
            "storage" => Ok(Trouble::Storage),
            _ => Err(format!("`{it}` is no trouble: write needs_person, no_polls or storage")),
        })
    }

    fn sink(&self) -> Result<Sink, Wrong> {
        let command = self.list("command")?;
        let webhook = self.text("webhook", address)?;
        let secret = self.text("secret_file", |it| match it {
            "" => Err("it is empty".to_owned()),
            path => Ok(self.file.parent().unwrap_or(Path::new("")).join(path)),
        })?;
        let to = self.text("to", |it| match it {
            "stdout" | "command" | "webhook" | "desktop" => Ok(it.to_owned()),
            _ => Err(format!("`{it}` is nowhere: write stdout, command, webhook or desktop")),
        })?;
        let desktop = self.yes("desktop")?;
        let usual = match (&command, &webhook, desktop) {
            (Some(_), ..) => "command",
            (_, Some(_), _) => "webhook",
            (.., Some(true)) => "desktop",
            _ => "stdout",
        };
        let to = to.unwrap_or_else(|| usual.to_owned());
        let needs = |key| wrong(self.at, &format!("`to = \"{to}\"` needs `{key}`"));
        let idle = |key: &str| wrong(self.place(key), &format!("`{key}` is not where it tells"));
        if to != "command" && command.is_some() {
            return Err(idle("command"));
        }
        if to != "webhook" && webhook.is_some() {
            return Err(idle("webhook"));
        }
        if to != "webhook" && secret.is_some() {
            return Err(idle("secret_file"));
        }
        if desktop.is_some_and(|desktop| desktop != (to == "desktop")) {
            return Err(idle("desktop"));
        }
        match to.as_str() {
            "desktop" if cfg!(feature = "desktop") => Ok(Sink::Desktop),
            "desktop" => Err(wrong(self.place("desktop"), DESKTOP_NEEDS)),
            "command" => command.map(Sink::Command).ok_or_else(|| needs("command")),
            "webhook" => {
                let url = webhook.ok_or_else(|| needs("webhook"))?;
                let secret_file = secret.ok_or_else(|| needs("secret_file"))?;
                Ok(Sink::Webhook { url, secret_file })
            }
            _ => Ok(Sink::Stdout),
        }
    }

    /// Returns the byte where the value of a key begins, or the table where there is none.
    fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }

    fn text<T>(
        &self,
        key: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Wrong> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let at = value.span().start;
        let DeValue::String(text) = value.get_ref() else {
            return Err(wrong(at, &format!("`{key}` is a text: write {key} = \"…\"")));
        };
        read(text).map(Some).map_err(|why| wrong(at, &format!("`{key}`: {why}")))
    }

    fn yes(&self, key: &str) -> Result<Option<bool>, Wrong> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let DeValue::Boolean(yes) = value.get_ref() else {
            return Err(wrong(value.span().start, &format!("`{key}` is true or false")));
        };
        Ok(Some(*yes))
    }

    fn count(&self, key: &str) -> Result<Option<u64>, Wrong> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let whole = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        let refused = || wrong(value.span().start, &format!("`{key}` is a whole number"));
        whole.map(Some).ok_or_else(refused)
    }

    /// Returns a program and its arguments.
    fn list(&self, key: &str) -> Result<Option<Vec<String>>, Wrong> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let refused = |at| wrong(at, &format!("`{key}` is a list: write {key} = [\"program\", …]"));
        let DeValue::Array(items) = value.get_ref() else {
            return Err(refused(value.span().start));
        };
        let item = |item: &Spanned<DeValue>| match item.get_ref() {
            DeValue::String(text) => Ok(text.clone().into_owned()),
            _ => Err(refused(item.span().start)),
        };
        let items: Vec<String> = items.iter().map(item).collect::<Result<_, _>>()?;
        if items.first().is_none_or(String::is_empty) {
            return Err(refused(value.span().start));
        }
        Ok(Some(items))
    }
}

fn name(text: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
    let is_name = (1..=64).contains(&text.chars().count()) && text.chars().all(is_word);
    let refused = || format!("`{text}` is no name: write up to 64 letters, digits, spaces, - _ .");
    if is_name { Ok(text.to_owned()) } else { Err(refused()) }
}

fn creator(text: &str) -> Result<Creator, String> {
    Creator::parse(text).map_err(|error| error.to_string())
}

fn repeat(text: &str) -> Result<Option<Duration>, String> {
    if text == "never" { Ok(None) } else { parse::duration(text).map(Some) }
}

/// Reads the address of a webhook. It is not repeated: its path is often a secret.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "it is no address".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user or a password: the signature says who sends".to_owned());
    }
    let is_near = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_near => Ok(url),
        _ => Err("only https, or http on this machine, keeps what is told to itself".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<AlertRule>, String> {
        let table = DeTable::parse(text).unwrap();
        let value = table.get_ref().get("alerts").unwrap();
        rules(value, Path::new("/etc/x.toml")).map_err(|(_, why)| why.0)
    }

    #[test]
    fn a_rule_says_what_it_waits_for_and_where_it_tells() {
        let rules = read(
            "[[alerts]]\nname = \"big\"\nwhen = \"participants\"\nover = 1000\nreadings = 3\n\
             keyword = \"Climate\"\nhost = \"@nasa\"\nrepeat = \"1h\"\n\
             webhook = \"https://hooks.example.com/x\"\nsecret_file = \"hook\"\n\
             [[alerts]]\nname = \"mute\"\nwhen = \"trouble\"\ntrouble = \"no_polls\"\nafter = \"5m\"\n\
             command = [\"notify-send\", \"spacelog\"]\n\
             [[alerts]]\nname = \"new\"\nwhen = \"found\"\n",
        )
        .unwrap();
        assert_eq!(rules[0].when, When::Participants { over: 1_000, readings: 3 });
        assert_eq!(rules[0].keyword.as_deref(), Some("climate"));
        assert_eq!(rules[0].repeat, Some(Duration::from_hours(1)));
        assert_eq!(rules[0].to.shown(), "webhook https://hooks.example.com");
        let Sink::Webhook { secret_file, .. } = &rules[0].to else { panic!("{rules:?}") };
        assert_eq!(secret_file, Path::new("/etc/hook"));
        assert_eq!(rules[1].when, When::Trouble(Trouble::NoPolls(Duration::from_mins(5))));
        assert_eq!(rules[1].to, Sink::Command(vec!["notify-send".into(), "spacelog".into()]));
        assert_eq!((&rules[2].to, rules[2].repeat), (&Sink::Stdout, None));
    }

    #[test]
    fn a_notice_on_the_desktop_takes_a_build_that_has_them() {
        let found = "[[alerts]]\nname = \"a\"\nwhen = \"found\"\n";
        assert_eq!(read(&format!("{found}desktop = false\n")).unwrap()[0].to, Sink::Stdout);
        for way in ["desktop = true", "to = \"desktop\"", "desktop = true\nto = \"desktop\""] {
            let rules = read(&format!("{found}{way}\n"));
            if cfg!(feature = "desktop") {
                assert_eq!(rules.unwrap()[0].to, Sink::Desktop);
            } else {
                assert_eq!(rules.unwrap_err(), DESKTOP_NEEDS);
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_rule_is_named_and_a_webhook_s_address_is_not_repeated() {
        let found = "[[alerts]]\nname = \"a\"\nwhen = \"found\"\n";
        let cases = [
            ("[alerts]\n".to_owned(), "is a list of tables"),
            ("[[alerts]]\nwhen = \"found\"\n".to_owned(), "needs a `name`"),
            ("[[alerts]]\nname = \"a\"\n".to_owned(), "needs a `when`"),
            (format!("{found}kyword = \"x\"\n"), "has no `kyword`; did you mean `keyword`?"),
            ("[[alerts]]\nname = \"a\"\nwhen = \"lost\"\n".to_owned(), "nothing to wait for"),
            (format!("{found}over = 3\n"), "`over` means nothing with `when = \"found\"`"),
            ("[[alerts]]\nname = \"a\"\nwhen = \"participants\"\n".to_owned(), "needs `over`"),
            (format!("{found}readings = 0\n"), "`readings` is 1 to 1000"),
            (format!("{found}repeat = \"often\"\n"), "`repeat`: `often` is no duration"),
            (format!("{found}{found}"), "the alert's name `a` is taken"),
            (format!("{found}to = \"webhook\"\n"), "needs `webhook`"),
            (format!("{found}webhook = \"https://a.b/secret\"\n"), "needs `secret_file`"),
            (format!("{found}webhook = \"http://a.b/secret\"\n"), "only https"),
            (format!("{found}webhook = \"https://u:secret@a.b/\"\n"), "holds a user"),
            (format!("{found}command = \"sh -c x\"\n"), "`command` is a list"),
            (format!("{found}to = \"stdout\"\ncommand = [\"x\"]\n"), "is not where it tells"),
            (format!("{found}desktop = \"yes\"\n"), "`desktop` is true or false"),
            (format!("{found}desktop = true\ncommand = [\"x\"]\n"), "is not where it tells"),
            (format!("{found}desktop = false\nto = \"desktop\"\n"), "is not where it tells"),
            ("[[alerts]]\nname = \"\\u001b\"\nwhen = \"found\"\n".to_owned(), "is no name"),
        ];
        for (text, says) in cases {
            let why = read(&text).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
            assert!(!why.contains("secret@") && !why.contains("/secret"), "{why}");
        }
    }
}
