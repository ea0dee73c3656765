//! Walking the log: every batch from the cursor on is held against every rule, once.
//!
//! What a walk changes (the cursor, what rules remember, what was raised) is handed on as one step,
//! to be stored in one transaction. A step that was not stored is walked again from where the log
//! says: with the same rules it raises the same alerts, under the same ids.

use std::collections::BTreeMap;

use crate::config::{AlertRule, Trouble, When};
use crate::event::{
    AlertCursor, AlertMemory, AlertRows, Batch, Event, GapCause, Letter, MemoryKey, SpaceMissing,
    SpaceObserved, TextRef,
};
use crate::log::{LogError, Reader};
use crate::space::{FailureClass, Missing, Moment, SpaceId, SpaceState, UserId};

use super::judge::{Raised, Sign, judge, judge_sign};
use super::sight::{OnStage, Sight};

/// Batches read at a time.
const READ_BATCHES: usize = 16;

/// A step is stored after so many batches, also where nothing was raised: as many are walked again
/// after a crash, at most.
const STEP_BATCHES: u64 = 256;

/// What is to be stored in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The cursor, and what rules remember.
    pub rows: AlertRows,
    /// Alerts to be sent, each with its rule's name, which has no reference yet.
    pub raised: Vec<(Letter, String)>,
}

/// Holds the log against rules.
#[derive(Debug)]
pub struct Watcher {
    rules: Vec<AlertRule>,
    reader: Reader,
    cursor: AlertCursor,
    /// The cursor that is stored.
    stored: Option<AlertCursor>,
    /// What rules remember of Spaces that were seen since, and whether that changed.
    memories: BTreeMap<MemoryKey, (AlertMemory, bool)>,
    /// Who hosts Spaces that were seen since, and whether that changed; `None` of what is over.
    hosts: BTreeMap<SpaceId, (Option<Vec<UserId>>, bool)>,
    /// When X last answered, or this walk began.
    answered_at: Moment,
    /// Since when rules that came while the others were looked at wait for Spaces to be found.
    since: BTreeMap<u64, Moment>,
    /// Whether that is to be stored.
    is_since_new: bool,
}

impl Watcher {
    /// Returns what walks on from where the log says, or from its end where no rule was ever looked
    /// at: what happened before is no news.
    pub fn begin(rules: Vec<AlertRule>, reader: Reader, now: Moment) -> Result<Self, LogError> {
        let stored = reader.alert_cursor()?;
        let first = || reader.head().map(|head| AlertCursor { seq: head.seq, since: now });
        let cursor = stored.map_or_else(first, Ok)?;
        let mut since = BTreeMap::new();
        for rule in rules.iter().filter(|rule| rule.when == When::Found) {
            let memory = reader.alert_memory((rule.number(), None))?;
            since.extend(memory.and_then(|it| it.raised_at).map(|at| (rule.number(), at)));
        }
        Ok(Self {
            rules,
            reader,
            cursor,
            stored,
            memories: BTreeMap::new(),
            hosts: BTreeMap::new(),
            answered_at: now,
            since,
            is_since_new: false,
        })
    }

    /// Goes on with other rules, from where it is. A rule that stays as it was goes on as if nothing
    /// had happened; one that is changed knows which Spaces it told of, and counts readings anew;
    /// to one that is new, what was found before is no news.
    ///
    /// # Errors
    /// When the log cannot be read; then the rules stay.
    pub fn change(&mut self, rules: &[AlertRule], now: Moment) -> Result<(), LogError> {
        let was = |rule: &AlertRule| self.rules.iter().find(|it| it.name == rule.name);
        let mut anew = BTreeMap::new();
        for rule in rules.iter().filter(|rule| was(rule).is_some_and(|was| was != *rule)) {
            anew.extend(self.reader.alert_memories(rule.number())?);
            let seen = self.memories.iter().filter(|((number, _), _)| *number == rule.number());
            anew.extend(seen.map(|(key, (memory, _))| (*key, *memory)));
        }
        let is_found = |rule: &&AlertRule| rule.when == When::Found;
        let finds = |rule: &&AlertRule| !was(rule).is_some_and(|was| is_found(&was));
        let found = rules.iter().filter(is_found).filter(finds).map(|rule| (rule.number(), now));
        let found: Vec<(u64, Moment)> = found.collect();
        for (key, memory) in anew {
            if key.1.is_some() && (memory.streak > 0 || memory.last.is_some()) {
                let memory = AlertMemory { streak: 0, last: None, ..memory };
                self.memories.insert(key, (memory, true));
            }
        }
        self.is_since_new |= !found.is_empty();
        self.since.extend(found);
        self.rules = rules.to_vec();
        Ok(())
    }

