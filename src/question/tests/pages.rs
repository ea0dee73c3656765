//! The log itself, polls and gaps.

use super::*;
use crate::event::{Gap, GapCause};

fn events(from: u64) -> Question {
    Question::Events { from, since: None, until: None, space: None, kind: None }
}

/// Returns the seqs of every page that a question leads to, from `from` on.
fn all_pages(house: &House, from: u64, narrow: impl Fn(&mut Question)) -> (Vec<Value>, usize) {
    let (mut seqs, mut pages, mut next) = (Vec::new(), 0, Some(from));
    while let Some(from) = next {
        let mut question = events(from);
        narrow(&mut question);
        let sheet = house.sheet(0, &question);
        next = sheet.next;
        seqs.extend(column(&sheet, "seq"));
        pages += 1;
    }
    (seqs, pages)
}

#[test]
fn the_pages_of_a_long_log_give_every_event_once_and_in_order() {
    let mut house = House::new();
    (0..600).for_each(|minute| {
        house.look(minute, 1, "live", Some(1));
    });
    let (seqs, pages) = all_pages(&house, 1, |_all| {});
    assert_eq!(seqs, (1..=1_200).map(Value::Int).collect::<Vec<_>>());
    assert_eq!(pages, 4, "three with events, and one that ends it");
    let (seqs, _pages) = all_pages(&house, 1_000, |_all| {});
    assert_eq!(seqs.first(), Some(&Value::Int(1_000)), "a page may begin inside a batch");
    let (seqs, pages) = all_pages(&house, 1, |question| {
        if let Question::Events { kind, since, until, .. } = question {
            *kind = Some("SpaceObserved".to_owned());
            (*since, *until) = (Some(at(598)), Some(at(599)));
        }
    });
    assert_eq!(seqs, ints(&[1_198]));
    assert_eq!(pages, 2, "what was observed before and after is not walked through");
    let (seqs, pages) = all_pages(&house, 1, |question| {
        if let Question::Events { kind, .. } = question {
            *kind = Some("MonitorStopped".to_owned());
        }
    });
    assert_eq!((seqs.len(), pages), (0, 4), "a page without a match leads on to the next");
    assert_eq!(house.sheet(0, &events(1_201)).next, None);
}

#[test]
fn events_are_narrowed_by_space_and_kind() {
    let mut house = one_space();
    house.look(3, 2, "live", Some(1));
    let kinds = |space, kind: Option<&str>| {
        let kind = kind.map(ToOwned::to_owned);
        let question = Question::Events { from: 1, since: None, until: None, space, kind };
        column(&house.sheet(0, &question), "kind")
    };
    assert_eq!(kinds(Some(id(2)), None), texts(&["SpaceObserved"]));
    assert_eq!(kinds(Some(id(1)), Some("SpaceDescribed")).len(), 2);
    let question = Question::Events {
        from: 1,
        since: None,
        until: None,
        space: None,
        kind: Some("Nonsense".to_owned()),
    };
    let refused = house.ask(0, &question);
    assert!(matches!(refused, Err(QuestionError::UnknownKind(kind)) if kind == "Nonsense"));
}

#[test]
fn an_event_tells_what_was_said_and_leaves_out_what_was_not() {
    let house = one_space();
    let sheet = house.sheet(0, &events(1));
    let data = column(&sheet, "data");
    let Value::Json(described) = &data[1] else { panic!("{:?}", data[1]) };
    let described: serde_json::Value = serde_json::from_str(described).unwrap();
    assert_eq!(described["title"], "Climate, live");
    assert!(described.get("ended_at").is_none() && described.get("creator_id").is_none());
}

#[test]
fn polls_are_the_last_so_many_in_the_order_of_the_log() {
    let mut house = House::new();
    (0..50).for_each(|minute| {
        house.look(minute, 1, "live", Some(1));
    });
    let ask = |since, limit| house.sheet(60, &Question::Polls { since, limit });
    let sent = |minute: i64| Value::Time(at(minute) - 100);
    assert_eq!(column(&ask(None, 3), "sent_at"), [sent(47), sent(48), sent(49)]);
    assert_eq!(ask(None, 0).rows.len(), 50);
    assert_eq!(ask(Some(at(45)), 0).rows.len(), 4, "those sent before it are left out");
    let last = ask(None, 1);
    assert_eq!(column(&last, "target"), texts(&[&id(1).to_string()]));
    assert_eq!(column(&last, "took_ms"), ints(&[100]));
    assert_eq!(column(&last, "error"), [Value::Unknown]);
}

