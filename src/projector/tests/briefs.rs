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
fn short_forms_follow_a_segment_that_is_folded_in_after_somebody_asked() {
    for seed in 0..LOGS {
        let (mut log, batches) = random_log(seed, BATCHES);
        let reader = log.reader();
        let mut view = fresh::<Spaces>(&reader);
        assert!(view.take(&batches[0]).unwrap());
        compare(&view);
        log.seal(1).unwrap();
        view.catch_up(&reader).unwrap();
        compare(&view);
    }
}
