//! Money while polling: what may leave, what it cost, and what is said and noted when there is too
//! little of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{CapBound, Settings};
use crate::decide;
use crate::event::{DaySpend, NewBatch};
use crate::poll::Windows;
use crate::poll::endpoint_of;
use crate::poll::purse::{Leave, Purse};
use crate::poll::schedule::{Next, Schedule};
use crate::space::{Endpoint, Moment, Outcome, Target, dollars};

use super::Talk;

/// What troubles about money are about.
const ABOUT: &str = "spend cap";

/// What to do next, as there is money for it.
pub enum Chosen {
    /// Ask this now; its counts may be held for so many milliseconds.
    Ask(Leave, u64),
    /// Nothing before this moment.
    Wait(Moment),
    /// Nothing at all, until something is learned.
    Idle,
}

/// Money while polling.
pub struct Money {
    purse: Purse,
    talk: Talk,
    /// Endpoints that nothing which costs is asked today, and since when.
    dear: BTreeMap<Endpoint, Moment>,
    /// Whether gaps are noted: not where everything is asked once.
    is_noting: bool,
    acts: Vec<NewBatch>,
}

impl Money {
    /// Returns the money of a monitor, of which so much was spent on the last billed day.
    pub fn new(settings: &Settings, spent: Option<DaySpend>, talk: Talk) -> Self {
        let spent = spent.unwrap_or_default();
        let amount = match settings.cap_bound {
            CapBound::Low => spent.least_micro_usd,
            CapBound::High => spent.most_micro_usd,
        };
        let (cap, bound) = (settings.spend_cap_micro_usd, settings.cap_bound);
        let purse = Purse::new(cap, bound, settings.prices, (spent.day, amount));
        Self { purse, talk, dear: BTreeMap::new(), is_noting: !settings.once, acts: Vec::new() }
    }

    /// Returns the money of whoever need not count it.
    #[cfg(test)]
    pub fn unlimited() -> Self {
        let prices = crate::space::Prices::default();
        let purse = Purse::new(u64::MAX, CapBound::High, prices, (0, 0));
        let (dear, acts) = (BTreeMap::new(), Vec::new());
        Self { purse, talk: Talk::new(true), dear, is_noting: true, acts }
    }

    /// Returns what to do next: what the schedule says, as much of it as there is money for. What
    /// there is none for is put aside: while requests are under way, until they are answered, else
    /// until midnight UTC.
    pub fn choose(&mut self, schedule: &mut Schedule, windows: &Windows, now: Moment) -> Chosen {
        self.turn(now);
        let mut dear: BTreeSet<Endpoint> = self.dear.keys().copied().collect();
        // Each endpoint is put aside once at most.
        for _endpoint in 0..=Endpoint::ALL.len() {
            schedule.spare(&dear);
            let (target, holding_ms) = match schedule.next(now, windows) {
                Next::Ask { target, holding_ms } => (target, holding_ms),
                Next::Wait(at) => return Chosen::Wait(at),
                Next::Idle => return Chosen::Idle,
            };
            let endpoint = endpoint_of(&target);
            let free = dear.contains(&endpoint);
            let paid = |id| schedule.is_paid(id, now);
            let is_waiting = self.purse.is_waiting();
            if let Some(leave) = self.purse.leave(target, &paid, (now, free)) {
                let is_look_up = matches!(leave.target, Target::Spaces(_));
                if leave.is_cut && is_look_up && !free && !is_waiting {
                    // What is not paid for must not keep what is from its turn.
                    self.run_out(endpoint, now);
                }
                return Chosen::Ask(leave, holding_ms);
            }
            if !dear.insert(endpoint) {
                // What is free may be so no more by the time it is answered: it is nearly midnight.
                return Chosen::Idle;
            }
            if !is_waiting {
                self.run_out(endpoint, now);
            }
        }
        Chosen::Idle
    }

    /// Returns whether there was too little money for something today.
    pub fn is_short(&self) -> bool {
        !self.dear.is_empty()
    }

