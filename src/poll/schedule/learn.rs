//! What an answer, or the log at the start, teaches the schedule.

use super::Schedule;
use super::followed::Followed;
use super::queries::Cut;
use crate::space::{Moment, Observation, Seen, SpaceId, SpaceState, Target, UserId};

/// What one answer taught beyond the rates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// The search whose answer was cut, where it is asked otherwise from now on.
    pub cut: Option<Cut>,
    /// Spaces that look like spam and did not before.
    pub spam: Vec<SpaceId>,
}

impl Schedule {
    /// Learns from an answer, before its Spaces are followed.
    pub fn answered(&mut self, target: &Target, seen: &Seen, now: Moment) -> Learned {
        let mut learned = Learned::default();
        let listed = matches!(target, Target::Query { .. } | Target::Creators(_));
        let mut new = 0;
        let found = matches!(target, Target::Query { .. });
        for it in &seen.spaces {
            self.languages.observe(it, found);
            new += usize::from(self.observe(it, listed, now, &mut learned));
        }
        match target {
            Target::Query { text, state, max_results } => {
                self.queries.answered(text, *state, new, now);
                // One that asked for less, for want of money, was cut by us.
                let is_whole = *max_results >= self.plan.max_results;
                let is_full = seen.spaces.len() >= usize::from(*max_results);
                if is_whole && is_full && !self.plan.once {
                    let titles = seen.spaces.iter().map(|it| &it.description).filter_map(|it| {
                        it.title.as_deref().map(|title| (it.lang.as_deref(), title))
                    });
                    let titles: Vec<(Option<&str>, &str)> = titles.collect();
                    learned.cut = self.queries.cut(text, *state, &titles, now);
                }
            }
            Target::Creators(ids) => self.miss(ids, seen),
            Target::Spaces(_)
            | Target::Space(_)
            | Target::Usernames(_)
            | Target::Buyers { .. }
            | Target::Posts { .. } => {}
        }
        learned
    }

    /// Learns how restless a Space's audience is, in squared people a second, from whoever knows:
    /// the log at the start.
    pub fn teach_churn(&mut self, id: SpaceId, variance: f64) {
        if let Some(followed) = self.followed.get_mut(&id) {
            followed.churn.set(variance);
        }
    }

    /// Learns who made a Space that is followed; returns whether it is.
    pub fn teach_creator(&mut self, id: SpaceId, creator: Option<UserId>) -> bool {
        let followed = self.followed.get_mut(&id);
        followed.map(|followed| followed.creator = creator.or(followed.creator)).is_some()
    }

    /// Learns an old count of a Space that is followed: its churn, not that it was seen of late.
    pub fn teach_count(&mut self, id: SpaceId, at: Moment, count: u64) {
        if let Some(followed) = self.followed.get_mut(&id) {
            followed.churn.count(at, count);
        }
    }

    /// Learns of a host whose Spaces were seen before, so many since a moment, and watches it.
    pub fn teach_host(&mut self, id: UserId, spaces: usize, since: Moment, now: Moment) {
        self.creators.watch(id, since);
        self.creators.began(id, spaces, now);
    }

    /// Learns how late a Space began that was announced.
    pub fn teach_start(&mut self, late_ms: i64, known_ms: i64) {
        self.lateness.began(late_ms, known_ms);
    }

    /// Learns of one observation; returns whether its Space is new.
    fn observe(
        &mut self,
        it: &Observation,
        listed: bool,
        now: Moment,
        learned: &mut Learned,
    ) -> bool {
        let open = matches!(it.state, Some(SpaceState::Live | SpaceState::Scheduled));
        let is_new =
            open && !self.followed.contains_key(&it.id) && !self.languages.is_foreign(it.id);
        if is_new {
            self.followed.insert(it.id, Followed::new(now));
        }
        let spam = self.titles.is_spam(it, now);
        let Some(followed) = self.followed.get_mut(&it.id) else { return false };
        let was_scheduled = followed.state == Some(SpaceState::Scheduled);
        followed.observe(it, listed, now);
        if let Some(is_spam) = spam {
            if is_spam && !followed.is_spam {
                learned.spam.push(it.id);
            }
            followed.is_spam = is_spam;
        }
        let is_spam = followed.is_spam;
        let description = &it.description;
        let times = description.started_at.zip(description.scheduled_start);
        let has_begun = was_scheduled && it.state == Some(SpaceState::Live);
        if let Some((started, announced)) = times.filter(|_| has_begun) {
            let known = description.created_at.map_or(0, |at| announced.since(at));
            self.lateness.began(started.since(announced), known);
        }
        if !self.plan.once && !is_spam {
            for host in description.hosts.iter().flatten() {
                self.creators.watch(*host, now);
            }
            if let Some(creator) = description.creator {
                self.creators.watch(creator, now);
                self.creators.began(creator, usize::from(is_new), now);
            }
        }
        is_new
    }

    /// Notes whose Spaces an answer about creators does not list any more.
    fn miss(&mut self, asked: &[UserId], seen: &Seen) {
        for (id, it) in &mut self.followed {
            let is_asked = it.creator.is_some_and(|creator| asked.binary_search(&creator).is_ok());
            if is_asked && !seen.spaces.iter().any(|space| space.id == *id) {
                it.unlisted();
            }
        }
    }
}
