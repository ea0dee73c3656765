//! What was known then is what is told now of then: every question, at random cuts of random logs.

use std::sync::Arc;

use crate::clock::Clock;
use crate::event::codec::Simulated;
use crate::log::entropy::Entropy;
use crate::log::{Appended, Log, NewLog};
use crate::monitor::owner::Owner;
use crate::projector::Views;
use crate::projector::tests::generated;
use crate::question::{AsOf, Board, Counting, HostRank, Own, Question, SpaceSort, Words};
use crate::serve::{Owner as _, Refusal, RefusalKind, Reply, Request};
use crate::sheet::Sheet;
use crate::space::Moment;
use crate::store::InMemoryBackend;
use crate::store::faults::Dice;
use crate::store::folder::Folder;

const LOGS: u64 = 2;
const BATCHES: u64 = 80;

/// A log that is told random things, and its owner. Where its data is simulated, now is its last
/// moment; else what the owner's clock says.
struct House {
    home: tempfile::TempDir,
    log: Log,
    owner: Owner,
    dice: Dice,
    seed: u64,
    number: u64,
    clock: i64,
}

impl House {
    fn new(seed: u64) -> Self {
        Self::of(seed, Some(Simulated { seed, epoch: Moment(0), spaces: 4 }))
    }

    fn of(seed: u64, simulated: Option<Simulated>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let new = NewLog { created_at: Moment(9_000_000), simulated };
        let entropy = Entropy::Seeded { seed, drawn: 0 };
        let log = Log::on(InMemoryBackend::new(), &new, entropy).unwrap();
        let owner = Owner {
            folder: Folder::make(home.path()).unwrap(),
            reader: log.reader(),
            views: Views::open(home.path(), &log.reader()).unwrap(),
            clock: Clock::held(chrono::DateTime::UNIX_EPOCH),
            own: Own::default(),
            join: Box::new(|_spaces, _joined| Ok(())),
            running: Arc::default(),
            append: Box::new(|_answer, _source| Err(crate::monitor::AppendError::Stopping)),
            watch: crate::monitor::watching::nobody(),
            adopt: Box::new(|_batches| Err(crate::monitor::AppendError::Stopping)),
            forget: Box::new(|_step| Err(crate::monitor::AppendError::Stopping.into())),
            go_on: Box::new(|| true),
        };
        Self { home, log, owner, dice: Dice(seed), seed, number: 0, clock: 10_000_000 }
    }

    /// Appends a batch, at a time that is stepped back and forth; returns its last seq, and when
    /// it was recorded.
    fn live_on(&mut self) -> (u64, i64) {
        let new = generated::batch(&mut self.dice, self.seed, self.number);
        self.number += 1;
        let step = i64::try_from(self.dice.below(40_000)).unwrap();
        self.clock += if self.dice.below(6) == 0 { -step } else { step };
        match self.log.append(&new, Moment(self.clock)).unwrap() {
            Appended::Stored(batch) => (batch.last_seq(), batch.recorded_at.0),
            Appended::Duplicate(seq) => panic!("the batch is that of seq {seq}"),
        }
    }

    fn catch_up(&self) {
        let reader = self.log.reader();
        assert!(self.owner.views.catch_up(&reader, &mut |_view, _at, _end| true).unwrap());
    }

    fn put(&self, question: &Question, as_of: Option<AsOf>) -> Result<Sheet, Refusal> {
        let mut last = None;
        self.owner.handle(
            Request::Ask { question: question.clone(), as_of, own: None },
            &mut |reply| {
                last = Some(reply);
                true
            },
        );
        match last.expect("an answer") {
            Reply::Sheet(sheet) => Ok(sheet),
            Reply::Refused(refusal) => Err(refusal),
            Reply::Progress { .. } => panic!("the last word is an answer"),
        }
    }

    /// Asks everything of the present.
    fn present(&self) -> Vec<Result<Sheet, Refusal>> {
        self.catch_up();
        questions().iter().map(|question| self.put(question, None)).collect()
    }

