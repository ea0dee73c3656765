//! What the Spaces view makes of states, ends and absences.

use super::*;
use crate::event::Batch;
use crate::space::Endpoint;
use crate::space::{Moment, UserId};

/// Nothing on disk: all rows are in memory.
struct Nothing;

impl Disk for Nothing {
    fn get(&self, _key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(None)
    }

    fn scan(
        &self,
        _from: &[u8],
        _to: &[u8],
        _each: &mut super::super::Each,
    ) -> Result<(), ViewError> {
        Ok(())
    }
}

/// A view, told one thing a batch. Counts are held for ten minutes, as those of imports are.
#[derive(Default)]
struct Told(Spaces);

fn id() -> SpaceId {
    "1YqKDqWqdPLxV".parse().unwrap()
}

/// The moment `minute` minutes after the epoch.
fn at(minute: i64) -> i64 {
    minute * 60_000
}

impl Told {
    fn tell(&mut self, minute: i64, event: Event) -> &mut Self {
        self.tell_all(minute, vec![event])
    }

    fn tell_all(&mut self, minute: i64, events: Vec<Event>) -> &mut Self {
        let batch = Batch {
            first_seq: 1,
            monitor: crate::event::MonitorId(1),
            poll_id: None,
            observed_at: Moment(at(minute)),
            recorded_at: Moment(at(minute)),
            events,
            texts: std::collections::BTreeMap::new(),
            chain: [0; 32],
        };
        self.0.fold(&Nothing, &batch).unwrap();
        self
    }

    fn look(&mut self, minute: i64, state: &str, participants: Option<u64>) -> &mut Self {
        let it = SpaceObserved {
            space: id(),
            state: Some(SpaceState::from_word(state)),
            participants,
            subscribers: None,
            speakers: None,
        };
        self.tell(minute, Event::SpaceObserved(it))
    }

    /// X says when it began and ended.
    fn ran(&mut self, minute: i64, started: Option<i64>, ended: Option<i64>) -> &mut Self {
        let it = SpaceDescribed {
            space: id(),
            text: None,
            creator: None,
            hosts: None,
            invited: None,
            topics: None,
            lang: None,
            is_ticketed: None,
            created_at: None,
            scheduled_start: None,
            started_at: started.map(|minute| Moment(at(minute))),
            ended_at: ended.map(|minute| Moment(at(minute))),
        };
        self.tell(minute, Event::SpaceDescribed(it))
    }

    fn miss(&mut self, minute: i64, problem: Option<&str>) -> &mut Self {
        let problem = problem.map(ToOwned::to_owned);
        let it = crate::event::SpaceMissing { space: id(), problem };
        self.tell(minute, Event::SpaceMissing(it))
    }

    fn row(&self) -> SpaceRow {
        self.0.space(&Nothing, id()).unwrap().unwrap()
    }
}

const GONE: Option<&str> = Some(Missing::NOT_FOUND);

#[test]
fn counts_after_the_end_enter_neither_peak_nor_sums() {
    let mut told = Told::default();
    told.ran(0, Some(0), None).look(0, "live", Some(60)).look(2, "live", Some(30));
    told.ran(5, Some(0), Some(4)).look(5, "ended", Some(3_363)).look(60, "ended", Some(4_000));
    let row = told.row();
    assert_eq!(row.audience.peak.unwrap().count, 60);
    assert_eq!(row.participants(), Some((at(2), 30)), "the last one while live");
    // 60 for two minutes, 30 for two: the count is held to the end that X reports.
    let totals = row.audience.totals(row.held_until(at(100)));
    assert_eq!((totals.area, totals.covered_ms), (180 * 60_000, 240_000));
    assert_eq!(row.airtime_so_far_ms(at(100)), Some(240_000));
    assert_eq!((row.observations, row.seen), (4, (at(0), at(60))));
}

#[test]
fn a_lagging_answer_after_the_reported_end_changes_nothing_but_the_number_of_looks() {
    let mut told = Told::default();
    told.ran(0, Some(0), None).look(0, "live", Some(60));
    told.ran(5, Some(0), Some(4)).look(5, "ended", None);
    let before = told.row();
    let after = told.look(6, "live", Some(500)).row();
    assert_eq!((&after.state, after.closed_at), (&before.state, before.closed_at));
    assert_eq!(after.audience, before.audience);
    assert_eq!(after.observations, before.observations + 1);
}

#[test]
fn an_end_that_x_does_not_date_lies_at_the_first_look_that_shows_it() {
    let mut told = Told::default();
    told.look(0, "live", Some(60)).look(3, "ended", None);
    assert_eq!((told.row().held_until(at(9)), told.row().ended_at), (at(3), None));
    assert_eq!(told.row().audience.totals(at(9)).covered_ms, 180_000);
}

#[test]
fn an_inferred_end_lies_between_the_last_live_look_and_the_first_absence() {
    let mut told = Told::default();
    told.ran(0, Some(0), None).look(0, "live", Some(60)).look(2, "live", Some(30)).miss(5, GONE);
    let row = told.row();
    assert_eq!((row.state.as_deref(), row.inferred, row.ended_at), (Some("ended"), true, None));
    assert_eq!(row.ended_between, Some((at(2), at(5))));
    assert!(row.end_inferred());
    // Nothing is held past the last look that saw it live, and airtime so far ends there.
    let totals = row.audience.totals(row.held_until(at(100)));
    assert_eq!((totals.area, totals.covered_ms), (120 * 60_000, 120_000));
    assert_eq!(row.airtime_so_far_ms(at(100)), Some(120_000));
    let later = told.miss(7, GONE).row();
    assert_eq!(later.ended_between, Some((at(2), at(5))), "the first absence counts");
}

