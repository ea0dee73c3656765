//! A log in lines and back: the same bytes, the same chain, the same views, the same knowledge.

mod database;

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::super::appender::Appender;
use super::super::replays::{World, decided};
use super::super::talk::Talk;
use crate::clock::Clock;
use crate::decide::{self, Rules};
use crate::event::codec::tests::samples;
use crate::event::{
    Batch, Event, Known, NewBatch, NewText, Owner, PollId, SpaceDescribed, Text, UserKnown,
};
use crate::export::Format;
use crate::import::lines::{Copied, LineError, Lines};
use crate::log::{Appended, Log};
use crate::projector::Views;
use crate::question::{Desk, Question};
use crate::sheet::Sheet;
use crate::space::{Moment, Prices, SpaceId};

/// Asks a log whose views are folded.
fn asked<T>(log: &Log, ask: impl FnOnce(&Desk) -> T) -> T {
    let reader = log.reader();
    let views = Views::in_memory(&reader).unwrap();
    views.catch_up(&reader, &mut |_, _, _| true).unwrap();
    let own = crate::question::Own::default();
    ask(&Desk {
        views: &views,
        reader: &reader,
        now: 0,
        running: None,
        disk_bytes: None,
        disk_free_bytes: None,
        past: None,
        own: &own,
    })
}

/// Hands out all events of a log, page by page.
fn each_page(desk: &Desk, mut each: impl FnMut(&Sheet)) {
    let mut next = Some(1);
    while let Some(from) = next {
        let question = Question::Events { from, since: None, until: None, space: None, kind: None };
        let page = desk.ask(&question).unwrap();
        each(&page);
        next = page.next;
    }
}

/// Returns a log in lines, page by page, as `export jsonl` writes it.
fn exported(log: &Log) -> String {
    let mut out = Vec::new();
    let write = |page: &Sheet| Format::JsonLines.exporter().write(page, &mut out).unwrap();
    asked(log, |desk| each_page(desk, write));
    String::from_utf8(out).unwrap()
}

fn read(lines: &str) -> Vec<Copied> {
    Lines::new(lines.as_bytes()).map(|batch| batch.unwrap()).collect()
}

fn bad(lines: &str) -> Vec<(usize, LineError)> {
    let batches = Lines::new(lines.as_bytes());
    batches.filter_map(Result::err).map(|bad| (bad.line, bad.why)).collect()
}

/// Takes batches into a log, in steps of so many.
fn adopted(log: Log, batches: &[Copied], step: usize) -> (Log, u64) {
    let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
    let (clock, patience) = (Clock::real(), CancellationToken::new());
    patience.cancel();
    let mut appender = Appender::new(log, rules, clock, Talk::new(true), patience);
    let mut new = 0;
    for step in batches.chunks(step) {
        let step: Vec<_> = step.iter().map(|it| it.adopted.clone()).collect();
        new += appender.adopt(&step).unwrap().0;
    }
    (appender.into_log(), new)
}

/// Returns all batches of a log, with their texts.
fn batches(log: &Log) -> Vec<Batch> {
    log.reader().batches(1, usize::MAX).unwrap()
}

fn lived(number: u64, polls: usize) -> Log {
    let (mut log, mut world) = (Log::in_memory(), World::of(number));
    for _poll in 0..polls {
        let answer = world.answer();
        let batch = decided(&mut log, &answer);
        log.append(&batch, world.now).unwrap();
    }
    log
}

/// What is known, but for whom X billed with nothing new said of them: no event says that.
fn known(log: &Log) -> Known {
    let mut known = log.known(&decide::named(batches(log).iter())).unwrap();
    known.users.values_mut().for_each(|user| user.billed_day = None);
    known.users.retain(|_id, user| *user != UserKnown::default());
    known
}

#[test]
fn every_kind_of_event_comes_back_from_its_line_as_it_was() {
    let mut log = Log::in_memory();
    for (number, (name, event)) in (0_u8..).zip(samples::events()) {
        let poll_id = (number % 2 == 0).then_some(PollId([number; 16]));
        let at = Moment(1_795_000_000_000 + i64::from(number));
        let events = vec![event.clone(), event];
        let new = NewBatch { poll_id, observed_at: at, events, ..NewBatch::default() };
        assert!(matches!(log.append(&new, at).unwrap(), Appended::Stored(_)), "{name}");
    }
    let lines = exported(&log);
    let mut back = read(&lines).into_iter();
    for batch in batches(&log) {
        let copied = back.next().unwrap();
        assert_eq!(copied.log.log_id, log.header().log_id);
        let read = Batch { chain: batch.chain, ..copied.adopted.batch };
        assert_eq!(read, batch);
    }
    assert!(back.next().is_none());
}

