//! Every operation of the disk fails once, or from then on for good.

use super::*;
use crate::store::faults::{Dice, Fault, Kept};

/// Polls of one run: enough to meet every kind of write that appending does.
const POLLS: u64 = 12;

/// Ends a run that never meets its fault any more.
const OPERATIONS_MAX: u64 = 400;

/// Returns a disk with a log of two polls, and the log.
fn begun() -> (FaultyDisk, Log) {
    let disk = FaultyDisk::default();
    let mut log = on(&disk).unwrap();
    append(&mut log, 0).unwrap();
    append(&mut log, 1).unwrap();
    (disk, log)
}

/// Appends as the monitor does: after a failure it opens the log again, and appends the same.
fn append_stubbornly(log: &mut Log, number: u64) {
    for _attempt in 0..4 {
        match append(log, number) {
            Ok(_) => return,
            Err(_failed) => while_failing(log),
        }
    }
    panic!("poll {number} cannot be appended");
}

fn while_failing(log: &mut Log) {
    let reopened = (0..4).any(|_attempt| log.reopen().is_ok());
    assert!(reopened, "the log cannot be reopened");
}

#[test]
fn whichever_operation_fails_once_no_poll_is_lost_and_none_is_doubled() {
    let mut met = 0;
    for failing in 1..OPERATIONS_MAX {
        let (disk, mut log) = begun();
        disk.break_it(Fault::Once(failing));
        (2..POLLS).for_each(|number| append_stubbornly(&mut log, number));
        if disk.operations() < failing {
            break;
        }
        met = failing;
        let acknowledged: Vec<u64> = (0..POLLS).collect();
        wrong(&log, &acknowledged).unwrap_or_else(|what| panic!("operation {failing}: {what}"));
        drop(log);
        let found = on(&disk).unwrap();
        wrong(&found, &acknowledged).unwrap_or_else(|what| panic!("operation {failing}: {what}"));
    }
    assert!((50..OPERATIONS_MAX - 1).contains(&met), "{met} operations failed");
}

#[test]
fn whichever_read_fails_once_no_poll_is_lost_and_none_is_doubled() {
    let acknowledged: Vec<u64> = (0..POLLS).collect();
    for failing in 1..OPERATIONS_MAX {
        let (disk, log) = begun();
        log.close().unwrap();
        disk.break_it(Fault::Read(failing));
        let Some(mut log) = (0..2).find_map(|_attempt| on(&disk).ok()) else {
            panic!("read {failing}: it does not open when the disk is well again");
        };
        (2..POLLS).for_each(|number| append_stubbornly(&mut log, number));
        if disk.reads() < failing {
            assert!(failing > 5, "only {failing} reads");
            return;
        }
        wrong(&log, &acknowledged).unwrap_or_else(|what| panic!("read {failing}: {what}"));
    }
}

#[test]
fn a_disk_that_is_full_takes_what_there_is_room_for_and_the_rest_when_there_is_more() {
    let (disk, log) = begun();
    let least = disk.pages();
    drop(log);
    let mut stuck = 0;
    for room in least.. {
        let (disk, mut log) = begun();
        disk.break_it(Fault::Full(room));
        let mut acknowledged = vec![0, 1];
        acknowledged.extend((2..POLLS).take_while(|number| append(&mut log, *number).is_ok()));
        let next = acknowledged.len() as u64;
        if next == POLLS && log.seal(1).is_ok() {
            break;
        }
        stuck += 1;
        // As the monitor does, over and over: nothing comes of it while there is no room.
        for _attempt in 0..3 {
            if log.reopen().is_ok() && next < POLLS && append(&mut log, next).is_ok() {
                acknowledged.push(next);
                break;
            }
        }
        disk.break_it(Fault::None);
        while_failing(&mut log);
        wrong(&log, &acknowledged).unwrap_or_else(|what| panic!("room {room}: {what}"));
        (0..POLLS).for_each(|number| append_stubbornly(&mut log, number));
        log.seal(1).unwrap();
        wrong(&log, &(0..POLLS).collect::<Vec<_>>())
            .unwrap_or_else(|what| panic!("room {room}: {what}"));
    }
    assert!(stuck > 5, "there was room for everything at once");
}

#[test]
fn a_disk_that_fails_for_good_keeps_what_was_acknowledged_and_takes_the_rest_when_it_is_mended() {
    let faults = [Fault::From as fn(u64) -> Fault, Fault::ShortFrom];
    for (failing, fault) in (1..OPERATIONS_MAX).flat_map(|it| faults.map(|fault| (it, fault))) {
        let (disk, mut log) = begun();
        disk.break_it(fault(failing));
        let stored = (2..POLLS).take_while(|number| append(&mut log, *number).is_ok()).count();
        if disk.operations() < failing {
            break;
        }
        let stored = 2 + u64::try_from(stored).unwrap();
        let acknowledged: Vec<u64> = (0..stored).collect();
        assert!(log.reopen().is_err() || append(&mut log, stored).is_err());
        disk.break_it(Fault::None);
        log.reopen().unwrap();
        wrong(&log, &acknowledged).unwrap_or_else(|what| panic!("operation {failing}: {what}"));
        (0..POLLS).for_each(|number| append_stubbornly(&mut log, number));
        wrong(&log, &(0..POLLS).collect::<Vec<_>>()).unwrap();
    }
}

#[test]
fn a_log_that_failed_serves_nothing_until_it_is_reopened_and_then_what_is_stored() {
    let (disk, mut log) = begun();
    let reader = log.reader();
    disk.break_it(Fault::Once(1));
    append(&mut log, 2).unwrap_err();
    log.reopen().unwrap();
    let seen = reader.batches(1, 9).unwrap().len();
    assert!((2..=3).contains(&seen), "a reader made before goes on reading: {seen}");
    append_stubbornly(&mut log, 2);
    wrong(&log, &[0, 1, 2]).unwrap();
    // What the failure left behind is no worse than a crash.
    let copy = on(&disk.crash(Kept::None, &mut Dice(1))).unwrap();
    wrong(&copy, &[0, 1, 2]).unwrap();
}
