//! Deciding with values: what a rule waits for, whom it is about, and how often it tells.

use std::time::Duration;

use super::judge::{judge, judge_sign};
use super::sight::{OnStage, Sight};
use super::*;
use crate::config::{AlertRule, Creator, Sink, Trouble, When};
use crate::event::{AlertMemory, Letter, Occasion, TextRef};
use crate::question::Doubting;
use crate::space::{Moment, SpaceState, UserId};

/// The moment `seconds` after the epoch.
fn at(seconds: i64) -> Moment {
    Moment(seconds * 1_000)
}

fn rule(when: When) -> AlertRule {
    let (keyword, host, speaker, repeat) = (None, None, None, None);
    AlertRule { name: "a".to_owned(), when, keyword, host, speaker, repeat, to: Sink::Stdout }
}

fn live(seconds: i64, participants: Option<u64>) -> Sight {
    let on = |user, name: &str, is_host| OnStage {
        user: UserId(user),
        username: Some(name.to_owned()),
        is_host,
    };
    Sight {
        space: "1YqKDqWqdPLxV".parse().unwrap(),
        at: at(seconds),
        state: Some(SpaceState::Live),
        participants,
        hold_ms: 30_000,
        is_new: true,
        title: Some("The state of CLIMATE".to_owned()),
        stage: vec![on(7, "nasa", true), on(9, "esa", false)],
    }
}

/// Returns at which of these sights the rule tells.
fn told(rule: &AlertRule, sights: &[Sight]) -> Vec<Raised> {
    let mut memory = AlertMemory::default();
    let mut raised = Vec::new();
    for sight in sights {
        let (after, alert) = judge(rule, memory, sight);
        memory = after;
        raised.extend(alert);
    }
    raised
}

fn times(raised: &[Raised]) -> Vec<i64> {
    raised.iter().map(|it| it.at.0 / 1_000).collect()
}

#[test]
fn a_rule_about_a_state_tells_once_when_it_holds() {
    let sights = [live(1, None), live(2, None)];
    for when in [When::Found, When::Live] {
        let raised = told(&rule(when.clone()), &sights);
        assert_eq!(times(&raised), [1], "{when:?}");
    }
    assert!(told(&rule(When::Ended), &sights).is_empty());
    let announced = Sight { state: Some(SpaceState::Scheduled), ..live(3, None) };
    assert_eq!(times(&told(&rule(When::Announced), &[announced])), [3]);
    let over = Sight { state: Some(SpaceState::Ended), ..live(4, None) };
    assert_eq!(times(&told(&rule(When::Ended), &[over])), [4]);
    let known = Sight { is_new: false, ..live(5, None) };
    assert!(told(&rule(When::Found), &[known]).is_empty());
    let unknown = Sight { state: None, ..live(6, None) };
    assert!(told(&rule(When::Live), &[unknown]).is_empty(), "unknown is no state");
}

#[test]
fn participants_are_over_a_number_in_so_many_readings_and_silence_breaks_no_row() {
    let rule = rule(When::Participants { over: 100, readings: 3 });
    let counts = [Some(101), Some(102), Some(100), Some(150), None, Some(151), Some(152), Some(9)];
    let sights: Vec<Sight> = (0..).zip(counts).map(|(second, it)| live(second, it)).collect();
    let raised = told(&rule, &sights);
    assert_eq!(times(&raised), [6]);
    assert_eq!((raised[0].occasion, raised[0].figure), (Occasion::Participants, Some(152)));
    let over: Vec<Sight> = (0..9)
        .map(|second| Sight { state: Some(SpaceState::Ended), ..live(second, Some(3_000)) })
        .collect();
    assert!(told(&rule, &over).is_empty(), "what X counts after the end is no audience");
}

#[test]
fn growth_is_by_the_minute_between_readings_that_said_a_count() {
    let rule = rule(When::Growth { per_minute: 50, readings: 1 });
    let course = [(0, Some(10)), (60, Some(60)), (90, None), (120, Some(111)), (180, Some(5))];
    let sights: Vec<Sight> = course.map(|(second, count)| live(second, count)).to_vec();
    let raised = told(&rule, &sights);
    assert_eq!(times(&raised), [120], "50 a minute is not more than 50; 51 is");
    assert_eq!(raised[0].figure, Some(51));
}

