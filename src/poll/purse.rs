//! The purse: what a UTC day may still cost. Pure: it knows the time it is told.
//!
//! A request leaves only if the most that its answer may cost fits into what is left beside all
//! that is under way; if less of it fits, less is asked for. So the day never costs more than the
//! cap, as long as X brings no more people with a Space than [`PEOPLE_MAX`], and no more Spaces
//! with a creator than [`CREATOR_SPACES_MAX`]. An answer that goes beyond is learned from, and said.

mod fit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::CapBound;
use crate::space::{Endpoint, Moment, Observation, Prices, Seen, SpaceId, Target};

use fit::Fit;

/// People that a Space brings with it at most, until one brought more: X has a host, two co-hosts
/// and ten speakers on a stage; the others were invited, or spoke before.
pub const PEOPLE_MAX: u64 = 16;
/// People whom a Space brings at most that it had not brought when it was last read today.
pub const NEWCOMERS_MAX: u64 = 2;
/// Spaces of a creator at most: one live, and ten announced, as many as X allows.
pub const CREATOR_SPACES_MAX: u64 = 11;
/// No Space is taken to bring more people than this, whatever one brought.
const PEOPLE_LEARNED_MAX: u64 = 1_000;
/// A request that leaves so short before midnight may be billed after it: it may be repeated
/// twice, each time until the deadline.
const ACROSS_MIDNIGHT_MS: i64 = 90_000;

/// What is paid for of a Space today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paid {
    /// The Space, and the people it then had.
    People,
    /// The Space alone.
    Space,
    /// Nothing.
    Nothing,
}

/// A request that may leave; whoever sends it tells what came of it with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The request's number in the purse.
    pub number: u64,
    /// What to ask: as much of it as there is money for.
    pub target: Target,
    /// Whether the answer is to bring people; without them a Space that is paid for is free.
    pub people: bool,
    /// Whether there is no money for what was left out.
    pub is_cut: bool,
}

/// What an answer cost by the bound that the cap counts, at worst: today, and should it be billed
/// after midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Worst {
    today: u64,
    tomorrow: u64,
}

/// A request under way.
#[derive(Clone, Debug)]
struct UnderWay {
    worst: Worst,
    matter: Matter,
    people: bool,
}

/// What a request is about: the endpoint, and the query where there is one.
type Matter = (Endpoint, Option<String>);

/// What a UTC day may still cost.
#[derive(Clone, Debug)]
pub struct Purse {
    cap: u64,
    bound: CapBound,
    prices: Prices,
    day: i64,
    spent: u64,
    under_way: BTreeMap<u64, UnderWay>,
    next: u64,
    /// What answers that never came, or were no good, may have cost: until the same is answered,
    /// which brings and bills the same again. One for each matter.
    doubts: BTreeMap<Matter, Worst>,
    /// Spaces whose people were read today; as many as a day shows.
    peopled: BTreeSet<SpaceId>,
    people_max: u64,
}

impl Purse {
    /// Returns the purse of a day (since the epoch) that cost so much until now by that bound, in
    /// millionths of a dollar.
    pub fn new(cap: u64, bound: CapBound, prices: Prices, (day, spent): (i64, u64)) -> Self {
        Self {
            cap,
            bound,
            prices,
            day,
            spent,
            under_way: BTreeMap::new(),
            next: 0,
            doubts: BTreeMap::new(),
            peopled: BTreeSet::new(),
            people_max: PEOPLE_MAX,
        }
    }

    /// Begins the day of a moment, if it is a new one; returns whether it is. What is under way may
    /// be billed on it. A clock that goes back by a day begins none: the later day goes on.
    pub fn turn(&mut self, now: Moment) -> bool {
        if now.day() == self.day || now.day() == self.day - 1 {
            return false;
        }
        self.day = now.day();
        self.spent = 0;
        self.peopled.clear();
        self.doubts.clear();
        for request in self.under_way.values_mut() {
            request.worst.today = request.worst.tomorrow;
        }
        true
    }

    /// Returns what the day cost so far, in millionths of a dollar, by the bound that counts.
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// Returns what the day may cost.
    pub const fn cap(&self) -> u64 {
        self.cap
    }

    /// Returns the bound that counts.
    pub const fn bound(&self) -> CapBound {
        self.bound
    }

    /// Returns whether requests are under way that may cost less than is kept for them.
    pub fn is_waiting(&self) -> bool {
        self.under_way.values().any(|request| request.worst.today > 0)
    }

