//! The power fails at any moment, and any part of what was not synced is found on the disks of log
//! and views, on each another part.

mod folding;
mod story;
mod wounds;

use folding::VIEWS;
use story::{Digest, Promised, Story, open_log, recorded};

use crate::amounts;
use crate::event::Batch;
use crate::log::{Appended, Log, LogCheck};
use crate::store::faults::{Dice, FaultyDisk, Journal, Kept};
use crate::store::{Commit, Store};

const KINDS: [Kept; 5] = [Kept::None, Kept::All, Kept::Some, Kept::Some, Kept::Torn];

/// Images of one moment.
const IMAGES_EACH: u64 = 2;

/// Of so many images one is worked on with, which takes longer than looking at it.
const WORKED_ON: u64 = 8;

/// What was found after a crash.
struct Found {
    /// Batches in the log.
    batches: usize,
    /// Views that began anew.
    anew: usize,
}

/// Returns how many batches a log holds, all of them those of the story.
fn holds(story: &Story, log: &Log) -> Result<usize, String> {
    let mut check = LogCheck::new(log.reader());
    while check.step().map_err(|fault| format!("{fault}: {}", fault.source))? {}
    check.rows().map_err(|fault| format!("{fault}: {}", fault.source))?;
    if (check.seq(), check.chain()) != (log.head().seq, log.head().chain) {
        return Err("the check ends elsewhere than the log".to_owned());
    }
    let found = log.reader().batches(1, usize::MAX).map_err(|error| error.to_string())?;
    let mut sound = story.batches.iter().map(|batch| &**batch);
    let same = found.iter().all(|batch: &Batch| sound.next() == Some(batch));
    if same { Ok(found.len()) } else { Err("the log holds something else".to_owned()) }
}

/// Returns what stands beside the batches that does not go with them.
fn beside(story: &Story, log: &Log, batches: usize, promised: &Promised) -> Result<(), String> {
    let (known, notices) = story.known(batches);
    let found = log.known(&Story::wanted()).map_err(|error| error.to_string())?;
    if found.spaces != known.spaces {
        return Err("what is known is not that of the last batch".to_owned());
    }
    let open: usize = found.spaces.values().filter(|known| known.is_open()).count();
    let waiting = log.reader().outbox().map_err(|error| error.to_string())?;
    if waiting.iter().any(|(key, notice)| notices.get(key) != Some(notice)) {
        return Err("a notice waits that nobody told".to_owned());
    }
    let gone = notices.keys().filter(|key| waiting.iter().all(|(waits, _)| waits != *key));
    if gone.clone().any(|key| !promised.printing.contains(key)) {
        return Err("a notice is gone that nobody printed".to_owned());
    }
    if waiting.iter().any(|(key, _)| promised.printed.contains(key)) {
        return Err("a notice that was erased is back".to_owned());
    }
    match log.reader().open_spaces() {
        Ok(spaces) if spaces.len() == open => Ok(()),
        other => Err(format!("open Spaces: {other:?}, and not {open}")),
    }
}

/// Opens what a crash left, and holds it to what was promised.
fn look(story: &Story, image: &[FaultyDisk], promised: &Promised) -> Result<Found, String> {
    let log = open_log(&image[0]).map_err(|error| format!("the log does not open: {error}"))?;
    let batches = holds(story, &log)?;
    if !(promised.appended..=promised.begun).contains(&batches) {
        return Err(format!("{batches} batches of {}", promised.appended));
    }
    beside(story, &log, batches, promised)?;
    let mut anew = 0;
    for (number, open) in VIEWS.iter().enumerate() {
        let view = open(&image[number + 1], &log.reader());
        let mut view = view.map_err(|error| format!("view {number} does not open: {error}"))?;
        let seq = view.at().seq;
        if !(promised.flushed[number]..=log.head().seq).contains(&seq) {
            return Err(format!("view {number} is at {seq}, and was flushed further"));
        }
        anew += usize::from(seq == 0);
        let digest = view.digest().map_err(|error| error.to_string())?;
        if story.digests[number].get(&seq) != Some(&digest) {
            return Err(format!("view {number} is not the fold of the log to {seq}"));
        }
    }
    Ok(Found { batches, anew })
}

