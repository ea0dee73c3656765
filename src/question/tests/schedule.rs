//! What is announced, what became of it, and how an announcement changed.

use super::*;
use crate::question::schedule::Standing;
use crate::space::Missing;

/// Minutes of a day.
const DAY: i64 = 1_440;

/// X announces a Space, made at 0, for a begin; or says when it began.
fn announce(
    house: &mut House,
    minute: i64,
    space: u64,
    (start, began): (i64, Option<i64>),
    reminders: Option<u64>,
) {
    let described = SpaceDescribed {
        space: id(space),
        text: None,
        creator: None,
        hosts: Some(vec![UserId(7)]),
        invited: None,
        topics: None,
        lang: None,
        is_ticketed: None,
        created_at: Some(Moment(at(0))),
        scheduled_start: Some(Moment(at(start))),
        started_at: began.map(|minute| Moment(at(minute))),
        ended_at: None,
    };
    let observed = SpaceObserved {
        space: id(space),
        state: Some(if began.is_some() { SpaceState::Live } else { SpaceState::Scheduled }),
        participants: began.map(|_| 12),
        subscribers: reminders,
        speakers: None,
    };
    let events = vec![Event::SpaceDescribed(described), Event::SpaceObserved(observed)];
    house.tell(minute, events, Vec::new());
}

fn missing(house: &mut House, minute: i64, space: u64) {
    let problem = Some(Missing::NOT_FOUND.to_owned());
    let it = SpaceMissing { space: id(space), problem };
    house.tell(minute, vec![Event::SpaceMissing(it)], Vec::new());
}

fn all() -> Question {
    Question::Schedule { standing: None, host: None, keyword: None, last_ms: u64::MAX, limit: 0 }
}

fn standings(house: &House, minute: i64) -> Vec<Value> {
    column(&house.sheet(minute, &all()), "standing")
}

#[test]
fn a_space_is_announced_then_overdue_and_a_day_later_never_started() {
    let mut house = House::new();
    announce(&mut house, 1, 1, (60, None), None);
    assert_eq!(standings(&house, 59), texts(&["announced"]));
    assert_eq!(standings(&house, 60), texts(&["overdue"]));
    assert_eq!(standings(&house, 60 + DAY), texts(&["overdue"]));
    assert_eq!(standings(&house, 61 + DAY), texts(&["never_started"]));
}

#[test]
fn gone_before_its_begin_is_canceled_and_gone_after_it_never_started() {
    let mut house = House::new();
    announce(&mut house, 1, 1, (60, None), None);
    announce(&mut house, 1, 2, (20, None), None);
    missing(&mut house, 30, 1);
    missing(&mut house, 30, 2);
    let sheet = house.sheet(90, &all());
    assert_eq!(column(&sheet, "space_id"), texts(&[id(2).as_str(), id(1).as_str()]), "by begin");
    assert_eq!(column(&sheet, "standing"), texts(&["never_started", "canceled"]));
    assert_eq!(column(&sheet, "gone_at"), [Value::Time(at(30)), Value::Time(at(30))]);
    assert_eq!(column(&sheet, "revision"), ints(&[1, 1]));
    announce(&mut house, 100, 1, (300, None), None);
    let sheet = house.sheet(101, &all());
    assert_eq!(column(&sheet, "standing"), texts(&["never_started", "announced"]));
    assert_eq!(column(&sheet, "revision"), ints(&[1, 3]), "there again, and moved");
}

#[test]
fn a_move_keeps_the_former_begins_and_the_lead_is_that_of_the_first() {
    let mut house = House::new();
    announce(&mut house, 10, 1, (60, None), Some(5));
    announce(&mut house, 20, 1, (90, None), Some(8));
    announce(&mut house, 30, 1, (45, None), Some(9));
    announce(&mut house, 50, 1, (45, Some(47)), Some(11));
    let sheet = house.sheet(60, &all());
    let former = Value::List(vec![Value::Time(at(60)), Value::Time(at(90))]);
    assert_eq!(column(&sheet, "former_starts"), [former]);
    assert_eq!(column(&sheet, "moves"), ints(&[2]));
    assert_eq!(column(&sheet, "moved_at"), [Value::Time(at(30))]);
    assert_eq!(column(&sheet, "lead_time_seconds"), [Value::Real(3_600.0)]);
    assert_eq!(column(&sheet, "start_delay_seconds"), [Value::Real(120.0)], "of the last one");
    assert_eq!(column(&sheet, "reminders"), ints(&[9]), "those set before it began");
    assert_eq!(column(&sheet, "standing"), texts(&["live"]));
    assert_eq!(sheet.notes[0], "1 live, begun 120 s late in the median");
}

#[test]
fn one_announcement_is_told_change_by_change_up_to_its_begin() {
    let mut house = House::new();
    announce(&mut house, 10, 1, (60, None), Some(5));
    announce(&mut house, 11, 2, (61, None), Some(500));
    announce(&mut house, 20, 1, (60, None), Some(5));
    announce(&mut house, 30, 1, (60, None), None);
    announce(&mut house, 40, 1, (90, None), Some(8));
    announce(&mut house, 95, 1, (90, Some(94)), Some(8));
    announce(&mut house, 96, 1, (90, Some(94)), Some(99));
    let sheet = house.sheet(100, &Question::Announcement { id: id(1) });
    assert_eq!(column(&sheet, "reminders"), ints(&[5, 8, 8]));
    let starts = [60, 90, 90].map(|minute| Value::Time(at(minute)));
    assert_eq!(column(&sheet, "scheduled_start"), starts);
    assert_eq!(column(&sheet, "state").last(), Some(&Value::from("live")));
    assert_eq!(column(&sheet, "observed_at").last(), Some(&Value::Time(at(95))));
    assert!(matches!(
        house.ask(100, &Question::Announcement { id: id(9) }),
        Err(QuestionError::UnknownSpace(_))
    ));
}

#[test]
fn the_schedule_is_narrowed_by_standing_host_time_and_limit() {
    let mut house = House::new();
    house.person(1, 7, "nasa", 10);
    announce(&mut house, 1, 1, (60, None), None);
    announce(&mut house, 1, 2, (5, Some(6)), None);
    house.look(1, 3, "live", Some(1));
    let count = |narrow: &dyn Fn(&mut Question)| {
        let mut question = all();
        narrow(&mut question);
        house.sheet(30, &question).rows.len()
    };
    assert_eq!(count(&|_| {}), 2, "a Space that nobody announced is not on it");
    let narrowed = |wanted: Standing| {
        count(&|question| {
            if let Question::Schedule { standing, .. } = question {
                *standing = Some(wanted);
            }
        })
    };
    assert_eq!((narrowed(Standing::Live), narrowed(Standing::Overdue)), (1, 0));
    let by = |name: &str| {
        count(&|question| {
            if let Question::Schedule { host, .. } = question {
                *host = Some(name.to_owned());
            }
        })
    };
    assert_eq!((by("@nasa"), by("@esa")), (2, 0));
    let recent = count(&|question| {
        if let Question::Schedule { last_ms, .. } = question {
            *last_ms = 60_000;
        }
    });
    assert_eq!(recent, 1, "what is to come, and not what was to begin longer ago");
}
