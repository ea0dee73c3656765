//! Forgetting: all of it or nothing, whatever happens to the disk, and `verify` passes after it.

use super::*;
use crate::event::{PollFailed, TextRef, UserDescribed, UserKnown, Watched};
use crate::space::{FailureClass, SearchState, UserId};
use crate::store::faults::{Dice, Fault, Kept};

const USER: UserId = UserId(12);
const SUBJECTS: [Subject; 2] = [Subject::User(USER), Subject::User(UserId(13))];

fn line(text: &str, salt: u8) -> NewText {
    NewText::new(Owner::Monitor, Text::Line(text.to_owned()), [salt; 16])
}

fn user(id: UserId, username: &str, salt: u8) -> NewText {
    let text = Text::User {
        username: Some(username.to_owned()),
        name: Some("Coast".to_owned()),
        description: None,
        location: None,
        url: None,
        extra: None,
    };
    NewText::new(Owner::User(id), text, [salt; 16])
}

/// A search for this query that failed with this message.
fn failed(query: TextRef, message: TextRef) -> Event {
    let head = PollHead {
        origin: Origin::Live,
        endpoint: Endpoint::Search,
        asked: AskedFor::Query { text: query, state: SearchState::All, max_results: 10 },
        sent_at: None,
        credential: "default".to_owned(),
        holding_ms: None,
        repeats: 0,
    };
    let (class, status, retry_after_ms, rate) = (FailureClass::NotFound, None, None, None);
    Event::PollFailed(PollFailed { head, class, status, retry_after_ms, message, rate })
}

/// A batch that describes a user, watches them by name, and tells of a failure that names them;
/// and one query that happens to be the name, one that names them.
fn talk() -> NewBatch {
    let texts = vec![
        user(USER, "coastwatch", 1),
        user(USER, "Coasts", 2),
        user(UserId(14), "coasts", 3),
        line("Coastwatch", 4),
        line("no such user: [COASTWATCH]", 5),
        line("coastwatch", 6),
        line("live @coastwatch", 7),
        line("no such user: [coastwatch_too]", 8),
    ];
    let failed =
        |query: usize, message: usize| failed(texts[query].reference, texts[message].reference);
    let described = |text: usize, user: UserId| {
        Event::UserDescribed(UserDescribed {
            user,
            text: Some(texts[text].reference),
            verified: None,
            verified_type: None,
            protected: None,
            created_at: None,
        })
    };
    let events = vec![
        failed(5, 4),
        failed(6, 7),
        described(0, USER),
        described(1, USER),
        described(2, UserId(14)),
        Event::WatchChanged { watched: Watched::Username(texts[3].reference), added: true },
    ];
    let mut known = Known::default();
    let row = UserKnown {
        fields: [(0, 7), (9, 8)].into(),
        text: Some(texts[1].reference),
        ..UserKnown::default()
    };
    known.users.insert(USER, row);
    for text in &texts[3..] {
        known.lines.insert(Text::key(text.text.line().unwrap()), text.reference);
    }
    let notice = Notice { host: Some("CoastWatch".to_owned()), ..notice(4) };
    let notices = vec![notice];
    NewBatch {
        monitor: None,
        poll_id: Some(poll_id(99)),
        observed_at: at(99),
        events,
        texts,
        known,
        notices,
    }
}

fn told(disk: &FaultyDisk) -> Log {
    let mut log = on(disk).unwrap();
    append(&mut log, 0).unwrap();
    log.append(&talk(), at(1)).unwrap();
    log
}

/// Every text that is left, in no order.
fn left(log: &Log) -> Vec<String> {
    let mut left = Vec::new();
    let read = log.store.read(|read| {
        super::super::names::each_text(read, |_reference, _owner, text| {
            left.push(text.words().join("|"));
        })
    });
    read.unwrap();
    left.sort();
    left
}

fn checked(log: &Log) {
    let mut check = LogCheck::new(log.reader());
    while check.step().unwrap() {}
    check.rows().unwrap();
    assert_eq!((check.seq(), check.chain()), (log.head().seq, log.head().chain));
}

/// What stays of the texts: other people's, other names, the operator's own query.
const STAYS: [&str; 4] =
    ["coasts|Coast", "coastwatch", "no such user: [coastwatch_too]", "title 0"];

#[test]
fn names_and_lines_that_name_somebody_go_and_all_else_stands() {
    let mut log = told(&FaultyDisk::default());
    let (_appended, erased) = log.forget(Subject::User(USER), "asked", at(2)).unwrap();
    assert_eq!(erased, Erased { texts: 2, lines: 3, notices: 1 });
    assert_eq!(left(&log), STAYS);
    let wanted = Wanted {
        users: vec![USER, UserId(14)],
        lines: vec![Text::key("coastwatch"), Text::key("Coastwatch")],
        ..Wanted::default()
    };
    let known = log.known(&wanted).unwrap();
    assert_eq!(known.users[&USER].fields, [(9, 8)].into(), "a short name can be guessed");
    assert_eq!((known.users[&USER].text, known.lines.len()), (None, 1));
    assert_eq!(known.forgotten, [Subject::User(USER)].into());
    assert_eq!(log.reader().outbox().unwrap()[1].1.host, None);
    checked(&log);
    let last = all(&log).unwrap().pop().unwrap();
    let reason = "asked".to_owned();
    assert_eq!(last.events, [Event::Forgotten { subject: Subject::User(USER), reason }]);
    assert_eq!(log.reader().words_of(Subject::User(USER)).unwrap().len(), 0);
}

