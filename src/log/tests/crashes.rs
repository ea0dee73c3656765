//! The power fails at every operation, and any part of what was not synced is on the disk.

use super::*;
use crate::store::faults::{Dice, Fault, Kept};

const POLLS: u64 = 9;

/// Where the power fails at the latest.
const OPERATIONS_MAX: u64 = 400;

const IMAGES: [Kept; 5] = [Kept::None, Kept::All, Kept::Some, Kept::Some, Kept::Torn];

/// Returns a disk with a log of two polls.
fn begun() -> FaultyDisk {
    let disk = FaultyDisk::default();
    let mut log = on(&disk).unwrap();
    append(&mut log, 0).unwrap();
    append(&mut log, 1).unwrap();
    log.close().unwrap();
    disk
}

/// Appends until the disk goes wrong as it is told; returns the log and the polls acknowledged.
fn work(disk: &FaultyDisk, fault: Fault) -> (Log, Vec<u64>) {
    let mut log = on(disk).unwrap();
    disk.break_it(fault);
    let mut acknowledged = vec![0, 1];
    acknowledged.extend((2..POLLS).take_while(|number| append(&mut log, *number).is_ok()));
    (log, acknowledged)
}

/// Opens what a crash left, checks it, and works on with it.
fn recover(image: &FaultyDisk, acknowledged: &[u64]) -> Result<(), String> {
    let mut log = on(image).map_err(|error| format!("it does not open: {error}"))?;
    wrong(&log, acknowledged)?;
    // The poll in flight is appended again; whether it was stored shows now.
    let next = acknowledged.len() as u64;
    append(&mut log, next).map_err(|error| format!("it takes no poll: {error}"))?;
    wrong(&log, &(0..=next).collect::<Vec<_>>())
}

#[test]
fn a_crash_at_any_operation_loses_no_acknowledged_poll() {
    let (mut dice, mut images) = (Dice(1), 0);
    for crash in 1..OPERATIONS_MAX {
        let disk = begun();
        let (log, acknowledged) = work(&disk, Fault::From(crash));
        if disk.operations() < crash {
            break;
        }
        for kept in IMAGES {
            let image = disk.crash(kept, &mut dice);
            images += 1;
            recover(&image, &acknowledged)
                .unwrap_or_else(|what| panic!("operation {crash}, {kept:?}: {what}"));
        }
        drop(log);
    }
    assert!(images >= 200, "only {images} images");
}

#[test]
fn a_crash_while_recovering_from_a_crash_loses_no_acknowledged_poll_either() {
    let (mut dice, mut broken_off) = (Dice(2), 0);
    for crash in (1..OPERATIONS_MAX).step_by(3) {
        let disk = begun();
        let (log, acknowledged) = work(&disk, Fault::From(crash));
        if disk.operations() < crash {
            break;
        }
        let first = disk.crash(Kept::Some, &mut dice);
        drop(log);
        first.break_it(Fault::From(1 + dice.below(6)));
        let recovering = on(&first);
        broken_off += u32::from(recovering.is_err());
        let second = first.crash(Kept::Some, &mut dice);
        drop(recovering);
        recover(&second, &acknowledged).unwrap_or_else(|what| panic!("operation {crash}: {what}"));
    }
    assert!(broken_off > 0, "no recovery was ever broken off");
}

#[test]
fn the_harness_reports_a_disk_that_only_says_it_synced() {
    let mut dice = Dice(3);
    let reported = (2..POLLS).filter(|last| {
        let disk = begun();
        let mut log = on(&disk).unwrap();
        disk.break_it(Fault::DropsSync(1));
        let acknowledged: Vec<u64> = (0..=*last).collect();
        (2..=*last).for_each(|number| assert!(append(&mut log, number).is_ok()));
        recover(&disk.crash(Kept::None, &mut dice), &acknowledged).is_err()
    });
    assert_eq!(reported.count() as u64, POLLS - 2, "a lying disk went unnoticed");
    let disk = begun();
    let mut log = on(&disk).unwrap();
    disk.break_it(Fault::DropsSync(5));
    let mut failures = 0;
    for number in 2..40 {
        append(&mut log, number).unwrap();
        let acknowledged: Vec<u64> = (0..=number).collect();
        let found = recover(&disk.crash(Kept::None, &mut dice), &acknowledged);
        failures += u32::from(found.is_err());
    }
    assert!(failures > 0, "every fifth sync was dropped, and nobody noticed");
}

#[test]
fn a_flipped_bit_of_the_file_never_shows_a_wrong_event() {
    let disk = begun();
    let (log, acknowledged) = work(&disk, Fault::None);
    let sound = all(&log).unwrap();
    drop(log);
    let (mut dice, mut noticed) = (Dice(4), 0);
    for _flip in 0..400 {
        let image = disk.crash(Kept::All, &mut dice);
        let at = usize::try_from(dice.below(image.size() as u64)).unwrap();
        image.flip(at, u32::try_from(dice.below(8)).unwrap());
        let Ok(log) = on(&image) else {
            noticed += 1;
            continue;
        };
        noticed += u32::from(wrong(&log, &acknowledged).is_err());
        // What is read in steps, as a question does, is what was written or an error.
        for seq in 1..=sound.last().unwrap().last_seq() {
            if let Ok(found) = log.reader().batches(seq, 1) {
                let written = sound.iter().find(|batch| batch.last_seq() >= seq);
                assert!(found.first() == written || found.is_empty(), "byte {at}, seq {seq}");
            }
        }
    }
    assert!(noticed > 0, "no flipped bit was ever noticed");
}