#[test]
fn an_answer_that_cannot_hold_all_polls_says_so() {
    let mut house = House::new();
    (0..9).for_each(|minute| {
        house.look(minute, 1, "live", Some(1));
    });
    let ask = |limit, most| house.desk(20, |desk| desk.polls_of(None, limit, most)).unwrap();
    for (limit, most, rows, is_told) in [
        (0, 10, 9, false),
        (0, 9, 9, false),
        (20, 9, 9, false),
        (0, 8, 8, true),
        (9, 8, 8, true),
        (8, 8, 8, false),
        (5, 8, 5, false),
    ] {
        let sheet = ask(limit, most);
        assert_eq!(sheet.rows.len(), rows, "{limit} of at most {most}");
        assert_eq!(sheet.warnings.len(), usize::from(is_told), "{limit} of at most {most}");
    }
    assert_eq!(column(&ask(0, 2), "sent_at"), [Value::Time(at(7) - 100), Value::Time(at(8) - 100)]);
}

#[test]
fn rows_of_long_tables_follow_each_other_page_by_page() {
    let mut house = House::new();
    for space in 1..=3 {
        house.look(i64::try_from(space).unwrap(), space, "live", Some(space));
    }
    let rows = |rows: &Rows| house.desk(20, |desk| desk.rows(rows)).unwrap();
    let all = rows(&Rows::Spaces { after: None });
    let ids: Vec<Value> = (1..=3).map(|it| id(it).to_string().into()).collect();
    assert_eq!(column(&all, "space_id"), ids);
    let rest = rows(&Rows::Spaces { after: Some(id(2)) });
    assert_eq!(rest.rows, all.rows[2..]);
    assert!(rows(&Rows::Spaces { after: Some(id(3)) }).rows.is_empty());
    let polls = rows(&Rows::Polls { from: 0 });
    assert_eq!(polls.rows, house.sheet(20, &Question::Polls { since: None, limit: 0 }).rows);
    let Value::Int(second) = column(&polls, "seq")[1] else { panic!("a seq is a number") };
    let from = Rows::Polls { from: u64::try_from(second).unwrap() };
    assert_eq!(rows(&from).rows, polls.rows[1..]);
    assert_eq!(rows(&from).next, None, "that was the last page");
}

#[test]
fn a_gap_of_a_space_has_the_cause_of_the_wider_one_it_lies_in() {
    let mut house = House::new();
    house.look(0, 1, "live", Some(1)).look(10, 1, "live", Some(1)).look(30, 1, "live", Some(1));
    let wide = Gap {
        space: None,
        endpoint: None,
        from: Moment(at(13)),
        to: Moment(at(29)),
        cause: GapCause::NotRunning,
    };
    house.tell(30, vec![Event::Gap(wide)], Vec::new());
    let sheet = house.sheet(40, &Question::Gaps { space: None });
    assert_eq!(column(&sheet, "cause"), texts(&["late", "not_running", "not_running"]));
    let seconds = [480.0, 1_080.0, 960.0].map(Value::Real);
    assert_eq!(column(&sheet, "seconds"), seconds);
    let own: Vec<Value> = [Some(1), Some(1), None]
        .map(|number| number.map(|number| id(number).to_string()).into())
        .to_vec();
    assert_eq!(column(&sheet, "space_id"), own);
}

#[test]
fn an_empty_log_answers_every_question_with_an_empty_sheet() {
    let house = House::new();
    for question in [
        events(1),
        Question::Polls { since: None, limit: 0 },
        Question::Gaps { space: None },
        keywords(1, 0),
        Question::Topics(Counting::default()),
        Question::Hosts(Board { by: HostRank::Peak, ..Board::default() }),
    ] {
        let sheet = house.sheet(0, &question);
        assert!(sheet.rows.is_empty() && !sheet.columns.is_empty(), "{question:?}");
    }
    assert_eq!(house.sheet(0, &Question::Status).rows.len(), 1);
}

#[test]
fn a_question_survives_its_way_over_the_socket() {
    for question in [
        events(7),
        Question::Space { id: id(1) },
        Question::Curve { ids: vec![id(1), id(2)], step_ms: Some(5) },
        Question::Gaps { space: Some(id(1)) },
        Question::Gaps { space: None },
        Question::Status,
    ] {
        let line = serde_json::to_string(&question).unwrap();
        assert_eq!(serde_json::from_str::<Question>(&line).unwrap(), question, "{line}");
    }
    assert!(serde_json::from_str::<Question>(r#"{"space":{"id":"../etc"}}"#).is_err());
}