    /// Takes in what came of a request, and what it cost at least and at most.
    pub fn done(&mut self, number: u64, outcome: &Outcome, day: i64, micro_usd: (u64, u64)) {
        match outcome {
            Outcome::Seen(seen) => {
                let beyond = self.purse.answered(number, seen, (day, micro_usd));
                if let Some(beyond) = beyond {
                    self.talk.say(&format!(
                        "{ABOUT}: an answer brought more people or Spaces than any was taken to: \
                         {} more than was kept for it; from now on more is kept",
                        dollars(beyond)
                    ));
                }
            }
            Outcome::Failed(failure) => {
                self.purse.failed(number, failure.class.may_be_billed(failure.status));
            }
        }
    }

    /// Notes the end of every stretch without money: polling ends.
    pub fn close(&mut self, now: Moment) {
        for (endpoint, from) in std::mem::take(&mut self.dear) {
            self.note(endpoint, from, now.max(from.plus(1)));
        }
    }

    /// Returns what is to be written to the log, and forgets it.
    pub fn acts(&mut self) -> Vec<NewBatch> {
        std::mem::take(&mut self.acts)
    }

    /// Begins a new UTC day with all its money.
    fn turn(&mut self, now: Moment) {
        if self.purse.turn(now) {
            self.close(now);
            self.talk.well(ABOUT);
        }
    }

    /// Puts an endpoint aside for today.
    fn run_out(&mut self, endpoint: Endpoint, now: Moment) {
        if self.dear.insert(endpoint, now).is_none() {
            self.note(endpoint, now, now);
        }
        let words: Vec<&str> = self.dear.keys().map(|endpoint| endpoint.word()).collect();
        self.talk.wrong(
            ABOUT,
            &format!(
                "{} of {} ({} bound) of this UTC day are spent, and what is left does not cover \
                 what {} may cost: until midnight only Spaces already paid for today are looked up \
                 there",
                dollars(self.purse.spent()),
                dollars(self.purse.cap()),
                self.purse.bound().word(),
                words.join(", ")
            ),
        );
    }

    fn note(&mut self, endpoint: Endpoint, from: Moment, to: Moment) {
        if self.is_noting {
            self.acts.push(decide::unpaid(endpoint, from, to));
        }
    }
}

/// Returns whether anything would be asked if money were no object.
pub fn is_anything_left(schedule: &mut Schedule, windows: &Windows, now: Moment) -> bool {
    schedule.spare(&BTreeSet::new());
    schedule.next(now, windows) != Next::Idle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, GapCause};
    use crate::poll::schedule::Plan;
    use crate::space::Prices;

    /// The last noon before a midnight, and that midnight.
    const NOON: Moment = Moment(43_200_000);
    const MIDNIGHT: Moment = Moment(86_400_000);

    /// Returns the gaps that are to be noted: from, to.
    fn gaps(money: &mut Money) -> Vec<(Moment, Moment)> {
        let acts = money.acts();
        let events = acts.iter().flat_map(|act| &act.events);
        events
            .map(|event| match event {
                Event::Gap(gap) => {
                    assert_eq!(
                        (gap.cause, gap.endpoint),
                        (GapCause::Budget, Some(Endpoint::Search))
                    );
                    (gap.from, gap.to)
                }
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_stretch_without_money_is_noted_when_it_begins_and_when_midnight_ends_it() {
        let mut money = Money {
            purse: Purse::new(10_000, CapBound::Low, Prices::default(), (0, 10_000)),
            ..Money::unlimited()
        };
        let plan = Plan { interval_ms: 3_000, max_results: 100, once: false };
        let mut schedule = Schedule::new(plan, vec!["wind".to_owned()], NOON);
        let windows = Windows::default();
        assert!(matches!(money.choose(&mut schedule, &windows, NOON), Chosen::Idle));
        assert_eq!(gaps(&mut money), [(NOON, NOON)]);
        assert!(matches!(money.choose(&mut schedule, &windows, NOON.plus(1)), Chosen::Idle));
        assert_eq!(gaps(&mut money), [], "it is noted once");
        let Chosen::Ask(leave, _) = money.choose(&mut schedule, &windows, MIDNIGHT) else {
            panic!("a new day has money");
        };
        assert!(matches!(leave.target, Target::Query { max_results: 2, .. }), "{leave:?}");
        assert_eq!(gaps(&mut money), [(NOON, MIDNIGHT)]);
        assert!(!money.is_short());
    }
}