/// Works on with what a crash left: the poll in flight is appended again, the views catch up.
fn work_on(story: &Story, image: &[FaultyDisk]) -> Result<(), String> {
    let mut log = open_log(&image[0]).map_err(|error| error.to_string())?;
    let mut batches = holds(story, &log)?;
    for number in [batches - 1, batches].into_iter().filter(|it| *it < story.polls.len()) {
        let appended = log.append(&story.polls[number], recorded(number));
        match appended.map_err(|error| format!("it takes no poll: {error}"))? {
            Appended::Stored(_) => batches += 1,
            Appended::Duplicate(seq) if seq == story.batches[number].first_seq => {}
            Appended::Duplicate(seq) => return Err(format!("poll {number} is that of {seq}")),
        }
    }
    if holds(story, &log)? != batches {
        return Err("a poll that was appended is not there".to_owned());
    }
    catch_up(&log, image)?.iter().enumerate().try_for_each(|(number, digest)| {
        let expected = story.digests[number].get(&log.head().seq);
        if expected == Some(digest) { Ok(()) } else { Err(format!("view {number} went wrong")) }
    })
}

/// Opens every view, folds the log in to its end, and writes it.
fn catch_up(log: &Log, image: &[FaultyDisk]) -> Result<Vec<Digest>, String> {
    let digests = VIEWS.iter().zip(&image[1..]).map(|(open, disk)| {
        let mut view = open(disk, &log.reader())?;
        view.catch_up(&log.reader())?;
        view.flush()?;
        view.digest()
    });
    digests
        .collect::<Result<_, _>>()
        .map_err(|error: super::ProjectorError| format!("a view does not catch up: {error}"))
}

#[test]
fn a_crash_at_any_moment_leaves_every_acknowledged_poll_and_views_that_are_folds_of_the_log() {
    let (wanted, mut images, mut dice) = (amounts::CRASH_IMAGES.times(), 0, Dice(1));
    let mut in_flight = 0;
    for seed in 0.. {
        let story = Story::tell(seed);
        let mut replay = story.journal.replay(&Story::names());
        while replay.step() && images < wanted {
            let promised = story.promised(replay.moment());
            for _image in 0..IMAGES_EACH {
                images += 1;
                let image = replay.image(&KINDS, &mut dice);
                let found = look(&story, &image, &promised)
                    .unwrap_or_else(|what| panic!("{seed}, {}: {what}", replay.moment()));
                in_flight += usize::from(found.batches > promised.appended);
                if images % WORKED_ON == 0 {
                    work_on(&story, &image)
                        .unwrap_or_else(|what| panic!("{seed}, {}: {what}", replay.moment()));
                }
            }
        }
        if images >= wanted {
            break;
        }
    }
    assert!(in_flight > 0, "no poll was ever found that had not been acknowledged");
}

#[test]
fn a_crash_while_recovering_from_a_crash_does_no_more_harm() {
    let (wanted, mut images, mut dice) = (amounts::CRASHES_RECOVERING.times(), 0, Dice(2));
    for seed in 100.. {
        let story = Story::tell(seed);
        let mut replay = story.journal.replay(&Story::names());
        let stride = 2 + dice.below(5);
        while (0..stride).all(|_| replay.step()) && images < wanted {
            let promised = story.promised(replay.moment());
            let first = replay.image(&KINDS, &mut dice);
            let journal = Journal::default();
            for disk in &first {
                journal.attach(disk);
            }
            let log = open_log(&first[0]).unwrap();
            catch_up(&log, &first).unwrap();
            drop(log);
            let mut recovering = journal.replay(&Story::names());
            let stride = 1 + dice.below(journal.moment() as u64 / 4 + 1);
            while (0..stride).all(|_| recovering.step()) && images < wanted {
                images += 1;
                let second = recovering.image(&KINDS, &mut dice);
                look(&story, &second, &promised).unwrap_or_else(|what| {
                    panic!("{seed}, {}, {}: {what}", replay.moment(), recovering.moment())
                });
            }
        }
        if images >= wanted {
            break;
        }
    }
}