    /// Asks everything as of then, and holds it against what was answered then.
    fn hold(&self, as_of: AsOf, then: &[Result<Sheet, Refusal>]) {
        for (question, then) in questions().iter().zip(then) {
            let mut now = self.put(question, Some(as_of));
            if let Ok(sheet) = &mut now {
                let before = sheet.notes.len();
                sheet.notes.retain(|note| !note.starts_with("as of "));
                assert_eq!(before, sheet.notes.len() + 1, "the answer says as of when");
            }
            assert_eq!(&now, then, "{question:?} as of {as_of:?} of log {}", self.seed);
        }
    }
}

/// Every question but `status`, which has no past.
fn questions() -> Vec<Question> {
    let (first, second) = (generated::space(0), generated::space(1));
    let all = |sort| Question::Spaces {
        state: None,
        host: None,
        keyword: None,
        min_participants: None,
        sort,
        limit: 0,
    };
    let hosts = |by, min_coverage, limit| {
        Question::Hosts(Board { by, min_coverage, limit, ..Board::default() })
    };
    let events = |from, since, space| {
        let kind = None;
        Question::Events { from, since, until: Some(11_500_000), space, kind }
    };
    vec![
        all(SpaceSort::Participants),
        all(SpaceSort::Reach),
        Question::Spaces {
            state: Some("live".to_owned()),
            host: Some("@user1".to_owned()),
            keyword: None,
            min_participants: Some(10),
            sort: SpaceSort::Peak,
            limit: 1,
        },
        Question::Space { id: first },
        Question::Space { id: second },
        Question::Space { id: generated::space(9) },
        Question::Curve { ids: vec![first], step_ms: None },
        Question::Curve { ids: vec![second, first, second], step_ms: Some(7_000) },
        hosts(HostRank::ParticipantHours, None, 0),
        hosts(HostRank::Reach, Some(0.1), 2),
        Question::Keywords {
            which: Words::All,
            counting: Counting { last_ms: 300_000, ..Counting::default() },
        },
        Question::Topics(Counting { last_ms: 300_000, ..Counting::default() }),
        Question::Polls { since: None, limit: 0 },
        Question::Polls { since: Some(10_500_000), limit: 3 },
        Question::Gaps { space: None },
        Question::Gaps { space: Some(first) },
        events(1, None, None),
        events(40, Some(10_200_000), Some(first)),
    ]
}

#[test]
fn every_question_as_of_a_cut_is_answered_as_it_was_when_the_log_ended_there() {
    let (mut cuts, mut by_time) = (0, 0);
    for seed in 0..LOGS {
        let mut house = House::new(seed);
        let mut told = vec![((0, 9_000_000), house.present())];
        let mut recorded = vec![(0, 9_000_000)];
        for _batch in 0..BATCHES {
            let at = house.live_on();
            recorded.push(at);
            if house.dice.below(8) == 0 {
                told.push((at, house.present()));
            }
        }
        for ((seq, moment), then) in &told {
            house.hold(AsOf::Seq(*seq), then);
            // A moment is all that was recorded until its end: the clock may have stood still.
            let last = recorded.iter().rfind(|(_, at)| at <= moment).unwrap();
            if last.0 == *seq {
                house.hold(AsOf::Moment(*moment), then);
                by_time += 1;
            }
            cuts += 1;
        }
        let names = std::fs::read_dir(house.home.path()).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), crate::projector::NAMES.len(), "something is left: {names:?}");
    }
    assert!(cuts > 10 && by_time > 4, "{cuts} cuts, {by_time} of them by time too");
}

#[test]
fn a_moment_between_two_batches_is_answered_as_it_was_at_that_moment() {
    let mut house = House::of(9, None);
    let mut told = Vec::new();
    for _batch in 0..60 {
        let (_seq, recorded_at) = house.live_on();
        if house.dice.below(10) == 0 {
            let now = recorded_at + i64::try_from(house.dice.below(90_000)).unwrap();
            house.owner.clock = Clock::held(Moment(now).to_utc());
            told.push((now, house.present()));
            // Beyond what the clock is stepped back by: the moment is over.
            house.clock = now + 100_000;
        }
    }
    house.owner.clock = Clock::held(Moment(house.clock + 1).to_utc());
    assert!(told.len() > 2, "{} moments", told.len());
    for (moment, then) in told {
        house.hold(AsOf::Moment(moment), &then);
    }
}

