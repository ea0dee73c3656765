//! What of the log goes when somebody is forgotten: looked for beside the writer, which goes on.

use std::collections::BTreeSet;

use crate::event::codec;
use crate::event::codec::segment::Wanted;
use crate::event::{
    AskedFor, Batch, Event, Owner, Subject, Text, TextKey, TextRef, Watched, at_mentions, mentions,
};

use super::names::each_text;
use super::{LogError, Reader, keys};

/// Batches read in one step while queries are looked for.
const STEP_BATCHES: usize = 256;

/// What of the log goes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose texts.
    pub subject: Subject,
    /// The last seq that was looked at.
    until: u64,
    pub(super) texts: Vec<TextRef>,
    /// With the keys under which they are found again.
    pub(super) lines: Vec<(TextRef, TextKey)>,
    /// Usernames of a user, titles of a Space: how it may be mentioned.
    pub names: BTreeSet<String>,
    /// Every text of it: names, descriptions, titles.
    pub words: BTreeSet<String>,
}

impl Reader {
    /// Returns every text that the log holds of a subject, each once: names, descriptions, titles.
    pub fn words_of(&self, subject: Subject) -> Result<BTreeSet<String>, LogError> {
        let mut words = BTreeSet::new();
        self.store().read(|read| {
            each_text(read, |_reference, owner, text| {
                if is_of(owner, subject) {
                    words.extend(text.words().into_iter().map(ToOwned::to_owned));
                }
            })
        })?;
        Ok(words)
    }

    /// Finds what is to go: the subject's texts, and lines that name a user. A search query is the
    /// operator's own words and stays, unless it names a user by `@name`.
    pub fn plan_forgetting(&self, subject: Subject) -> Result<Plan, LogError> {
        // What is appended from here on is looked at by whoever erases.
        let until = self.head()?.seq;
        let (texts, lines) = (Vec::new(), Vec::new());
        let (names, words) = (BTreeSet::new(), BTreeSet::new());
        let mut plan = Plan { subject, until, texts, lines, names, words };
        let mut lines = Vec::new();
        self.store().read(|read| {
            each_text(read, |reference, owner, text| {
                if !is_of(owner, subject) {
                    return;
                }
                plan.texts.push(reference);
                plan.words.extend(text.words().into_iter().map(ToOwned::to_owned));
                match text {
                    Text::User { username: Some(name), .. }
                    | Text::Space { title: Some(name), .. } => {
                        plan.names.insert(name.clone());
                    }
                    _ => {}
                }
            })?;
            if plan.names.is_empty() || matches!(subject, Subject::Space(_)) {
                return Ok(());
            }
            each_text(read, |reference, owner, text| {
                if let (true, Some(line)) = (plan.is_named(owner, text), text.line()) {
                    lines.push((reference, line.to_owned()));
                }
            })
        })?;
        if lines.is_empty() {
            return Ok(plan);
        }
        let is_meant = |line: &str| plan.names.iter().any(|name| at_mentions(line, name));
        let queries = self.queries()?;
        lines.retain(|(reference, line)| is_meant(line) || !queries.contains(reference));
        plan.lines = lines.iter().map(|(it, line)| (*it, Text::key(line))).collect();
        Ok(plan)
    }

    /// Returns whether a batch that was appended since says anything of the subject, or names it:
    /// then more may have to go than was found.
    pub(super) fn is_stale(&self, plan: &Plan) -> Result<bool, LogError> {
        let mut seq = plan.until + 1;
        loop {
            let batches = self.batches(seq, STEP_BATCHES)?;
            let Some(last) = batches.last() else { return Ok(false) };
            seq = last.last_seq() + 1;
            let mut concerned = false;
            self.store().read(|read| {
                let texts = read.table(keys::TEXTS)?;
                for reference in
                    batches.iter().flat_map(|it| &it.events).flat_map(Event::references)
                {
                    let Some(record) = texts.get(&reference.0)? else { continue };
                    let row = codec::decode_text_row(&reference, &record);
                    let (owner, text) =
                        row.map_err(|source| LogError::Damaged { seq: plan.until + 1, source })?;
                    concerned |= is_of(owner, plan.subject) || plan.is_named(owner, &text);
                }
                Ok::<_, LogError>(())
            })?;
            if concerned {
                return Ok(true);
            }
        }
    }

    /// Returns the references of all lines that were asked for, or watched, as queries.
    fn queries(&self) -> Result<BTreeSet<TextRef>, LogError> {
        let mut queries = BTreeSet::new();
        let mut seq = 1;
        // Of what is sealed the observations, by far the most of it, need not be unpacked.
        while let Some(content) = self.content(seq, u64::MAX, Wanted::Others)? {
            queries.extend(content.others.iter().filter_map(|other| query(&other.event)));
            seq = content.row.last_seq + 1;
        }
        loop {
            let batches = self.batches(seq, STEP_BATCHES)?;
            let Some(last) = batches.last() else { return Ok(queries) };
            seq = Batch::last_seq(last) + 1;
            queries.extend(batches.iter().flat_map(|batch| &batch.events).filter_map(query));
        }
    }
}

impl Plan {
    /// Returns whether a text is a line of the monitor's that names the user to be forgotten.
    fn is_named(&self, owner: Owner, text: &Text) -> bool {
        let (Subject::User(_), Owner::Monitor, Some(line)) = (self.subject, owner, text.line())
        else {
            return false;
        };
        self.names.iter().any(|name| mentions(line, name))
    }
}

fn query(event: &Event) -> Option<TextRef> {
    let asked = match event {
        Event::PollSucceeded(it) => &it.head.asked,
        Event::PollFailed(it) => &it.head.asked,
        Event::WatchChanged { watched: Watched::Query(text), .. } => return Some(*text),
        _ => return None,
    };
    match asked {
        AskedFor::Query { text, .. } => Some(*text),
        _ => None,
    }
}

fn is_of(owner: Owner, subject: Subject) -> bool {
    match (owner, subject) {
        (Owner::User(owner), Subject::User(user)) => owner == user,
        (Owner::Space(owner), Subject::Space(space)) => owner == space,
        _ => false,
    }
}
