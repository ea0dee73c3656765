//! The observations of a log one by one, in its order: what the peers are filled with.

use std::io;

use spacelog::event::codec::segment::{Runs, Segment};
use spacelog::log::Reader;
use spacelog::space::{Moment, SpaceId, SpaceState};

use super::Outcome;

/// An observation of a Space, as far as the peers keep it.
pub struct Observed {
    pub space: SpaceId,
    pub at: Moment,
    pub state: Option<SpaceState>,
    pub participants: Option<u64>,
}

/// Hands out every sealed observation, in the order of the log.
pub fn each(reader: &Reader, each: &mut dyn FnMut(&Observed) -> Outcome<()>) -> Outcome<()> {
    for row in reader.segments()? {
        let bytes = reader.segment(&row)?;
        let segment = Segment::open(&bytes, row.first_seq)?;
        let runs = segment.runs()?;
        let mut found = of(&runs, &segment);
        found.sort_unstable_by_key(|(offset, _)| *offset);
        found.iter().try_for_each(|(_, observed)| each(observed))?;
    }
    Ok(())
}

/// Returns the observations of a segment with how far each is from its first event.
fn of(runs: &Runs, segment: &Segment) -> Vec<(u32, Observed)> {
    let mut found = Vec::new();
    for run in runs.iter() {
        for (number, (batch, offset)) in run.places.iter().enumerate() {
            let observed = Observed {
                space: run.space,
                at: segment.heads()[*batch as usize].observed_at,
                state: run.state(number),
                participants: run.participants(number),
            };
            found.push((*offset, observed));
        }
    }
    found
}

/// Writes them as lines of CSV with a header.
pub fn write_csv(reader: &Reader, mut out: impl io::Write) -> Outcome<()> {
    writeln!(out, "space_id,observed_at,state,participants")?;
    each(reader, &mut |it| {
        write!(out, "{},{},", it.space, it.at.0)?;
        if let Some(state) = &it.state {
            write!(out, "{}", state.word())?;
        }
        out.write_all(b",")?;
        if let Some(count) = it.participants {
            write!(out, "{count}")?;
        }
        Ok(out.write_all(b"\n")?)
    })?;
    Ok(out.flush()?)
}
