//! Clocks that are put forward and back, and machines that sleep: the log's order holds, nothing
//! is asked in a burst, and the log says what happened.

use std::sync::Mutex;

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::event::Event;

/// X's windows, and the requests in one.
const WINDOW: Duration = Duration::from_mins(15);
const LIMIT: u64 = 60;

const HOUR: Duration = Duration::from_hours(1);

/// What happens to the monitor's clock.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Somebody moves it; X's time goes on as it was.
    Moved(TimeDelta),
    /// The machine sleeps: time goes on everywhere but in its steady clock.
    Slept(TimeDelta),
}

/// X: its windows by its own time, one live Space.
struct X {
    clock: Clock,
    /// How much more of its time has passed than of the monitor's steady clock.
    slept: Arc<Mutex<TimeDelta>>,
    windows: Mutex<BTreeMap<String, (i64, u64)>>,
    refused: Arc<Mutex<u64>>,
}

impl X {
    fn answer(&self, target: &str) -> RawReply {
        let path = target.split('?').next().unwrap().to_owned();
        let elapsed = i64::try_from(self.clock.elapsed().as_millis()).unwrap();
        let now = NOON.0 + elapsed + self.slept.lock().unwrap().num_milliseconds();
        let mut windows = self.windows.lock().unwrap();
        let length = i64::try_from(WINDOW.as_millis()).unwrap();
        let window = windows.entry(path).or_insert((now + length, 0));
        if now >= window.0 {
            *window = (now + length, 0);
        }
        let refused = window.1 >= LIMIT;
        window.1 += 1;
        *self.refused.lock().unwrap() += u64::from(refused);
        let body = json!({"data": [{"id": "1live", "state": "live", "participant_count": 5}],
            "meta": {"result_count": 1}});
        RawReply {
            status: if refused { 429 } else { 200 },
            limit: Some(LIMIT),
            remaining: Some(LIMIT.saturating_sub(window.1)),
            reset: Some(window.0.div_euclid(1_000) + 1),
            retry_after: None,
            date: None,
            body: body.to_string().into_bytes(),
        }
    }
}

/// Lives for two hours before these steps, an hour after each.
fn stepped(steps: &[Step]) {
    let clock = Clock::held(NOON.to_utc());
    let (slept, refused) = (Arc::new(Mutex::new(TimeDelta::zero())), Arc::default());
    let x = X {
        clock: clock.clone(),
        slept: slept.clone(),
        windows: Mutex::default(),
        refused: Arc::clone(&refused),
    };
    let life = Life {
        clock,
        queries: vec!["coast".to_owned()],
        interval: Duration::from_secs(30),
        seed: 1,
        answering: Box::new(move |target| Ok(x.answer(target))),
    };
    let mut coming = steps.iter().enumerate();
    let mut next = coming.next();
    let at = |number: usize| HOUR * (2 + u32::try_from(number).unwrap());
    let lived = life.live(at(steps.len()), |clock| {
        let Some((_, step)) = next.filter(|(number, _)| clock.elapsed() >= at(*number)) else {
            return;
        };
        match step {
            Step::Moved(by) => clock.step(*by),
            Step::Slept(by) => {
                *slept.lock().unwrap() += *by;
                clock.step(*by);
            }
        }
        next = coming.next();
    });
    assert!(next.is_none(), "{steps:?}: not all were taken");
    // That seqs follow on each other and recorded times never go back, `sound` holds.
    sound(&lived.log);
    assert_eq!(*refused.lock().unwrap(), 0, "{steps:?}: X had to refuse");
    for (path, asked) in &*lived.asked.lock().unwrap() {
        let most = most_in(asked, WINDOW, Duration::ZERO) as u64;
        assert!(most <= LIMIT, "{steps:?}: {most} requests of {path} in a window");
        let closest =
            asked.windows(2).map(|pair| pair[1].checked_sub(pair[0]).unwrap()).min().unwrap();
        assert!(closest >= Duration::from_secs(1), "{steps:?}: {path} twice within {closest:?}");
        for hour in 0..2 + steps.len() {
            // By a clock that went wrong X's resets are far ahead, and windows seem long: it is asked
            // less often then, and never not at all.
            let least = if hour < 2 { 50 } else { 1 };
            let hour = HOUR * u32::try_from(hour).unwrap()..HOUR * u32::try_from(hour + 1).unwrap();
            let count = asked.iter().filter(|at| hour.contains(at)).count();
            assert!(count >= least, "{steps:?}: {count} requests of {path} in {hour:?}");
        }
    }
    let batches = lived.log.reader().batches(1, usize::MAX).unwrap();
    let noted: Vec<i64> = batches
        .iter()
        .flat_map(|batch| &batch.events)
        .filter_map(|event| match event {
            Event::ClockStepped { by_ms } => Some(*by_ms),
            _ => None,
        })
        .collect();
    let expected = steps.iter().map(|(Step::Moved(by) | Step::Slept(by))| by.num_milliseconds());
    assert_eq!(noted, expected.collect::<Vec<_>>(), "what the log says of the clock");
}

#[test]
fn a_clock_that_is_put_forward_or_back_disorders_nothing_and_brings_no_burst() {
    let (hour, years) = (TimeDelta::hours(1), TimeDelta::days(3_652));
    for steps in [
        vec![Step::Moved(hour)],
        vec![Step::Moved(-hour)],
        vec![Step::Moved(hour), Step::Moved(-hour)],
        vec![Step::Moved(-hour), Step::Moved(hour)],
        vec![Step::Moved(years)],
        vec![Step::Moved(years), Step::Moved(-years)],
    ] {
        stepped(&steps);
    }
}

#[test]
fn a_machine_that_slept_for_eight_hours_goes_on_without_a_burst() {
    let night = TimeDelta::hours(8);
    stepped(&[Step::Slept(night)]);
    stepped(&[Step::Slept(night), Step::Moved(TimeDelta::hours(-1)), Step::Slept(night)]);
}
