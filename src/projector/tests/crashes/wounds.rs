//! Bytes that changed on the disk behind everybody's back: none is ever shown as something that
//! was not said.

use super::folding::FILES;
use super::*;
use crate::store::faults::PAGE;

/// What happened to a file.
#[derive(Clone, Copy, Debug)]
enum Wound {
    Bit,
    ZeroedPage,
    SwappedPages,
    Cut,
}

const WOUNDS: [Wound; 4] = [Wound::Bit, Wound::ZeroedPage, Wound::SwappedPages, Wound::Cut];

fn place(dice: &mut Dice, end: usize) -> usize {
    usize::try_from(dice.below(end.max(1) as u64)).unwrap()
}

fn inflict(wound: Wound, disk: &FaultyDisk, dice: &mut Dice) {
    disk.wound(|bytes| {
        // What was never written is all zeros, and nothing there can be hurt.
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        let pages = used.div_ceil(PAGE);
        let length = bytes.len();
        let span = |page: usize| page * PAGE..((page + 1) * PAGE).min(length);
        match wound {
            Wound::Bit => bytes[place(dice, used)] ^= 1 << dice.below(8),
            Wound::ZeroedPage => bytes[span(place(dice, pages))].fill(0),
            Wound::SwappedPages => {
                let (one, other) = (span(place(dice, pages)), span(place(dice, pages)));
                let (first, second) = (bytes[one.clone()].to_vec(), bytes[other.clone()].to_vec());
                let short = first.len().min(second.len());
                bytes[one.start..one.start + short].copy_from_slice(&second[..short]);
                bytes[other.start..other.start + short].copy_from_slice(&first[..short]);
            }
            Wound::Cut => bytes.truncate(place(dice, used)),
        }
    });
}

/// Returns the files of a story at its end, with a sealed part and a tail.
fn whole() -> (Story, Vec<FaultyDisk>) {
    (400..10_000)
        .map(|seed| {
            let story = Story::tell(seed);
            let mut replay = story.journal.replay(&Story::names());
            while replay.step() {}
            let image = replay.image(&[Kept::All], &mut Dice(1));
            (story, image)
        })
        .find(|(story, image)| {
            let log = open_log(&image[0]).unwrap();
            let sealed: u32 = log.reader().segments().unwrap().iter().map(|it| it.batches).sum();
            let batches = u32::try_from(story.batches.len()).unwrap();
            (8..batches - 4).contains(&sealed)
        })
        .unwrap()
}

/// Copies a disk.
fn copy(disk: &FaultyDisk) -> FaultyDisk {
    FaultyDisk::holding(disk.bytes())
}

/// Whether a batch says what was said, and nothing else. A text whose key was hit is absent, as one
/// that was forgotten.
fn same(found: &Batch, sound: &Batch) -> bool {
    let bare = |batch: &Batch| Batch { texts: std::collections::BTreeMap::new(), ..batch.clone() };
    let texts = found.texts.iter().all(|(key, text)| sound.texts.get(key) == Some(text));
    texts && bare(found) == bare(sound)
}

/// Reads a log in every way, and returns whether anything was noticed.
fn read_all(story: &Story, log: &Log, what: &str) -> bool {
    let (reader, batches) = (log.reader(), &story.batches);
    let mut noticed = false;
    for sound in batches {
        match reader.batches(sound.last_seq(), 1) {
            Ok(found) => {
                noticed |= found.is_empty();
                assert!(found.iter().all(|it| same(it, sound)), "{what}: {found:?}");
            }
            Err(_refused) => noticed = true,
        }
        for reference in sound.texts.keys() {
            match reader.text(reference) {
                Ok(Some(text)) => assert_eq!(Some(&text), sound.texts.get(reference), "{what}"),
                Ok(None) | Err(_) => noticed = true,
            }
        }
    }
    match reader.head() {
        Ok(head) => {
            let sound =
                batches.iter().any(|it| (it.last_seq(), it.chain) == (head.seq, head.chain));
            assert!(sound || head.seq == 0, "{what}: {head:?}");
        }
        Err(_refused) => noticed = true,
    }
    let (rows_known, outbox) = story.known(batches.len());
    if let Ok(found) = log.known(&Story::wanted()) {
        let mut rows = found.spaces.iter();
        let sound = rows.all(|(id, row)| rows_known.spaces.get(id) == Some(row));
        assert!(sound, "{what}: a row of what is known");
    }
    if let Ok(waiting) = reader.outbox() {
        let sound = waiting.iter().all(|(_, notice)| outbox.values().any(|it| it == notice));
        assert!(sound, "{what}: a notice");
    }
    for moment in [recorded(0), recorded(9)] {
        if let Ok(seq) = reader.seq_at(moment) {
            noticed |= !batches.iter().any(|batch| batch.first_seq == seq);
        }
    }
    noticed
}