    /// Holds the next batches against the rules, up to the first that raises something; returns what
    /// is to be stored, and whether there is more to walk. `now` is for what did not happen.
    pub fn walk(&mut self, now: Moment, is_last: bool) -> Result<(Option<Step>, bool), LogError> {
        let mut raised = self.silence(now)?;
        let mut more = true;
        if raised.is_empty() {
            let batches = self.reader.batches(self.cursor.seq + 1, READ_BATCHES)?;
            more = !batches.is_empty();
            for batch in &batches {
                raised = self.hold(batch)?;
                self.cursor.seq = batch.last_seq();
                if !raised.is_empty() {
                    break;
                }
            }
        }
        let since = self.stored.map_or(0, |stored| stored.seq);
        let is_due = self.stored.is_none()
            || self.is_since_new
            || self.cursor.seq.saturating_sub(since) >= STEP_BATCHES
            || (is_last && !more && self.stored != Some(self.cursor));
        if raised.is_empty() && !is_due {
            return Ok((None, more));
        }
        Ok((Some(self.step(raised, now)), more))
    }

    /// Notes that the last step is stored.
    pub fn settled(&mut self) {
        self.stored = Some(self.cursor);
        self.is_since_new = false;
        self.memories.clear();
        self.hosts.clear();
    }

    /// Goes back to what the log says: the last step may be stored or not.
    pub fn go_back(&mut self) -> Result<(), LogError> {
        self.memories.clear();
        self.hosts.clear();
        self.stored = self.reader.alert_cursor()?;
        if let Some(stored) = self.stored {
            self.cursor = stored;
        }
        Ok(())
    }

    fn step(&self, raised: Vec<(Raised, usize)>, now: Moment) -> Step {
        let changed = |is_changed: &bool| *is_changed;
        let memories = self.memories.iter().filter(|(_, (_, it))| changed(it));
        let hosts = self.hosts.iter().filter(|(_, (_, it))| changed(it));
        let since = self.since.iter().filter(|_| self.is_since_new).map(|(rule, since)| {
            let memory = AlertMemory { raised_at: Some(*since), ..AlertMemory::default() };
            ((*rule, None), Some(memory))
        });
        let letter = |(it, rule): (Raised, usize)| {
            let rule = &self.rules[rule];
            let letter = Letter {
                alert: it.alert,
                rule: rule.number(),
                name: TextRef([0; 32]),
                occasion: it.occasion,
                space: it.space,
                user: it.user,
                at: it.at,
                figure: it.figure,
                attempts: 0,
                next_at: it.at.min(now),
                is_dead: false,
            };
            (letter, rule.name.clone())
        };
        Step {
            rows: AlertRows {
                cursor: Some(self.cursor),
                memories: memories
                    .map(|(key, (memory, _))| {
                        let is_empty = *memory == AlertMemory::default();
                        (*key, (!is_empty).then_some(*memory))
                    })
                    .chain(since)
                    .collect(),
                hosts: hosts.map(|(space, (hosts, _))| (*space, hosts.clone())).collect(),
                ..AlertRows::default()
            },
            raised: raised.into_iter().map(letter).collect(),
        }
    }

    /// Holds one batch against every rule.
    fn hold(&mut self, batch: &Batch) -> Result<Vec<(Raised, usize)>, LogError> {
        // What is taken in later was seen by somebody else, perhaps long ago.
        if batch.is_imported() {
            return Ok(Vec::new());
        }
        for event in &batch.events {
            if let Event::SpaceDescribed(it) = event
                && let Some(hosts) = &it.hosts
                && self.needs_stage()
            {
                self.hosts.insert(it.space, (Some(hosts.clone()), true));
            }
        }
        let mut raised = Vec::new();
        for event in &batch.events {
            match event {
                Event::SpaceObserved(it) => {
                    let sight = self.observed(batch, it)?;
                    self.hold_space(&sight, &mut raised)?;
                }
                Event::SpaceMissing(it) => {
                    if let Some(sight) = self.missing(batch, it)? {
                        self.hold_space(&sight, &mut raised)?;
                    }
                }
                Event::PollSucceeded(_) => {
                    self.answered_at = self.answered_at.max(batch.observed_at);
                    self.hold_sign(Sign::Answered, batch.observed_at, &mut raised)?;
                }
                Event::PollFailed(it) => {
                    let needs = !it.class.ask_again() && it.class != FailureClass::NotFound;
                    if needs || it.class == FailureClass::Blocked {
                        self.hold_sign(Sign::NeedsPerson, batch.observed_at, &mut raised)?;
                    }
                }
                Event::Gap(it) if it.cause == GapCause::Storage => {
                    self.hold_sign(Sign::NotStored, batch.observed_at, &mut raised)?;
                }
                _ => {}
            }
        }
        Ok(raised)
    }

    fn hold_space(
        &mut self,
        sight: &Sight,
        raised: &mut Vec<(Raised, usize)>,
    ) -> Result<(), LogError> {
        for number in 0..self.rules.len() {
            let rule = &self.rules[number];
            if matches!(rule.when, When::Trouble(_)) || self.is_old(rule, sight.space)? {
                continue;
            }
            let key = (rule.number(), Some(sight.space));
            let before = self.memory(key)?;
            let (after, alert) = judge(&self.rules[number], before, sight);
            self.remember(key, before, after);
            raised.extend(alert.map(|alert| (alert, number)));
        }
        if sight.state == Some(SpaceState::Ended) && self.needs_stage() {
            self.hosts.insert(sight.space, (None, true));
        }
        Ok(())
    }

