//! Where the time of a replay goes: its stages one by one, each over all segments.

use spacelog::clock::Stopwatch;
use spacelog::event::codec::segment::Segment;
use spacelog::log::Reader;

use crate::common::Outcome;
use crate::common::figures::{ROUNDS, alone, median, real};
use crate::fold::Replay;

const STAGES: [&str; 5] = [
    "reading the slices and their checksums",
    "opening: directory, names, heads",
    "runs: order, shapes, counts, changes",
    "folding the runs",
    "decoding the other events",
];

/// Prints the nanoseconds an observation of each stage.
pub fn print(reader: &Reader) -> Outcome<()> {
    let mut taken: [Vec<f64>; STAGES.len()] = Default::default();
    let mut observations = 0;
    for _ in 0..ROUNDS {
        let (sums, count) = once(reader)?;
        observations = count;
        taken.iter_mut().zip(sums).for_each(|(times, sum)| times.push(sum));
    }
    for (stage, times) in STAGES.iter().zip(&taken) {
        alone(&format!("ns an observation, {stage}"), median(times) * 1e9 / real(observations));
    }
    Ok(())
}

fn once(reader: &Reader) -> Outcome<([f64; STAGES.len()], u64)> {
    let (mut sums, mut observations) = ([0.0; STAGES.len()], 0);
    let mut replay = Replay::default();
    for row in reader.segments()? {
        observations += u64::from(row.observations);
        let mut watch = Stopwatch::start();
        let mut next = 0;
        let mut lap = || {
            sums[next] += watch.elapsed().as_secs_f64();
            (watch, next) = (Stopwatch::start(), next + 1);
        };
        let bytes = reader.segment(&row)?;
        lap();
        let segment = Segment::open(&bytes, row.first_seq)?;
        lap();
        let runs = segment.runs()?;
        lap();
        replay.observations(&runs, segment.heads());
        lap();
        let others = segment.others()?;
        lap();
        drop(others);
    }
    Ok((sums, observations))
}
