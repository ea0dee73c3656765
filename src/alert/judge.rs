//! Deciding: a rule, what it remembers, and what is seen give what it remembers now, and an alert.

use crate::config::{AlertRule, Trouble, When};
use crate::event::{AlertId, AlertMemory, Occasion};
use crate::space::{Moment, SpaceId, SpaceState, UserId};

use super::sight::{Fit, Sight};

/// Trouble that needs a person begins anew when it was gone for this long: milliseconds of an hour.
const PEACE_MS: i64 = 3_600_000;

/// Growth is taken over so many milliseconds at least: two people in a second are no crowd.
const MINUTE_MS: u64 = 60_000;

/// An alert that a rule raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its id: of the rule, the Space and how often the rule told of it before.
    pub alert: AlertId,
    /// What it is about.
    pub occasion: Occasion,
    /// The Space, where it is about one.
    pub space: Option<SpaceId>,
    /// Whom the rule named.
    pub user: Option<UserId>,
    /// When what raised it was seen.
    pub at: Moment,
    /// The figure that raised it.
    pub figure: Option<u64>,
}

/// How collecting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// X answered.
    Answered,
    /// Only a person can mend what failed.
    NeedsPerson,
    /// The log could not be written for a while.
    NotStored,
    /// Nothing came since then.
    Silent(Moment),
}

/// Returns what a rule remembers of a Space after it saw this, and the alert that it raises.
pub fn judge(rule: &AlertRule, before: AlertMemory, it: &Sight) -> (AlertMemory, Option<Raised>) {
    let mut memory = before;
    let fits = it.fits(rule);
    let is_live = it.state == Some(SpaceState::Live);
    let reading = it.participants.filter(|_| is_live);
    let (holds, occasion, figure) = match &rule.when {
        When::Found => (it.is_new, Occasion::Found, None),
        When::Announced => (it.state == Some(SpaceState::Scheduled), Occasion::Announced, None),
        When::Live => (is_live, Occasion::Live, None),
        When::Ended => (it.state == Some(SpaceState::Ended), Occasion::Ended, None),
        When::Participants { over, readings } => {
            let passed = reading.map(|count| count > *over && fits.is_some());
            let holds = count_on(&mut memory, passed, *readings);
            (holds, Occasion::Participants, reading)
        }
        When::Growth { per_minute, readings } => {
            let growth = reading.and_then(|count| growth(&mut memory, it, count));
            let passed = growth.map(|growth| growth > *per_minute && fits.is_some());
            let holds = count_on(&mut memory, passed, *readings);
            (holds, Occasion::Growth, growth)
        }
        // Trouble is about no Space.
        When::Trouble(_) => return (before, None),
    };
    if it.state == Some(SpaceState::Ended) {
        (memory.streak, memory.last) = (0, None);
    }
    let Some(Fit(user)) = fits.filter(|_| holds) else { return (memory, None) };
    if !may_tell(rule, &memory, it.at) {
        return (memory, None);
    }
    let raised = raise(rule, &mut memory, (Some(it.space), user), (occasion, it.at, figure));
    (memory, Some(raised))
}

/// Returns what a rule remembers of collecting after this sign, and the alert that it raises.
pub fn judge_sign(
    rule: &AlertRule,
    before: AlertMemory,
    sign: Sign,
    at: Moment,
) -> (AlertMemory, Option<Raised>) {
    let mut memory = before;
    let When::Trouble(trouble) = &rule.when else { return (before, None) };
    let (begins, occasion) = match (trouble, sign) {
        (Trouble::NeedsPerson, Sign::NeedsPerson) => {
            let last = memory.last.replace((at, 0)).map(|(last, _)| last);
            let is_new = last.is_none_or(|last| at.since(last) >= PEACE_MS);
            (is_new, Occasion::NeedsPerson)
        }
        (Trouble::Storage, Sign::NotStored) => (true, Occasion::Storage),
        (Trouble::NoPolls(after), Sign::Silent(since)) => {
            let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
            if at.since(since) < after {
                return (before, None);
            }
            let is_new = memory.raised_at.is_none_or(|raised_at| raised_at < since);
            (is_new, Occasion::NoPolls)
        }
        _ => return (before, None),
    };
    let again = memory.raised > 0 && rule.repeat.is_some() && may_tell(rule, &memory, at);
    if !begins && !again {
        return (memory, None);
    }
    let raised = raise(rule, &mut memory, (None, None), (occasion, at, None));
    (memory, Some(raised))
}

/// Counts a reading; one that says nothing breaks no row. Returns whether there are enough.
fn count_on(memory: &mut AlertMemory, passed: Option<bool>, readings: u32) -> bool {
    match passed {
        Some(true) => memory.streak = memory.streak.saturating_add(1),
        Some(false) => memory.streak = 0,
        None => return false,
    }
    memory.streak >= readings
}

/// Returns how many more a minute there are, in whole participants, than a minute ago or somewhat
/// longer; fewer is none. `None` within the minute, and where nobody looked for longer than a count
/// is held: then the next minute begins anew.
fn growth(memory: &mut AlertMemory, it: &Sight, count: u64) -> Option<u64> {
    let Some((before, was)) = memory.last else {
        memory.last = Some((it.at, count));
        return None;
    };
    let ms = u64::try_from(it.at.since(before)).ok().filter(|ms| *ms >= MINUTE_MS)?;
    memory.last = Some((it.at, count));
    if ms > MINUTE_MS + it.hold_ms {
        memory.streak = 0;
        return None;
    }
    Some(count.saturating_sub(was).saturating_mul(MINUTE_MS) / ms)
}

/// Returns whether the rule may tell of the same thing now.
fn may_tell(rule: &AlertRule, memory: &AlertMemory, at: Moment) -> bool {
    match (memory.raised_at, rule.repeat) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(before), Some(repeat)) => {
            at.since(before) >= i64::try_from(repeat.as_millis()).unwrap_or(i64::MAX)
        }
    }
}

fn raise(
    rule: &AlertRule,
    memory: &mut AlertMemory,
    (space, user): (Option<SpaceId>, Option<UserId>),
    (occasion, at, figure): (Occasion, Moment, Option<u64>),
) -> Raised {
    let alert = id(rule, space, memory.raised);
    memory.raised = memory.raised.saturating_add(1);
    memory.raised_at = Some(at);
    Raised { alert, occasion, space, user, at, figure }
}

/// Returns the id of an alert: the same for the same rule, Space and occurrence, whoever decides.
fn id(rule: &AlertRule, space: Option<SpaceId>, occurrence: u32) -> AlertId {
    let mut hasher = blake3::Hasher::new_derive_key("spacelog alert id, 1");
    hasher.update(&rule.number().to_be_bytes());
    hasher.update(&occurrence.to_be_bytes());
    if let Some(space) = space {
        hasher.update(&space.to_bytes());
    }
    let mut id = AlertId::default();
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id
}

/// Returns what alerts of a rule are about.
pub fn occasion(when: &When) -> Occasion {
    match when {
        When::Found => Occasion::Found,
        When::Announced => Occasion::Announced,
        When::Live => Occasion::Live,
        When::Ended => Occasion::Ended,
        When::Participants { .. } => Occasion::Participants,
        When::Growth { .. } => Occasion::Growth,
        When::Trouble(Trouble::NeedsPerson) => Occasion::NeedsPerson,
        When::Trouble(Trouble::NoPolls(_)) => Occasion::NoPolls,
        When::Trouble(Trouble::Storage) => Occasion::Storage,
    }
}