    /// Returns whether a rule that waits for Spaces to be found came later than this one.
    fn is_old(&self, rule: &AlertRule, space: SpaceId) -> Result<bool, LogError> {
        let since = self.since.get(&rule.number()).filter(|_| rule.when == When::Found);
        let Some(since) = since else { return Ok(false) };
        let known = self.reader.space_known(space)?.unwrap_or_default();
        Ok(known.first_seen.is_none_or(|first| first < *since))
    }

    fn hold_sign(
        &mut self,
        sign: Sign,
        at: Moment,
        raised: &mut Vec<(Raised, usize)>,
    ) -> Result<(), LogError> {
        for number in 0..self.rules.len() {
            let rule = &self.rules[number];
            if !matches!(rule.when, When::Trouble(_)) {
                continue;
            }
            let key = (rule.number(), None);
            let before = self.memory(key)?;
            let (after, alert) = judge_sign(&self.rules[number], before, sign, at);
            self.remember(key, before, after);
            raised.extend(alert.map(|alert| (alert, number)));
        }
        Ok(())
    }

    /// Holds against the rules that nothing came.
    fn silence(&mut self, now: Moment) -> Result<Vec<(Raised, usize)>, LogError> {
        let mut raised = Vec::new();
        let waits = |rule: &AlertRule| matches!(rule.when, When::Trouble(Trouble::NoPolls(_)));
        if self.rules.iter().any(waits) {
            self.hold_sign(Sign::Silent(self.answered_at), now, &mut raised)?;
        }
        Ok(raised)
    }

    fn memory(&self, key: MemoryKey) -> Result<AlertMemory, LogError> {
        match self.memories.get(&key) {
            Some((memory, _)) => Ok(*memory),
            None => Ok(self.reader.alert_memory(key)?.unwrap_or_default()),
        }
    }

    fn remember(&mut self, key: MemoryKey, before: AlertMemory, after: AlertMemory) {
        if before != after {
            self.memories.insert(key, (after, true));
        }
    }

    fn needs_stage(&self) -> bool {
        self.rules.iter().any(|rule| rule.host.is_some() || rule.speaker.is_some())
    }

    fn observed(&mut self, batch: &Batch, it: &SpaceObserved) -> Result<Sight, LogError> {
        let mut sight = self.sight(it.space, batch)?;
        sight.state.clone_from(&it.state);
        sight.participants = it.participants;
        for user in it.speakers.iter().flatten().filter(|_| self.needs_stage()) {
            if !sight.stage.iter().any(|on| on.user == *user) {
                let username = self.reader.username(*user)?;
                sight.stage.push(OnStage { user: *user, username, is_host: false });
            }
        }
        Ok(sight)
    }

    /// A Space that is not found any more ended, where it was live before.
    fn missing(&mut self, batch: &Batch, it: &SpaceMissing) -> Result<Option<Sight>, LogError> {
        if it.problem.as_deref() != Some(Missing::NOT_FOUND) {
            return Ok(None);
        }
        let mut sight = self.sight(it.space, batch)?;
        let known = self.reader.space_known(it.space)?.unwrap_or_default();
        sight.state = known.state.filter(|_| known.inferred);
        sight.is_new = false;
        Ok((sight.state == Some(SpaceState::Ended)).then_some(sight))
    }

    /// Returns what the log says of a Space beside what a batch shows.
    fn sight(&mut self, space: SpaceId, batch: &Batch) -> Result<Sight, LogError> {
        let known = self.reader.space_known(space)?.unwrap_or_default();
        let title = match known.text.filter(|_| self.rules.iter().any(|it| it.keyword.is_some())) {
            Some(text) => self.reader.title(&text)?,
            None => None,
        };
        let mut stage = Vec::new();
        if self.needs_stage() {
            for user in self.hosts_of(space)? {
                let username = self.reader.username(user)?;
                stage.push(OnStage { user, username, is_host: true });
            }
        }
        let is_new = known.first_seen.is_some_and(|first| first >= self.cursor.since);
        Ok(Sight {
            space,
            at: batch.observed_at,
            state: None,
            participants: None,
            hold_ms: batch.holding_ms().unwrap_or_default(),
            is_new,
            title,
            stage,
        })
    }

    fn hosts_of(&mut self, space: SpaceId) -> Result<Vec<UserId>, LogError> {
        if let Some((hosts, _)) = self.hosts.get(&space) {
            return Ok(hosts.clone().unwrap_or_default());
        }
        if let Some(hosts) = self.reader.alert_hosts(space)? {
            return Ok(hosts);
        }
        // Described before there were rules about hosts: its own history says who they are.
        let (mut hosts, until) = (Vec::new(), self.cursor.seq);
        self.reader.history(space, until, &mut |_seq| true, &mut |batch| {
            for event in &batch.events {
                if let Event::SpaceDescribed(it) = event
                    && it.space == space
                    && let Some(said) = &it.hosts
                {
                    hosts.clone_from(said);
                }
            }
            Ok(true)
        })?;
        self.hosts.insert(space, (Some(hosts.clone()), true));
        Ok(hosts)
    }
}