#[test]
fn a_forgotten_title_leaves_the_space_with_what_is_no_text() {
    let mut log = filled(7);
    let subject = Subject::Space(space());
    let (_appended, erased) = log.forget(subject, "asked", at(50)).unwrap();
    assert_eq!(erased, Erased { texts: 3, lines: 0, notices: 2 });
    assert!(log.reader().outbox().unwrap().iter().all(|(_, notice)| notice.title.is_none()));
    assert_eq!(left(&log), [""; 0]);
    assert_eq!(log.reader().open_spaces().unwrap().len(), 1);
    checked(&log);
}

#[test]
fn a_name_is_whose_the_log_says_now_or_said_before() {
    let log = told(&FaultyDisk::default());
    let named = |name: &str| -> Vec<(u64, bool)> {
        let found = log.reader().named(name).unwrap();
        found.into_iter().map(|it| (it.user.0, it.now)).collect()
    };
    assert_eq!(named("COASTWATCH"), [(12, false)]);
    assert_eq!(named("coasts"), [(12, true), (14, false)]);
    assert_eq!(named("coast"), []);
}

#[test]
fn of_whom_nothing_is_known_is_marked_all_the_same_and_each_mark_is_kept() {
    let disk = FaultyDisk::default();
    let mut log = told(&disk);
    for subject in SUBJECTS {
        log.forget(subject, "asked", at(2)).unwrap();
    }
    log.forget(Subject::Space(space()), "asked", at(3)).unwrap();
    log.finish_forgetting(&SUBJECTS[..1]).unwrap();
    log.compact().unwrap();
    log.close().unwrap();
    let log = on(&disk).unwrap();
    assert_eq!(log.forgotten().len(), 3);
    let mut unfinished = log.unfinished().unwrap();
    unfinished.sort();
    assert_eq!(unfinished, [SUBJECTS[1], Subject::Space(space())]);
}

#[test]
fn a_crash_at_any_operation_leaves_all_of_it_or_nothing_and_again_finishes_it() {
    let (mut dice, mut images, mut states) = (Dice(5), 0, [0, 0]);
    for crash in 1..400 {
        let disk = FaultyDisk::default();
        let mut log = told(&disk);
        disk.break_it(Fault::From(crash));
        let acknowledged = log.forget(Subject::User(USER), "asked", at(2)).is_ok();
        if disk.operations() < crash {
            break;
        }
        for kept in [Kept::None, Kept::All, Kept::Some, Kept::Torn] {
            let mut found = on(&disk.crash(kept, &mut dice)).unwrap();
            images += 1;
            checked(&found);
            let whole = found.forgotten().len() == 1;
            assert!(whole || !acknowledged, "{crash}, {kept:?}");
            states[usize::from(whole)] += 1;
            assert_eq!(left(&found) == STAYS, whole, "{crash}, {kept:?}");
            let says = all(&found).unwrap().iter().any(|it| it.events[0].kind() == "Forgotten");
            assert_eq!(says, whole, "{crash}, {kept:?}");
            found.forget(Subject::User(USER), "asked", at(2)).unwrap();
            assert_eq!(left(&found), STAYS);
            assert_eq!(found.unfinished().unwrap(), [Subject::User(USER)]);
            checked(&found);
        }
    }
    assert!(images >= 8 && states[0] > 0 && states[1] > 0, "{images} images, {states:?}");
}

#[test]
fn what_is_said_between_looking_and_erasing_is_erased_too_and_other_batches_cost_no_second_look() {
    let (subject, mut log) = (Subject::User(USER), told(&FaultyDisk::default()));
    log.seal(1).unwrap();
    let plan = log.reader().plan_forgetting(subject).unwrap();
    append(&mut log, 2).unwrap();
    assert!(!log.reader().is_stale(&plan).unwrap(), "another matter");
    for text in [user(USER, "shorewatch", 31), line("no such user: [coastwatch]", 32)] {
        let mut log = told(&FaultyDisk::default());
        let plan = log.reader().plan_forgetting(subject).unwrap();
        let event = match text.owner {
            Owner::Monitor => failed(TextRef([3; 32]), text.reference),
            _ => Event::UserDescribed(UserDescribed {
                user: USER,
                text: Some(text.reference),
                verified: None,
                verified_type: None,
                protected: None,
                created_at: None,
            }),
        };
        let observed_at = at(3);
        let later =
            NewBatch { observed_at, events: vec![event], texts: vec![text], ..NewBatch::default() };
        log.append(&later, at(3)).unwrap();
        assert!(log.reader().is_stale(&plan).unwrap());
        let mut afresh = told(&FaultyDisk::default());
        let (_appended, first) = afresh.forget(subject, "asked", at(4)).unwrap();
        let (_appended, erased) = log.forget_planned(&plan, "asked", at(4)).unwrap();
        assert_eq!(erased.texts + erased.lines, first.texts + first.lines + 1);
        assert_eq!(log.reader().words_of(subject).unwrap().len(), 0);
        checked(&log);
    }
}
