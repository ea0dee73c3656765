//! How fast a tail is sealed, and where the time goes.

use std::path::Path;

use spacelog::clock::Stopwatch;
use spacelog::event::codec::segment::{self, Row, Segment};
use spacelog::event::{Batch, codec};
use spacelog::log::{Log, Reader, SEAL_BATCHES};

use crate::common::figures::{alone, head, real, row};
use crate::common::{Outcome, world_log};

/// How segments compress columns; the peer of the same level compresses batches as they are.
const LEVEL: i32 = 12;

/// Seconds of each step, and what came of it.
#[derive(Default)]
struct Taken {
    draft: f64,
    swap: f64,
    pack: f64,
    unpack: f64,
    zstd: f64,
    zstd_bytes: u64,
}

pub fn print(unsealed: &Path) -> Outcome<()> {
    let (place, path) = world_log::copied(unsealed)?;
    let mut log = Log::open(&path)?;
    let reader = log.reader();
    let mut taken = Taken::default();
    loop {
        let watch = Stopwatch::start();
        let draft = reader.draft(SEAL_BATCHES)?;
        taken.draft += watch.elapsed().as_secs_f64();
        let Some(draft) = draft else { break };
        let watch = Stopwatch::start();
        if !log.swap(&draft)? {
            return Err("a draft that nobody disturbed was not swapped in".into());
        }
        taken.swap += watch.elapsed().as_secs_f64();
    }
    let rows = reader.segments()?;
    rows.iter().try_for_each(|row| steps(&reader, row, &mut taken))?;
    let observations = real(rows.iter().map(|row| u64::from(row.observations)).sum());
    let bytes = real(rows.iter().map(|row| row.bytes).sum());
    head(&format!(
        "{observations} observations in {} events sealed into {} segments; thousand observations \
         a second",
        log.head().seq,
        rows.len()
    ));
    let rate = |seconds: f64| observations / seconds / 1e3;
    let zstd = "zstd of the batches as they are";
    row("read, packed, compared, swapped", rate(taken.draft + taken.swap), zstd, rate(taken.zstd));
    alone("of these, packed", rate(taken.pack));
    alone("of these, unpacked and compared", rate(taken.unpack));
    alone("of these, swapped", rate(taken.swap));
    row("bytes an observation", bytes / observations, zstd, real(taken.zstd_bytes) / observations);
    drop((reader, log));
    Ok(place.close()?)
}

/// Does what a draft does once more, step by step.
fn steps(reader: &Reader, row: &Row, taken: &mut Taken) -> Outcome<()> {
    let mut batches = reader.batches(row.first_seq, row.batches as usize)?;
    for batch in &mut batches {
        batch.texts.clear();
    }
    let watch = Stopwatch::start();
    let bytes = segment::pack(&batches);
    taken.pack += watch.elapsed().as_secs_f64();
    let watch = Stopwatch::start();
    let unpacked = Segment::open(&bytes, row.first_seq)?.unpack(row.before)?;
    for (number, batch) in batches.iter().enumerate() {
        if unpacked.batch(number)?.as_ref() != Some(batch) {
            return Err(format!("the batch of seq {} comes out as another", batch.first_seq).into());
        }
    }
    taken.unpack += watch.elapsed().as_secs_f64();
    let canonical: Vec<u8> = batches.iter().flat_map(|it: &Batch| codec::canonical(it)).collect();
    let watch = Stopwatch::start();
    taken.zstd_bytes += zstd::bulk::compress(&canonical, LEVEL)?.len() as u64;
    taken.zstd += watch.elapsed().as_secs_f64();
    Ok(())
}