#[test]
fn a_seq_inside_a_batch_is_the_batches_wholly_before_it() {
    let mut house = House::new(5);
    let ends: Vec<u64> = (0..20).map(|_| house.live_on().0).collect();
    house.catch_up();
    let last = |as_of| {
        let question =
            Question::Events { from: 1, since: None, until: None, space: None, kind: None };
        let sheet = house.put(&question, Some(as_of)).unwrap();
        (sheet.rows.len() as u64, sheet.next, sheet.notes[0].clone())
    };
    for seq in 0..=*ends.last().unwrap() {
        let whole = ends.iter().copied().filter(|end| *end <= seq).max().unwrap_or(0);
        let (rows, next, note) = last(AsOf::Seq(seq));
        assert_eq!(rows, whole, "as of {seq}");
        assert_eq!(next, (whole > 0).then_some(whole + 1));
        let said = if whole > 0 { format!("as of seq {whole},") } else { "as of a mom".to_owned() };
        assert!(note.starts_with(&said), "{note}");
    }
}

#[test]
fn before_the_log_all_is_empty_beyond_it_a_seq_is_refused_and_a_time_is_the_present() {
    let mut house = House::new(6);
    for _batch in 0..20 {
        house.live_on();
    }
    let present = house.present();
    let head = house.log.head();
    for as_of in [AsOf::Seq(0), AsOf::Moment(0), AsOf::Moment(9_999_999)] {
        for question in questions() {
            match (house.put(&question, Some(as_of)), &question) {
                (Ok(sheet), _) => assert!(sheet.rows.is_empty(), "{question:?} as of {as_of:?}"),
                (Err(refusal), Question::Space { .. } | Question::Curve { .. }) => {
                    assert_eq!(refusal.kind, RefusalKind::NotFound);
                }
                (Err(refusal), _) => panic!("{question:?} as of {as_of:?}: {refusal}"),
            }
        }
    }
    let refused = house.put(&questions()[0], Some(AsOf::Seq(head.seq + 1))).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Usage);
    assert!(refused.message.contains(&format!("ends with seq {}", head.seq)), "{refused}");
    let refused = house.put(&Question::Status, Some(AsOf::Seq(1))).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Usage);
    for (question, present) in questions().iter().zip(present) {
        let later = AsOf::Moment(head.recorded_at.0 + 1);
        let mut answer = house.put(question, Some(later));
        if let Ok(sheet) = &mut answer {
            assert!(sheet.notes.pop().is_some_and(|note| note.contains("yet to come")));
        }
        assert_eq!(answer, present, "{question:?}");
    }
}

#[test]
fn a_fold_of_the_past_is_broken_off_when_nobody_listens_or_a_monitor_wants_the_files() {
    let mut house = House::new(7);
    for _batch in 0..200 {
        house.live_on();
    }
    house.catch_up();
    let as_of = Some(AsOf::Seq(house.log.head().seq));
    let before = house.owner.views.lags();
    for (listens, wanted) in [(false, false), (true, true)] {
        house.owner.go_on = Box::new(move || !wanted);
        // A whole view; single Spaces, one of them never seen; the polls.
        for number in [0, 3, 5, 11] {
            let question = questions().swap_remove(number);
            let mut replies = Vec::new();
            house.owner.handle(Request::Ask { question, as_of, own: None }, &mut |reply| {
                replies.push(reply);
                listens
            });
            let [Reply::Progress { at, end, .. }, last @ ..] = replies.as_slice() else {
                panic!("question {number}: {replies:?}");
            };
            assert!(at < end, "broken off at {at} of {end}");
            // A monitor that wants the files is to be asked instead.
            let refused = Reply::Refused(super::broken_off());
            assert_eq!(last, if wanted { Vec::new() } else { vec![refused] });
        }
    }
    assert_eq!(house.owner.views.lags(), before, "the present is left alone");
}

#[test]
fn what_a_crash_left_of_a_past_is_swept_when_the_views_are_opened() {
    let house = House::new(8);
    let left = ["past-1-0.redb", "past-77-3.redb.new-77"].map(|name| house.home.path().join(name));
    for path in &left {
        std::fs::write(path, "half a view").unwrap();
    }
    house.owner.views.close().unwrap();
    Views::open(house.home.path(), &house.log.reader()).unwrap();
    assert!(left.iter().all(|path| !path.exists()));
    assert_eq!(
        std::fs::read_dir(house.home.path()).unwrap().count(),
        crate::projector::NAMES.len()
    );
}