#[test]
fn absence_without_xs_reason_changes_nothing() {
    let mut told = Told::default();
    let before = told.look(0, "live", Some(60)).row();
    assert_eq!(told.miss(1, None).miss(2, Some("not-authorized-for-resource")).row(), before);
}

#[test]
fn an_absent_space_that_was_announced_is_canceled_and_opens_again_when_seen() {
    let mut told = Told::default();
    let row = told.look(0, "scheduled", None).miss(5, GONE).row();
    assert_eq!((row.state.as_deref(), row.inferred), (Some(SpaceKnown::CANCELED), true));
    assert_eq!((row.ended_between, row.audience.first), (None, None));
    let row = told.look(6, "live", Some(3)).row();
    assert_eq!((row.state.as_deref(), row.inferred), (Some("live"), false));
}

#[test]
fn a_space_that_was_thought_over_and_is_seen_live_again_goes_on() {
    let mut told = Told::default();
    told.look(0, "live", Some(60)).miss(2, GONE).look(4, "live", Some(30)).look(
        5,
        "live",
        Some(30),
    );
    let row = told.row();
    assert_eq!(
        (row.state.as_deref(), row.inferred, row.ended_between),
        (Some("live"), false, None)
    );
    // What lies between the end that was inferred and the new look is not covered.
    let totals = row.audience.totals(at(5));
    assert_eq!((totals.area, totals.covered_ms), (30 * 60_000, 60_000));
}

#[test]
fn a_space_never_seen_live_has_no_audience_but_what_x_last_said() {
    let mut told = Told::default();
    let row = told.look(0, "scheduled", Some(0)).look(1, "ended", Some(17)).row();
    assert_eq!((row.audience.peak, row.audience.first), (None, None));
    assert_eq!(row.participants(), Some((at(1), 17)));
}

#[test]
fn a_space_that_is_missing_and_was_never_seen_has_no_row() {
    let mut told = Told::default();
    told.miss(0, GONE);
    assert_eq!(told.0.space(&Nothing, id()).unwrap(), None);
}

#[test]
fn a_state_that_nobody_documented_is_shown_as_it_is() {
    let mut told = Told::default();
    let row = told.look(0, "live", Some(5)).look(1, "TimedOut", None).row();
    assert_eq!((row.state.as_deref(), row.inferred), (Some("TimedOut"), false));
    assert_eq!(row.closed_at, Some(at(1)));
}

#[test]
fn an_older_answer_that_comes_later_does_not_set_the_state_back() {
    let mut told = Told::default();
    told.ran(0, Some(0), None).look(4, "live", Some(40)).look(9, "ended", None);
    let row = told.look(2, "live", Some(90)).row();
    assert_eq!(row.state.as_deref(), Some("ended"));
    assert!(row.audience.disordered);
    assert_eq!(row.seen, (at(2), at(9)));
}

#[test]
fn a_gap_between_two_live_looks_is_kept_with_its_ends() {
    let mut told = Told::default();
    told.look(0, "live", Some(1)).look(30, "live", Some(1)).look(31, "live", None);
    let gaps = told.0.gaps(&Nothing, Some(id())).unwrap();
    assert_eq!(gaps, [SpaceGap { space: id(), from: at(10), to: at(30) }]);
    assert_eq!(told.0.gaps(&Nothing, None).unwrap(), gaps);
}

#[test]
fn speakers_are_all_who_were_ever_listed_and_unknown_until_one_is() {
    let mut told = Told::default();
    assert_eq!(told.look(0, "live", None).row().speakers, None);
    for (minute, users) in [(1, vec![3, 9]), (2, vec![1, 3])] {
        let it = SpaceObserved {
            space: id(),
            state: Some(SpaceState::Live),
            participants: None,
            subscribers: Some(4),
            speakers: Some(users.into_iter().map(UserId).collect()),
        };
        told.tell(minute, Event::SpaceObserved(it));
    }
    let row = told.look(3, "live", None).row();
    assert_eq!((row.speakers, row.subscribers), (Some(vec![1, 3, 9]), Some(4)));
}

#[test]
fn an_older_live_look_does_not_reopen_a_space_that_was_missing_later() {
    let mut told = Told::default();
    told.look(0, "live", Some(60)).miss(5, GONE);
    let row = told.look(3, "live", Some(50)).row();
    assert_eq!((row.state.as_deref(), row.inferred), (Some("ended"), true));
    assert!(row.audience.disordered, "its figures come from the curve");
}

#[test]
fn a_search_that_lags_does_not_reopen_an_end_without_a_date_but_a_look_up_does() {
    let poll = |endpoint| {
        let head = crate::event::PollHead {
            origin: crate::event::Origin::Live,
            endpoint,
            asked: crate::event::AskedFor::Space(id()),
            sent_at: Some(Moment(0)),
            repeats: 0,
            credential: String::new(),
            holding_ms: Some(120_000),
        };
        let cost = crate::event::Cost::default();
        let (status, returned, new_spaces, unreadable, rate) = (Some(200), 1, 0, 0, None);
        Event::PollSucceeded(crate::event::PollSucceeded {
            head,
            status,
            returned,
            new_spaces,
            unreadable,
            rate,
            cost,
        })
    };
    let state_after = |endpoint| {
        let mut told = Told::default();
        told.look(0, "live", Some(60)).look(3, "ended", None);
        let live = SpaceObserved {
            space: id(),
            state: Some(SpaceState::Live),
            participants: Some(61),
            subscribers: None,
            speakers: None,
        };
        told.tell_all(4, vec![poll(endpoint), Event::SpaceObserved(live)]);
        told.row().state.unwrap()
    };
    assert_eq!(state_after(Endpoint::Search), "ended");
    assert_eq!(state_after(Endpoint::CreatorIds), "ended");
    assert_eq!(state_after(Endpoint::Spaces), "live");
}
