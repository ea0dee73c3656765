//! Raised once, delivered at least once, wherever a crash comes.

use std::collections::BTreeMap;

use super::*;
use crate::alert::{Step, failed};
use crate::config::{Sink, When};
use crate::decide::Rules;
use crate::event::{
    AlertId, AskedFor, Cost, Delivery, Event, Known, NewBatch, NewText, Origin, Owner, PollHead,
    PollSucceeded, SpaceKnown, SpaceObserved, Text,
};
use crate::log::{DELIVERED_KEPT, Log};
use crate::monitor::appender::Appender;
use crate::space::{Endpoint, Prices, SpaceId, SpaceState};

fn space(number: u64) -> SpaceId {
    format!("1YqKDqWqdPL{number:02}").parse().unwrap()
}

/// A log with its appender, and rules that look at it.
struct House {
    appender: Appender,
    reader: Reader,
    rules: Vec<AlertRule>,
}

impl House {
    fn new() -> Self {
        let log = Log::in_memory();
        let (reader, rules) =
            (log.reader(), Rules { monitor: log.header().monitor, prices: Prices::default() });
        let patience = CancellationToken::new();
        patience.cancel();
        let clock = Clock::held(Moment(0).to_utc());
        let appender = Appender::new(log, rules, clock, Talk::new(true), patience);
        let rule = |name: &str, when, repeat| AlertRule {
            name: name.to_owned(),
            when,
            keyword: None,
            host: None,
            speaker: None,
            repeat,
            to: Sink::Stdout,
        };
        let rules = vec![
            rule("found", When::Found, None),
            rule("big", When::Participants { over: 100, readings: 2 }, None),
            rule("often", When::Live, Some(Duration::from_mins(2))),
            rule("fast", When::Growth { per_minute: 30, readings: 1 }, None),
            rule("over", When::Ended, None),
        ];
        let mut house = Self { appender, reader, rules };
        house.look(0, 9, "live", Some(5));
        house
    }

    /// Appends what a look-up shows of a Space.
    fn look(&mut self, minute: i64, number: u64, state: &str, participants: Option<u64>) {
        let at = Moment(minute * 60_000);
        let poll = Event::PollSucceeded(PollSucceeded {
            head: PollHead {
                origin: Origin::Live,
                endpoint: Endpoint::Spaces,
                asked: AskedFor::InBatch { first: space(number), count: 1 },
                sent_at: Some(at),
                repeats: 0,
                credential: "default".to_owned(),
                holding_ms: None,
            },
            status: Some(200),
            returned: 1,
            new_spaces: 0,
            unreadable: 0,
            rate: None,
            cost: Cost::default(),
        });
        let state = SpaceState::from_word(state);
        let observed = Event::SpaceObserved(SpaceObserved {
            space: space(number),
            state: Some(state.clone()),
            participants,
            subscribers: None,
            speakers: None,
        });
        let text = Text::Space { title: Some(format!("Room {number}")), extra: None };
        let text = NewText::new(Owner::Space(space(number)), text, [7; 16]);
        let known = SpaceKnown {
            first_seen: Some(Moment(if number == 9 { -1 } else { 0 })),
            state: Some(state),
            text: Some(text.reference),
            ..SpaceKnown::default()
        };
        let spaces = BTreeMap::from([(space(number), known)]);
        self.appender
            .act(&NewBatch {
                observed_at: at,
                events: vec![poll, observed],
                texts: vec![text],
                known: Known { spaces, ..Known::default() },
                ..NewBatch::default()
            })
            .unwrap();
    }

    /// The life of two Spaces that every rule has something to say of.
    fn live(&mut self) {
        for minute in 1..8 {
            self.look(minute, 1, "live", Some(40 * minute.unsigned_abs()));
            self.look(minute, 2, "live", (minute != 3).then_some(150));
        }
        self.look(8, 1, "ended", Some(9_999));
        self.look(9, 2, "ended", None);
    }

    fn watcher(&self) -> Watcher {
        Watcher::begin(self.rules.clone(), self.reader.clone(), Moment(0)).unwrap()
    }

    fn store(&mut self, step: Step) {
        let step = AlertStep { rows: step.rows, raised: step.raised, delivered: None };
        assert!(self.appender.alert(&step));
    }