#[test]
fn growth_takes_a_minute_and_is_never_reckoned_across_a_gap() {
    let rule = rule(When::Growth { per_minute: 50, readings: 1 });
    let told_at = |course: &[(i64, u64)]| {
        let sights: Vec<Sight> =
            course.iter().map(|(second, count)| live(*second, Some(*count))).collect();
        times(&told(&rule, &sights))
    };
    // Two people more within a second are no crowd; sixty within a minute are.
    assert_eq!(told_at(&[(0, 10), (1, 12), (2, 14), (59, 16), (60, 18)]), Vec::<i64>::new());
    assert_eq!(told_at(&[(0, 10), (1, 12), (30, 60), (61, 80), (121, 150)]), [61]);
    // Counts are held for half a minute here: after a minute and a half nobody knows how it grew.
    assert_eq!(told_at(&[(0, 10), (91, 500), (120, 505), (155, 620)]), [155]);
    assert_eq!(told_at(&[(0, 10), (90, 500)]), [90]);
}

#[test]
fn a_rule_is_about_spaces_with_its_word_its_host_and_its_speaker() {
    let sights = [live(1, None)];
    let holds = |narrow: &dyn Fn(&mut AlertRule)| {
        let mut rule = rule(When::Live);
        narrow(&mut rule);
        told(&rule, &sights).pop().map(|it| it.user)
    };
    let named = |name: &str| Some(Creator::Name(name.to_owned()));
    assert_eq!(holds(&|rule| rule.keyword = Some("climate".to_owned())), Some(None));
    assert_eq!(holds(&|rule| rule.keyword = Some("music".to_owned())), None);
    assert_eq!(holds(&|rule| rule.host = named("NASA")), Some(Some(UserId(7))));
    assert_eq!(holds(&|rule| rule.host = named("esa")), None, "a speaker is no host");
    assert_eq!(holds(&|rule| rule.speaker = named("esa")), Some(Some(UserId(9))));
    assert_eq!(holds(&|rule| rule.speaker = Some(Creator::Id(UserId(7)))), Some(Some(UserId(7))));
    let mut late = live(1, None);
    late.stage.pop();
    let rule = AlertRule { speaker: named("esa"), ..rule(When::Live) };
    assert_eq!(times(&told(&rule, &[late, live(2, None)])), [2], "told when they come on stage");
    let untitled = Sight { title: None, ..live(1, None) };
    let rule = AlertRule { keyword: Some("a".to_owned()), ..super::tests::rule(When::Live) };
    assert!(told(&rule, &[untitled]).is_empty(), "no word is found in an unknown title");
}

#[test]
fn a_rule_tells_again_only_after_its_time_and_each_alert_has_an_id_of_its_own() {
    let sights: Vec<Sight> = (0..6).map(|number| live(number * 30, Some(5))).collect();
    let repeat = Some(Duration::from_mins(1));
    let often = AlertRule { repeat, ..rule(When::Live) };
    let raised = told(&often, &sights);
    assert_eq!(times(&raised), [0, 60, 120]);
    assert!(raised[0].alert != raised[1].alert && raised[1].alert != raised[2].alert);
    assert_eq!(told(&often, &sights), raised, "the same again gives the same ids");
    let other = AlertRule { name: "b".to_owned(), ..often };
    assert!(told(&other, &sights)[0].alert != raised[0].alert);
}