    /// Lets a request leave, or as much of it as there is money for; `None` when there is too
    /// little, or when what finds Spaces had better wait for the change of what is under way.
    /// `paid` tells of Spaces what the log knows. With `free` nothing may cost anything.
    pub fn leave(
        &mut self,
        target: Target,
        paid: &dyn Fn(SpaceId) -> bool,
        (now, free): (Moment, bool),
    ) -> Option<Leave> {
        self.turn(now);
        let matter = matter(&target);
        let mut left = self.left(&matter, now);
        if free {
            left.today = 0;
        }
        let fit = self.fit(target, &|id| self.paid(id, paid(id)), left)?;
        let finds = !matches!(fit.target, Target::Spaces(_) | Target::Space(_));
        if finds && fit.is_cut && self.is_waiting() {
            return None;
        }
        let number = self.next;
        self.next += 1;
        let Fit { target, worst, people, is_cut } = fit;
        self.under_way.insert(number, UnderWay { worst, matter, people });
        Some(Leave { number, target, people, is_cut })
    }

    /// Takes in that a request was answered, on `day`, for this much by either bound (at least and
    /// at most); returns by how much that is beyond what it was taken to cost at worst.
    pub fn answered(
        &mut self,
        number: u64,
        seen: &Seen,
        (day, micro_usd): (i64, (u64, u64)),
    ) -> Option<u64> {
        let request = self.under_way.remove(&number)?;
        self.doubts.remove(&request.matter);
        let cost = match self.bound {
            CapBound::Low => micro_usd.0,
            CapBound::High => micro_usd.1,
        };
        // What was answered before midnight is on the bill of the day before.
        if day >= self.day {
            self.spent = self.spent.saturating_add(cost);
        }
        if request.people {
            self.peopled.extend(seen.spaces.iter().map(|it| it.id));
            let most = seen.spaces.iter().map(people).max().unwrap_or_default();
            self.people_max = self.people_max.max(most.min(PEOPLE_LEARNED_MAX));
        }
        let worst = request.worst.today.max(request.worst.tomorrow);
        (cost > worst).then(|| cost - worst)
    }

    /// Takes in that a request failed. Where X may have billed it all the same, what it may have
    /// cost is kept until the same is answered.
    pub fn failed(&mut self, number: u64, may_be_billed: bool) {
        let Some(request) = self.under_way.remove(&number) else { return };
        if may_be_billed {
            let doubt = self.doubts.entry(request.matter).or_default();
            doubt.today = doubt.today.max(request.worst.today);
            doubt.tomorrow = doubt.tomorrow.max(request.worst.tomorrow);
        }
    }

    /// Returns what a request about this matter may cost, today and should midnight come.
    fn left(&self, matter: &Matter, now: Moment) -> Worst {
        let kept = |of: fn(&Worst) -> u64| {
            let under_way = self.under_way.values().map(|request| of(&request.worst));
            // What the same may have cost before, it will not cost again.
            let doubts = self.doubts.iter().filter(|(about, _)| *about != matter);
            under_way.chain(doubts.map(|(_, worst)| of(worst))).fold(0_u64, u64::saturating_add)
        };
        let today = self.cap.saturating_sub(self.spent).saturating_sub(kept(|it| it.today));
        let is_late = now.plus(ACROSS_MIDNIGHT_MS).day() > self.day;
        let tomorrow =
            if is_late { self.cap.saturating_sub(kept(|it| it.tomorrow)) } else { u64::MAX };
        Worst { today, tomorrow }
    }

    fn paid(&self, id: SpaceId, is_paid: bool) -> Paid {
        match (is_paid, self.peopled.contains(&id)) {
            (true, true) => Paid::People,
            (true, false) => Paid::Space,
            (false, _) => Paid::Nothing,
        }
    }
}

/// Returns how many people an observation names.
fn people(it: &Observation) -> u64 {
    let told = &it.description;
    let lists = [&told.hosts, &told.invited, &it.speakers];
    let listed = lists.into_iter().flatten().flatten().copied();
    listed.chain(told.creator).collect::<BTreeSet<_>>().len() as u64
}

fn matter(target: &Target) -> Matter {
    let query = match target {
        Target::Query { text, .. } => Some(text.clone()),
        _ => None,
    };
    (super::endpoint_of(target), query)
}