#[test]
fn whatever_happens_to_the_bytes_of_a_log_no_wrong_event_is_shown() {
    let (story, image) = whole();
    let head = story.batches.last().unwrap().last_seq();
    for wound in WOUNDS {
        let (mut dice, mut refused, mut found) = (Dice(wound as u64), 0_u32, 0_u32);
        for number in 0..amounts::WOUNDS.times() {
            let disk = copy(&image[0]);
            inflict(wound, &disk, &mut dice);
            let what = format!("{wound:?} {number}");
            let opened = disk.clone();
            let Ok(log) = Log::open_on(move || opened.clone()) else {
                refused += 1;
                continue;
            };
            let noticed = read_all(&story, &log, &what);
            let mut check = LogCheck::new(log.reader());
            let fault = loop {
                match check.step() {
                    Ok(true) => {}
                    Ok(false) => break check.rows().err(),
                    Err(fault) => break Some(fault),
                }
            };
            match fault {
                Some(fault) => {
                    found += 1;
                    assert!((1..=head + 1).contains(&fault.seq), "{what}: {fault}");
                    let before = story.batches.iter().filter(|it| it.last_seq() < fault.seq);
                    for batch in before {
                        let seen = log.reader().batches(batch.first_seq, 1);
                        assert!(seen.is_ok(), "{what}: {} of {fault}", batch.first_seq);
                    }
                }
                None => assert!(
                    check.seq() == head && !noticed,
                    "{what}: {} of {head} hold, and something is gone that nobody knows",
                    check.seq()
                ),
            }
            drop(check);
            log.abandon();
        }
        assert!(refused + found > 0, "no {wound:?} was ever noticed");
    }
}

#[test]
fn whatever_happens_to_the_bytes_of_a_view_no_wrong_row_is_shown() {
    let (story, image) = whole();
    let log = open_log(&image[0]).unwrap();
    let (reader, head) = (log.reader(), log.head().seq);
    // In memory where there is such a folder: nothing here depends on the disk.
    let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut noticed = [0; WOUNDS.len()];
    for (number, view) in FILES.iter().enumerate() {
        let path = (view.path)(home.path());
        let open = |disk: &FaultyDisk| {
            std::fs::write(&path, disk.bytes()).unwrap();
            (view.open)(home.path(), &reader).unwrap()
        };
        let mut whole = open(&image[number + 1]);
        whole.catch_up(&reader).unwrap();
        let sound = whole.shown().unwrap();
        whole.close().unwrap();
        // One that has more to fold, and one that has not.
        let files = [copy(&image[number + 1]), FaultyDisk::holding(std::fs::read(&path).unwrap())];
        for (kind, wound) in WOUNDS.into_iter().enumerate() {
            let mut dice = Dice(wound as u64);
            for turn in 0..amounts::WOUNDS.times().div_ceil(VIEWS.len() as u64) {
                let what = format!("{wound:?} {turn} of view {number}");
                let has_more = turn.is_multiple_of(2);
                let disk = copy(&files[usize::from(!has_more)]);
                inflict(wound, &disk, &mut dice);
                // As any command finds it: what is no view of this log is folded anew.
                let mut opened = open(&disk);
                let anew = opened.at().seq == 0;
                match opened.catch_up(&reader).and_then(|()| opened.shown()) {
                    Ok(shown) => {
                        assert_eq!(opened.at().seq, head, "{what}");
                        // An older copy of a page is as sound as the one whose place it took, and
                        // so are its rows; only `verify` tells.
                        let older = matches!(wound, Wound::SwappedPages) && !anew;
                        let wrong = shown.iter().find(|row| !sound.contains(row));
                        assert!(wrong.is_none() || older, "{what}: {wrong:?}");
                        let lost = shown.len() < sound.len() || wrong.is_some();
                        assert!(!lost || older || !has_more, "{what}: folded on, and not whole");
                        // A row that is gone is no wrong row; `verify` says that it is gone.
                        let equal = has_more && !lost
                            || !has_more
                                && opened.digest().ok().as_ref()
                                    == story.digests[number].get(&head);
                        assert!(!(lost && equal), "{what}: rows are gone, and nobody knows");
                        noticed[kind] += usize::from(anew || !equal);
                    }
                    Err(_damaged) => noticed[kind] += 1,
                }
                opened.abandon();
            }
        }
    }
    assert!(noticed.iter().all(|noticed| *noticed > 0), "{noticed:?} wounds of a kind noticed");
}