#[test]
fn trouble_is_told_when_it_begins_and_not_while_it_lasts() {
    let signs = |trouble, repeat, signs: &[(i64, Sign)]| {
        let rule = AlertRule { repeat, ..rule(When::Trouble(trouble)) };
        let mut memory = AlertMemory::default();
        let mut raised = Vec::new();
        for (seconds, sign) in signs {
            let (after, alert) = judge_sign(&rule, memory, *sign, at(*seconds));
            memory = after;
            raised.extend(alert);
        }
        times(&raised)
    };
    let needs = |seconds| (seconds, Sign::NeedsPerson);
    let course = [needs(0), (10, Sign::Answered), needs(600), needs(1_200), needs(9_000)];
    assert_eq!(signs(Trouble::NeedsPerson, None, &course), [0, 9_000]);
    let repeat = Some(Duration::from_mins(15));
    assert_eq!(signs(Trouble::NeedsPerson, repeat, &course), [0, 1_200, 9_000]);
    let silent = |seconds, since| (seconds, Sign::Silent(at(since)));
    let course = [silent(59, 0), silent(60, 0), silent(61, 0), silent(130, 100), silent(160, 100)];
    assert_eq!(signs(Trouble::NoPolls(Duration::from_mins(1)), None, &course), [60, 160]);
    let course = [(5, Sign::NotStored), needs(6)];
    assert_eq!(signs(Trouble::Storage, None, &course), [5]);
}

fn letter(number: u8, seconds: i64) -> Letter {
    Letter {
        alert: [number; 16],
        rule: 1,
        name: TextRef([0; 32]),
        occasion: Occasion::Live,
        space: None,
        user: None,
        at: at(seconds),
        figure: None,
        attempts: 0,
        next_at: at(seconds),
        is_dead: false,
    }
}

#[test]
fn an_alert_is_tried_again_later_each_time_and_given_up_in_the_end() {
    let (mut letter, mut now, mut waits) = (letter(200, 0), at(0), Vec::new());
    while !letter.is_dead {
        letter = failed(letter, now);
        waits.push(letter.next_at.since(now));
        now = letter.next_at;
    }
    assert_eq!(letter.attempts, ATTEMPTS_MAX);
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
    assert!(waits[0] >= 1_000 && waits.iter().all(|wait| *wait <= 450_000), "{waits:?}");
    let spread: Vec<i64> =
        [0, 90, 255].map(|number| failed(super::tests::letter(number, 0), at(0)).next_at.0).into();
    assert!(spread[0] < spread[1] && spread[1] < spread[2], "{spread:?}");
}

#[test]
fn a_way_out_that_is_closed_keeps_no_other_alert_waiting() {
    let stuck = Letter { attempts: 3, ..letter(1, 0) };
    let (fresh, later) = (letter(2, 5), letter(3, 99));
    assert_eq!(due(&[stuck, fresh, later], at(10)), Some(fresh));
    assert_eq!(due(&[stuck, later], at(10)), Some(stuck));
    assert_eq!(due(&[later], at(10)), None);
}

#[test]
fn an_alert_reads_like_this() {
    let message = |occasion, figure| Message {
        id: [171; 16],
        rule: "big rooms".to_owned(),
        occasion,
        is_test: false,
        is_simulated: false,
        at: Moment::parse("2026-11-23T18:42:30Z").unwrap(),
        space: Some("1YqKDqWqdPLxV".parse().unwrap()),
        title: Some("evil\u{202e}\u{1b}[31m\n\"title\"".to_owned()),
        user: Some((UserId(7), Some("nasa".to_owned()))),
        figure,
        doubts: None,
    };
    let big = message(Occasion::Participants, Some(1_204));
    let words = "step: from 240 to 1,204 from one look to the next (2026-11-23 18:42:30Z, seq 9)";
    let doubts = Some(vec![Doubting { rule: "step", words: words.to_owned() }]);
    let doubted = Message { doubts, ..big.clone() };
    let nobody =
        Message { space: None, title: None, user: None, ..message(Occasion::NoPolls, None) };
    let test = super::Message::test(&rule(When::Live), at(0));
    let made_up = Message { is_simulated: true, ..nobody.clone() };
    let mut told = Vec::new();
    for it in [
        big,
        doubted,
        message(Occasion::Growth, Some(51)),
        message(Occasion::Ended, None),
        nobody,
        test,
        made_up,
    ] {
        assert!(!it.line().contains(['\u{1b}', '\u{202e}', '\n']), "{}", it.line());
        assert!(serde_json::from_str::<serde_json::Value>(&it.json()).is_ok(), "{}", it.json());
        told.extend([it.line(), it.json()]);
    }
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("alert_messages", told.join("\n"));
    });
}