    /// Returns the ids of every alert in the log, in order, and how each was delivered.
    fn told(&self) -> (Vec<AlertId>, Vec<(AlertId, bool)>) {
        let (mut raised, mut delivered) = (Vec::new(), Vec::new());
        for batch in self.reader.batches(1, 10_000).unwrap() {
            for event in &batch.events {
                match event {
                    Event::AlertRaised(it) => raised.push(it.alert),
                    Event::AlertDelivered(it) => delivered.push((it.alert, it.delivered)),
                    _ => {}
                }
            }
        }
        (raised, delivered)
    }

    /// Walks the whole log; `crash` says at which step the walk breaks down, and whether after the
    /// step was stored. Returns how many steps there were.
    fn walk(&mut self, crash: Option<(usize, bool)>) -> usize {
        let (mut watcher, mut steps) = (self.watcher(), 0);
        loop {
            let (step, more) = watcher.walk(Moment(0), true).unwrap();
            if let Some(step) = step {
                let here = crash.filter(|(at, _)| *at == steps).map(|(_, stored)| stored);
                if here != Some(false) {
                    self.store(step);
                }
                match here {
                    Some(_) => watcher = self.watcher(),
                    None => watcher.settled(),
                }
                steps += 1;
            }
            if !more {
                return steps;
            }
        }
    }
}

#[test]
fn an_alert_is_raised_once_wherever_the_walk_breaks_down() {
    let mut whole = House::new();
    whole.walk(None);
    whole.live();
    let steps = whole.walk(None);
    let (expected, _) = whole.told();
    // Two found, two big, four times two on air, one that grows, two over.
    assert_eq!(expected.len(), 2 + 2 + 8 + 1 + 2);
    for step in 0..=steps {
        for stored in [false, true] {
            let mut house = House::new();
            house.walk(None);
            house.live();
            house.walk(Some((step, stored)));
            assert_eq!(house.told().0, expected, "broken down at step {step}, {stored}");
        }
    }
}

#[test]
fn what_was_there_before_there_were_rules_is_no_news() {
    let mut house = House::new();
    house.live();
    assert_eq!(house.walk(None), 1, "the cursor alone");
    house.look(10, 9, "live", Some(5));
    house.walk(None);
    let letters = house.reader.letters(false, 99).unwrap();
    let told: Vec<&str> = letters.iter().map(|it| it.occasion.word()).collect();
    assert_eq!(told, ["live"], "it is on air, but nobody found it now");
}

#[test]
fn an_alert_that_cannot_be_known_to_have_arrived_comes_again_under_its_id() {
    let mut house = House::new();
    house.walk(None);
    house.live();
    house.walk(None);
    let (raised, _) = house.told();
    let mut sent: BTreeMap<AlertId, u32> = BTreeMap::new();
    let now = Moment(i64::MAX / 2);
    let mut turn = 0_u32;
    while let Some(letter) = alert::due(&house.reader.letters(false, 99).unwrap(), now) {
        *sent.entry(letter.alert).or_default() += 1;
        turn += 1;
        if turn.is_multiple_of(3) {
            // Sent, and broken down before that was stored.
            continue;
        }
        let it = delivered(&letter, "webhook", letter.attempts + 1, true);
        let rows = AlertRows { arrived: vec![letter], ..AlertRows::default() };
        assert!(house.appender.alert(&AlertStep {
            rows,
            delivered: Some(it),
            ..AlertStep::default()
        }));
    }
    let (again, delivered) = house.told();
    assert_eq!(again, raised, "nothing is raised by sending");
    assert_eq!(delivered.len(), raised.len());
    assert!(raised.iter().all(|id| sent[id] >= 1) && sent.len() == raised.len());
    assert!(sent.values().any(|times| *times > 1), "some came twice");
    let mut kept = house.reader.last_letters(Delivery::Delivered, 99).unwrap();
    assert_eq!(kept.len(), raised.len(), "what arrived is kept to be shown");
    assert!(kept.is_sorted_by_key(|it| std::cmp::Reverse((it.at, it.alert))), "the newest first");
    let newest = kept[..3].to_vec();
    assert_eq!(house.reader.last_letters(Delivery::Delivered, 3).unwrap(), newest);
    // Many more arrive: the oldest go, and never more than a few are kept.
    kept[0].at = Moment(i64::MAX / 2);
    for number in 0..=u8::MAX {
        let letter = Letter { alert: [number; 16], ..kept[0] };
        let rows = AlertRows { arrived: vec![letter], ..AlertRows::default() };
        assert!(house.appender.alert(&AlertStep { rows, ..AlertStep::default() }));
    }
    let last = house.reader.last_letters(Delivery::Delivered, 9_999).unwrap();
    assert_eq!(last.len(), DELIVERED_KEPT);
    assert!(last.iter().all(|it| it.at == kept[0].at));
}