/// Plays a story on disks of which some only say that they synced; returns what was found wrong
/// with the images, and which views began anew where nothing was.
fn lied_to(seed: u64, liars: &[usize], every: u64) -> (Vec<String>, usize) {
    let (story, mut dice) = (Story::tell(seed), Dice(seed));
    let mut replay = story.journal.replay(&Story::names());
    for liar in liars {
        replay = replay.lie(*liar, every);
    }
    let (mut wrong, mut anew) = (Vec::new(), 0);
    while (0..5).all(|_| replay.step()) {
        let image = replay.image(&[Kept::None], &mut dice);
        match look(&story, &image, &story.promised(replay.moment())) {
            Ok(found) => anew += found.anew,
            Err(what) => wrong.push(what),
        }
    }
    (wrong, anew)
}

#[test]
fn the_harness_reports_disks_that_only_say_they_synced() {
    let all = Story::names();
    let (wrong, _) = lied_to(200, &all, 5);
    assert!(wrong.len() > 20, "every fifth sync was dropped: {wrong:?}");
    let (wrong, _) = lied_to(200, &[0], 5);
    assert!(wrong.iter().any(|what| what.contains("batches")), "{wrong:?}");
    let (wrong, _) = lied_to(200, &all[1..], 5);
    assert!(wrong.iter().any(|what| what.contains("flushed further")), "{wrong:?}");
    assert_eq!(lied_to(200, &[], 5).0, [""; 0], "and nothing where no disk lies");
}

#[test]
fn the_harness_reports_a_view_that_is_not_what_its_checkpoint_says() {
    let (story, mut dice) = (Story::tell(201), Dice(3));
    let mut replay = story.journal.replay(&Story::names());
    while replay.step() {}
    let promised = story.promised(replay.moment());
    for number in 1..=VIEWS.len() {
        let image = replay.image(&[Kept::All], &mut dice);
        look(&story, &image, &promised).unwrap();
        let disk = image[number].clone();
        let file = Store::on_reopenable(move || disk.clone(), 1 << 20).unwrap();
        // As a flush that writes a row and not its checkpoint.
        let put = file.write(Commit::Append, |write| write.table("rows")?.put(b"\0", b"more"));
        put.unwrap();
        file.close().unwrap();
        let said = look(&story, &image, &promised).err().unwrap();
        assert!(said.contains("is not the fold"), "{said}");
    }
}

#[test]
fn a_view_ahead_of_a_log_that_lost_its_end_is_folded_anew_and_never_wrong() {
    let (mut ahead, mut refused, mut images) = (0, 0, 0);
    for seed in 300..304 {
        let (story, mut dice) = (Story::tell(seed), Dice(seed));
        // The log's disk lies, and no other.
        let mut replay = story.journal.replay(&Story::names()).lie(0, 2);
        while (0..3).all(|_| replay.step()) {
            images += 1;
            let image = replay.image(&[Kept::None, Kept::Some], &mut dice);
            let Ok(log) = open_log(&image[0]) else {
                refused += 1;
                continue;
            };
            let Ok(batches) = holds(&story, &log) else {
                refused += 1;
                continue;
            };
            let promised = story.promised(replay.moment());
            for (number, open) in VIEWS.iter().enumerate() {
                let mut view = open(&image[number + 1], &log.reader()).unwrap();
                let seq = view.at().seq;
                assert!(seq <= log.head().seq, "view {number} is ahead of {batches} batches");
                ahead += u32::from(seq == 0 && promised.flushed[number] > log.head().seq);
                let expected = story.digests[number].get(&seq);
                assert_eq!(Some(&view.digest().unwrap()), expected, "view {number}, seed {seed}");
            }
            catch_up(&log, &image).unwrap();
        }
    }
    assert!(ahead > 20, "only {ahead} views of {images} images were ahead, {refused} refused");
}
