//! Views whose fold fails, whose disk fails, and whose power fails.

use super::*;
use crate::event::Event;
use crate::event::codec::segment::Wanted;
use crate::store::faults::{Fault, FaultyDisk, Kept};
use crate::view::{Dirty, Disk, Place, ViewError};

/// A view that cannot fold what failed.
#[derive(Debug, Default)]
struct Picky(u64);

impl View for Picky {
    const NAME: &'static str = "picky";
    const VERSION: u32 = 1;
    const WANTED: Wanted = Wanted::Others;

    fn event(&mut self, _: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        if let Event::PollFailed(_) = event {
            return Err(ViewError::Damaged("made to fail".to_owned()));
        }
        self.0 = place.seq;
        Ok(())
    }

    fn dirty(&self) -> Dirty {
        vec![(b"n".to_vec(), Some(self.0.to_be_bytes().to_vec()))]
    }

    fn settled(&mut self) {}
}

/// Checks a view, and holds that nothing is left of the check.
fn checked<V: View>(view: &Handle<V>, reader: &Reader) -> ViewCheck {
    let home = tempfile::tempdir().unwrap();
    let check = view.check(home.path(), reader, &mut |_at, _end| true).unwrap().unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    check
}

/// Runs a projector over batches that are all there already.
fn carry<V: View>(
    view: &Handle<V>,
    reader: &Reader,
    batches: &[Arc<Batch>],
) -> Result<(), ProjectorError> {
    let (sender, receiver) = crossbeam_channel::bounded(batches.len().max(1));
    for batch in batches {
        sender.send(batch.clone()).unwrap();
    }
    drop(sender);
    run(view, &receiver, reader)
}

#[test]
fn a_projector_carries_every_batch_into_its_view_also_those_it_missed() {
    let (log, batches) = random_log(20, 60);
    let reader = log.reader();
    let view = Handle::new(fresh::<Spaces>(&reader));
    carry(&view, &reader, &batches[40..50]).unwrap();
    assert_eq!(view.lag().seq, log.head().seq);
    assert_eq!(checked(&view, &reader).difference, None);
}

#[test]
fn a_fold_that_fails_stops_that_view_says_so_and_leaves_the_others_alone() {
    let (log, batches) = random_log(21, 60);
    let reader = log.reader();
    let failing = batches.iter().find(|it| matches!(it.events[0], Event::PollFailed(_))).unwrap();
    let (picky, spaces) = (fresh::<Picky>(&reader), fresh::<Spaces>(&reader));
    let (picky, spaces) = (Handle::new(picky), Handle::new(spaces));
    let stopped = carry(&picky, &reader, &batches);
    // The loop waits on, in case the view is folded anew; at its end it says what stopped it.
    let seq = format!("seq {}", failing.first_seq);
    assert!(
        matches!(&stopped, Err(ProjectorError::Faulted { reason, .. }) if reason.contains(&seq)),
        "{stopped:?}"
    );
    let lag = picky.lag();
    assert_eq!(lag.seq, failing.first_seq - 1);
    assert!(lag.fault.unwrap().contains("made to fail"));
    // What it holds is no fold of the log any more; it answers nothing.
    assert!(matches!(picky.ask(|_, _| Ok(())), Err(ProjectorError::Faulted { .. })));
    carry(&spaces, &reader, &batches).unwrap();
    assert_eq!(spaces.lag(), Lag { view: "spaces", seq: log.head().seq, fault: None });
}

fn on<V: View>(disk: &FaultyDisk, reader: &Reader) -> Result<Projection<V>, ProjectorError> {
    let disk = disk.clone();
    Projection::on_reopenable(move || disk.clone(), reader)
}

#[test]
fn a_disk_that_is_full_for_a_while_stops_nothing_and_loses_nothing() {
    let (log, batches) = random_log(22, 40);
    let reader = log.reader();
    let disk = FaultyDisk::default();
    let view = Handle::new(on::<Spaces>(&disk, &reader).unwrap());
    let take = |batch: &Arc<Batch>| view.change(&reader, |it| it.take(batch));
    batches[..10].iter().for_each(|batch| assert!(take(batch).unwrap()));
    view.flush().unwrap();
    batches[10..20].iter().for_each(|batch| assert!(take(batch).unwrap()));
    disk.break_it(Fault::From(1));
    assert!(view.flush().is_err());
    assert!(view.lag().fault.is_some(), "it says that it cannot write");
    disk.break_it(Fault::None);
    // The file was closed by the failure: the next flush opens it, the one after writes.
    let flushed = (0..3).any(|_attempt| view.flush().is_ok());
    assert!(flushed && view.lag().fault.is_none());
    carry(&view, &reader, &batches[20..]).unwrap();
    assert_eq!(checked(&view, &reader).difference, None);
}

#[test]
fn a_crash_leaves_a_view_that_is_the_fold_of_the_log_to_its_checkpoint() {
    let (log, batches) = random_log(23, 30);
    let reader = log.reader();
    let begun = FaultyDisk::default();
    on::<Spaces>(&begun, &reader).unwrap().close().unwrap();
    let (mut dice, mut images) = (Dice(5), 0);
    for crash in 1..400 {
        let disk = begun.crash(Kept::All, &mut dice);
        let mut view = on::<Spaces>(&disk, &reader).unwrap();
        disk.break_it(Fault::From(crash));
        let mut flushed = 0;
        for some in batches.chunks(6) {
            let folded = some.iter().all(|batch| view.take(batch).is_ok());
            if !folded || view.flush().is_err() {
                break;
            }
            flushed = view.at().seq;
        }
        if disk.operations() < crash {
            break;
        }
        for kept in [Kept::None, Kept::All, Kept::Some, Kept::Torn] {
            images += 1;
            let image = disk.crash(kept, &mut dice);
            let mut found = on::<Spaces>(&image, &reader).unwrap();
            let at = found.at();
            assert!(at.seq >= flushed, "operation {crash}, {kept:?}: a flush was lost");
            let mut expected = fresh::<Spaces>(&reader);
            while expected.step(&reader, at.seq).unwrap() {}
            assert_eq!(found.digest().unwrap(), expected.digest().unwrap(), "{crash}, {kept:?}");
            found.catch_up(&reader).unwrap();
            assert_eq!((found.at(), found.digest().unwrap()), rebuilt::<Spaces>(&reader));
        }
    }
    assert!(images >= 80, "only {images} images");
}
