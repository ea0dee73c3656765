//! What it cost, by day and month, in all, by endpoint and by query; and when nothing could be
//! paid for.

use super::*;
use crate::event::{Gap, GapCause, MonitorId, MonitorStarted, PollFailed};
use crate::space::{FailureClass, SearchState};

/// Minutes of a day.
const DAY: i64 = 1_440;

impl House {
    /// Appends a search for a text that cost this much: Spaces and users.
    fn search(&mut self, minute: i64, text: &str, (spaces, users): (u32, u32)) -> &mut Self {
        let line = NewText::new(Owner::Monitor, Text::Line(text.to_owned()), [7; 16]);
        let head = head(AskedFor::Query {
            text: line.reference,
            state: SearchState::All,
            max_results: 100,
        });
        let least = u64::from(spaces) * 5_000;
        let cost = Cost {
            spaces,
            users,
            posts: 0,
            least_micro_usd: least,
            most_micro_usd: least + u64::from(users) * 10_000,
        };
        let poll = PollSucceeded {
            head,
            status: Some(200),
            returned: spaces,
            new_spaces: spaces,
            unreadable: 0,
            rate: None,
            cost,
        };
        self.append(minute, vec![Event::PollSucceeded(poll)], vec![line])
    }

    fn append(&mut self, minute: i64, events: Vec<Event>, texts: Vec<NewText>) -> &mut Self {
        let observed_at = Moment(at(minute));
        let batch = NewBatch { observed_at, events, texts, ..NewBatch::default() };
        self.log.append(&batch, observed_at).unwrap();
        self
    }

    fn gap(&mut self, from: i64, to: i64) -> &mut Self {
        let gap = Gap {
            space: None,
            endpoint: Some(Endpoint::Search),
            from: Moment(at(from)),
            to: Moment(at(to)),
            cause: GapCause::Budget,
        };
        self.append(to, vec![Event::Gap(gap)], Vec::new())
    }
}

fn head(asked: AskedFor) -> PollHead {
    PollHead {
        origin: crate::event::Origin::Live,
        endpoint: Endpoint::Search,
        asked,
        sent_at: None,
        repeats: 0,
        credential: "default".to_owned(),
        holding_ms: None,
    }
}

#[test]
fn a_day_and_its_month_are_told_in_all_by_endpoint_and_by_query() {
    let mut house = House::new();
    house
        .search(-1, "wind", (50, 50))
        .search(10, "wind", (10, 20))
        .search(DAY + 5, "wind", (4, 2))
        .search(DAY + 65, "rain", (1, 0))
        .look(DAY + 66, 1, "live", Some(3));
    let sheet = house.sheet(DAY + 120, &Question::Spend);
    let of = |key| column(&sheet, key);
    let (day, month) = ("1970-01-02", "1970-01");
    assert_eq!(of("period"), texts(&[day, day, day, day, day, month, month, month, month, month]));
    let whom = [Value::Unknown, "search".into(), "search".into(), "search".into(), "spaces".into()];
    assert_eq!(of("endpoint")[..5], whom);
    let target = [Value::Unknown, Value::Unknown, "rain".into(), "wind".into(), Value::Unknown];
    assert_eq!(of("target")[5..], target);
    assert_eq!(of("polls"), ints(&[3, 2, 1, 1, 1, 4, 3, 1, 2, 1]));
    assert_eq!(of("spaces"), ints(&[5, 5, 1, 4, 0, 15, 15, 1, 14, 0]), "not of December");
    let dollars = |values: &[f64]| values.iter().map(|it| Value::Real(*it)).collect::<Vec<_>>();
    assert_eq!(of("usd_low")[..5], dollars(&[0.025, 0.025, 0.005, 0.02, 0.0]));
    assert_eq!(of("usd_high")[..5], dollars(&[0.045, 0.045, 0.005, 0.04, 0.0]));
    assert!(matches!(of("forecast_usd_high")[0], Value::Real(most) if most > 0.045));
}

#[test]
fn where_nothing_was_asked_it_is_known_to_cost_nothing_and_not_what_it_will() {
    let sheet = House::new().sheet(3, &Question::Spend);
    assert_eq!(column(&sheet, "usd_high"), [Value::Real(0.0), Value::Real(0.0)]);
    assert_eq!(column(&sheet, "forecast_usd_high"), [Value::Unknown, Value::Unknown]);
}

#[test]
fn an_answer_that_nobody_could_read_is_told_of() {
    let mut house = House::new();
    let line = NewText::new(Owner::Monitor, Text::Line("late".to_owned()), [7; 16]);
    let failed = PollFailed {
        head: head(AskedFor::Unknown),
        class: FailureClass::Timeout,
        status: None,
        retry_after_ms: None,
        message: line.reference,
        rate: None,
    };
    house.append(1, vec![Event::PollFailed(failed)], vec![line]);
    let sheet = house.sheet(3, &Question::Spend);
    assert_eq!(column(&sheet, "unread_answers")[0], Value::Int(1));
    assert!(sheet.notes.iter().any(|note| note.contains("could not be read")));
}

#[test]
fn a_gap_that_began_has_no_end_until_it_is_over() {
    let gaps = |house: &House| {
        let sheet = house.sheet(90, &Question::Gaps { space: None });
        column(&sheet, "from").into_iter().zip(column(&sheet, "to")).collect::<Vec<_>>()
    };
    let time = |minute: i64| Value::Time(at(minute));
    let mut house = House::new();
    house.gap(10, 10);
    assert_eq!(gaps(&house), [(time(10), Value::Unknown)]);
    house.gap(10, 30);
    assert_eq!(gaps(&house), [(time(10), time(30))], "the end takes the begin's place");
    let started = MonitorStarted { monitor: MonitorId(1), version: String::new(), origin: None };
    house.gap(40, 40).append(60, vec![Event::MonitorStarted(started)], Vec::new());
    assert_eq!(gaps(&house)[1], (time(40), time(60)), "the one that saw it begin was killed");
}
