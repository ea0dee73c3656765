//! Short forms of Spaces are those of their rows, however these came about.

use super::*;
use crate::view::SpaceBrief;

/// Random logs, and the batches of each.
const LOGS: u64 = 24;
const BATCHES: u64 = 60;

/// Asks for every short form, and holds each against its row.
fn compare(view: &Projection<Spaces>) {
    let (of_rows, briefs) = view
        .ask(|spaces, disk| {
            let (mut of_rows, mut briefs) = (Vec::new(), Vec::new());
            spaces.each(disk, |id, row| {
                of_rows.push((id, SpaceBrief::of(row)));
                Ok(true)
            })?;
            spaces.each_brief(disk, |id, brief| briefs.push((id, brief.clone())))?;
            Ok((of_rows, briefs))
        })
        .unwrap();
    assert_eq!(briefs, of_rows);
}

#[test]
fn short_forms_are_those_of_the_rows_whenever_somebody_asks() {
    let mut spaces = 0;
    for seed in 0..LOGS {
        let (log, batches) = random_log(seed, BATCHES);
        let (mut view, mut dice) = (fresh::<Spaces>(&log.reader()), Dice(seed ^ 0xb1));
        for batch in &batches {
            assert!(view.take(batch).unwrap());
            if dice.below(4) == 0 {
                view.flush().unwrap();
            }
            if dice.below(3) == 0 {
                compare(&view);
            }
        }
        view.flush().unwrap();
        compare(&view);
        view.ask(|view, disk| view.each_brief(disk, |_id, _brief| spaces += 1)).unwrap();
    }
    assert!(spaces > LOGS, "{spaces}");
}

#[test]
fn short_forms_follow_segments_that_are_folded_in_after_somebody_asked() {
    for seed in 0..LOGS {
        let (mut log, mut dice) = (in_memory(), Dice(seed));
        let reader = log.reader();
        let mut view = fresh::<Spaces>(&reader);
        for number in 0..BATCHES {
            let new = generated::batch(&mut dice, seed, number);
            log.append(&new, new.observed_at).unwrap();
            if number % 20 == 19 {
                log.seal(1).unwrap();
                // A segment the view stands before is folded in as one.
                compare(&view);
                view.catch_up(&reader).unwrap();
                compare(&view);
            }
        }
    }
}