#[test]
fn a_log_that_has_moved_has_the_same_head_and_decides_the_same_next() {
    for number in 0..8 {
        let log = lived(number, 60);
        let lines = exported(&log);
        let (moved, new) = adopted(Log::in_memory(), &read(&lines), 7);
        assert_eq!(new, 60);
        assert_eq!(moved.head(), log.head(), "world {number}");
        assert_eq!(exported(&moved), lines, "export, import, export: the same bytes");
        assert_eq!(known(&moved), known(&log), "world {number}");
        let open = |log: &Log| log.reader().open_spaces().unwrap();
        assert_eq!(open(&moved), open(&log));
        let (again, new) = adopted(moved, &read(&lines), 11);
        assert_eq!((new, again.head()), (0, log.head()), "what is in already changes nothing");
    }
}

#[test]
fn parts_that_come_in_the_wrong_order_leave_the_later_word_on_each_space() {
    let log = lived(3, 60);
    let all = read(&exported(&log));
    let (early, late) = all.split_at(30);
    let (joined, _) = adopted(Log::in_memory(), late, 10);
    let before: Vec<_> = known(&joined).spaces.into_iter().collect();
    let (joined, new) = adopted(joined, early, 10);
    assert_eq!(new, 30);
    let after = known(&joined).spaces;
    for (id, known) in before {
        assert_eq!(after[&id].state, known.state, "{id}");
        assert!(after[&id].first_seen <= known.first_seen, "{id}");
    }
}

#[test]
fn a_line_that_was_changed_left_out_or_narrowed_is_named_and_the_rest_is_read() {
    let lines = exported(&lived(1, 12));
    let all: Vec<&str> = lines.lines().collect();
    let begins: Vec<usize> = (0..all.len()).filter(|at| all[*at].contains("\"batch\":{")).collect();
    let at = begins[4] + 1;
    assert!(begins[5] > at + 1, "a batch of three lines at least");
    let whole = read(&lines).len();

    let without = |gone: usize| {
        let mut kept = all.clone();
        kept.remove(gone);
        kept.join("\n")
    };
    let left_out = without(at);
    assert!(matches!(bad(&left_out)[..], [(_, LineError::Key("seq"))]), "{:?}", bad(&left_out));
    assert!(matches!(bad(&without(begins[4]))[..], [(line, LineError::Stray)] if line == at));
    let cut = all[..begins[5] - 1].join("\n");
    assert!(matches!(bad(&cut)[..], [(_, LineError::CutOff { .. })]), "{:?}", bad(&cut));

    let changed = lines.replacen("\"returned\":", "\"returned\":1", 1);
    assert!(matches!(bad(&changed)[..], [(_, LineError::Changed)]), "{:?}", bad(&changed));
    let reworded = lines.replacen("\"title\":\"climate", "\"title\":\"Climate", 1);
    assert!(matches!(bad(&reworded)[..], [(_, LineError::Text)]), "{:?}", bad(&reworded));
    let broken = lines.replacen("\"kind\":", "\"kind\"", 1);
    assert!(matches!(bad(&broken)[..], [(1, LineError::NotJson(_)), ..]), "{:?}", bad(&broken));
    for damaged in [left_out, changed, reworded] {
        let read = Lines::new(damaged.as_bytes()).flatten().count();
        assert_eq!(read, whole - 1);
    }
}

#[test]
fn what_a_newer_program_wrote_is_told_apart_from_damage() {
    let lines = exported(&lived(1, 2));
    for newer in [
        lines.replacen("\"format\":1", "\"format\":2", 1),
        lines.replacen("\"kind\":\"SpaceObserved\"", "\"kind\":\"SpaceReplayed\"", 1),
    ] {
        assert!(bad(&newer)[0].1.is_newer(), "{:?}", bad(&newer));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..24).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 64, ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_comes_back_with_its_salt_and_one_that_was_forgotten_does_not(
        title in prop::option::of(any_text()),
        extra in prop::option::of(any_text()),
        salt in any::<[u8; 16]>(),
    ) {
        let mut log = Log::in_memory();
        let space: SpaceId = "1YqKDqWqdPLxV".parse().unwrap();
        let extra = extra.map(|text| serde_json::json!({"n": 1.50, "t": text}).to_string());
        let text = NewText::new(Owner::Space(space), Text::Space { title, extra }, salt);
        let described = SpaceDescribed {
            space, text: Some(text.reference), creator: None, hosts: None, invited: None,
            topics: None, lang: None, is_ticketed: None, created_at: None, scheduled_start: None,
            started_at: None, ended_at: None,
        };
        let events = vec![Event::SpaceDescribed(described)];
        let new = NewBatch { events, texts: vec![text], ..NewBatch::default() };
        log.append(&new, Moment(5)).unwrap();
        let lines = exported(&log);
        let (moved, _) = adopted(Log::in_memory(), &read(&lines), 1);
        prop_assert_eq!(batches(&moved), batches(&log));
        log.forget(crate::event::Subject::Space(space), "asked", Moment(6)).unwrap();
        let silent = exported(&log);
        let (silent, _) = adopted(Log::in_memory(), &read(&silent), 1);
        prop_assert_eq!(silent.head(), log.head());
        prop_assert!(batches(&silent)[0].texts.is_empty());
        // Lines from before the forgetting do not bring it back.
        let (silent, _) = adopted(silent, &read(&lines), 1);
        prop_assert!(batches(&silent).iter().all(|batch| batch.texts.is_empty()));
    }
}
