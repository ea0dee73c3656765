//! Views folded by several threads: none waits for one that failed, and none stands before all are
//! folded.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::super::Views;
use super::super::tests::{in_memory, random_log};
use super::*;

/// What goes wrong at its third step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Harm {
    Nothing,
    Refusal,
    Panic,
}

/// A view of ten steps that folds nothing.
struct Hollow {
    name: &'static str,
    seq: u64,
    harm: Harm,
    stands: Arc<AtomicBool>,
}

impl Making for Hollow {
    fn name(&self) -> &'static str {
        self.name
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn wanted(&self) -> Wanted {
        Wanted::Others
    }

    fn step(&mut self, _reader: &Reader) -> Result<bool, ProjectorError> {
        self.seq += 1;
        match self.harm {
            Harm::Refusal if self.seq == 3 => {
                let reason = "it was refused".to_owned();
                Err(ProjectorError::Faulted { view: self.name, reason })
            }
            Harm::Panic if self.seq == 3 => panic!("on purpose"),
            _ => Ok(self.seq < 10),
        }
    }

    fn built(&mut self) -> Result<(), ProjectorError> {
        Ok(())
    }

    fn finish(self: Box<Self>, _reader: &Reader) -> Result<(), ProjectorError> {
        self.stands.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Folds two hollow views on two threads; returns how many threads broke down, whether any view
/// stands, and what came of it.
fn outcome(harm: Harm) -> (usize, bool, Result<(), String>) {
    let stands: Arc<AtomicBool> = Arc::default();
    let hollow = |name, harm| -> Box<dyn Making> {
        Box::new(Hollow { name, seq: 0, harm, stands: stands.clone() })
    };
    let making = vec![hollow("one", Harm::Nothing), hollow("other", harm)];
    let together = Together::new(making, &in_memory().reader(), 10);
    let broken = thread::scope(|scope| {
        let threads = [0; 2].map(|_| scope.spawn(|| together.work(&mut |_, _, _| true)));
        threads.into_iter().filter_map(|thread| thread.join().err()).count()
    });
    let outcome = together.outcome().map_err(|error| error.to_string());
    (broken, stands.load(Ordering::Relaxed), outcome)
}

#[test]
fn a_thread_that_breaks_down_keeps_nobody_waiting_and_no_view_stands() {
    let (broken, stands, outcome) = outcome(Harm::Panic);
    assert_eq!((broken, stands), (1, false));
    assert!(outcome.unwrap_err().contains("the rebuild broke down"));
}

#[test]
fn a_view_that_cannot_be_folded_is_told_of_and_no_other_stands() {
    let (broken, stands, outcome) = outcome(Harm::Refusal);
    assert_eq!((broken, stands), (0, false));
    assert!(outcome.unwrap_err().contains("it was refused"));
    assert_eq!(self::outcome(Harm::Nothing), (0, true, Ok(())));
}

#[test]
fn views_that_several_threads_fold_anew_are_those_that_one_folds() {
    for (seed, hands) in [(41, 1), (42, 2), (43, 3), (44, 8)] {
        let (mut log, _batches) = random_log(seed, 700);
        while log.seal(60).unwrap() > 0 {}
        let reader = log.reader();
        let home = tempfile::tempdir().unwrap();
        let views = Views::open(home.path(), &reader).unwrap();
        let rebuild = views.begin_rebuild(&super::super::NAMES, &reader).unwrap().unwrap();
        thread::scope(|scope| {
            for _ in 0..hands {
                scope.spawn(|| rebuild.work(&mut |_, _, _| true));
            }
        });
        rebuild.outcome().unwrap();
        drop(rebuild);
        assert!(views.lags().iter().all(|lag| lag.seq == log.head().seq), "{hands} threads");
        let checks = views.check(&reader, &|| (), &mut |_, _, _| true).unwrap().unwrap();
        let differences: Vec<_> = checks.iter().filter_map(|it| it.difference.as_ref()).collect();
        assert!(differences.is_empty(), "{hands} threads: {differences:?}");
        views.close().unwrap();
    }
}