#[test]
fn one_that_is_given_up_is_kept_apart_and_keeps_no_other_waiting() {
    let mut house = House::new();
    house.walk(None);
    house.live();
    house.walk(None);
    let mut letter = house.reader.letters(false, 99).unwrap()[0];
    let all = house.reader.letters(false, 99).unwrap().len();
    while !letter.is_dead {
        letter = failed(letter, letter.next_at);
        let rows = AlertRows { letters: vec![letter], ..AlertRows::default() };
        assert!(house.appender.alert(&AlertStep { rows, ..AlertStep::default() }));
    }
    assert_eq!(house.reader.letters(true, 99).unwrap(), [letter]);
    assert_eq!(house.reader.letters(false, 99).unwrap().len(), all - 1);
    let name = house.reader.text(&letter.name).unwrap().unwrap();
    assert!(house.rules.iter().any(|rule| Some(rule.name.as_str()) == name.line()));
}

/// Returns how the alerts of some rules went: of each the rule's name and the minute.
fn raised_by(letters: &[(Letter, String)]) -> Vec<(&str, i64)> {
    letters.iter().map(|(letter, rule)| (rule.as_str(), letter.at.0 / 60_000)).collect()
}

#[test]
fn rules_that_are_changed_count_readings_anew_and_those_that_come_have_no_old_news() {
    let mut house = House::new();
    let rule = |house: &House, name: &str, when| AlertRule {
        name: name.to_owned(),
        when,
        ..house.rules[0].clone()
    };
    let over = |over| When::Participants { over, readings: 3 };
    let (one, two) = (rule(&house, "one", over(100)), rule(&house, "two", over(100)));
    house.rules = vec![one.clone(), two.clone()];
    house.walk(None);
    house.look(1, 1, "live", Some(150));
    house.look(2, 1, "live", Some(150));
    let mut watcher = house.watcher();
    let mut told = Vec::new();
    let mut walk = |house: &mut House, watcher: &mut Watcher| {
        while let (Some(step), _) = watcher.walk(Moment(0), true).unwrap() {
            told.extend(step.raised.clone());
            house.store(step);
            watcher.settled();
        }
        let all: Vec<(Letter, String)> = told.clone();
        all
    };
    walk(&mut house, &mut watcher);
    // One stays, the other wants more; a third comes, and waits for what nobody knew.
    let two = AlertRule { when: over(140), ..two };
    let new = rule(&house, "new", When::Found);
    let rules = [one, two, new];
    watcher.change(&rules, Moment(150_000)).unwrap();
    house.look(3, 1, "live", Some(150));
    let all = walk(&mut house, &mut watcher);
    assert_eq!(raised_by(&all), [("one", 3)], "one counts on, and no Space was found since");
    house.look(4, 1, "live", Some(150));
    house.look(5, 1, "live", Some(150));
    let all = walk(&mut house, &mut watcher);
    assert_eq!(raised_by(&all), [("one", 3), ("two", 5)]);
    // The same rules again, and a start with them: nothing is told twice, and old news stays old.
    watcher.change(&rules, Moment(360_000)).unwrap();
    house.look(6, 1, "live", Some(150));
    assert_eq!(walk(&mut house, &mut watcher).len(), 2);
    house.rules = rules.to_vec();
    let mut watcher = house.watcher();
    house.look(7, 1, "live", Some(150));
    assert_eq!(walk(&mut house, &mut watcher).len(), 2);
}

#[test]
fn rules_that_are_gone_leave_no_old_news_to_those_that_come_later() {
    let mut house = House::new();
    house.walk(None);
    let rows = AlertRows { ends: true, ..AlertRows::default() };
    assert!(house.appender.alert(&AlertStep { rows, ..AlertStep::default() }));
    house.live();
    house.walk(None);
    assert!(house.told().0.is_empty());
}
