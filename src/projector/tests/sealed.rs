//! Views folded from segments are those folded batch by batch.

use super::*;

/// Random logs, and the batches of each.
const LOGS: u64 = 36;
const BATCHES: u64 = 90;

/// Returns what a view is when it is folded to `until` and from there to the end, flushed between.
fn folded<V: View>(reader: &Reader, until: u64) -> (Checkpoint, (u64, [u8; 32])) {
    let mut view = fresh::<V>(reader);
    while view.step(reader, until).unwrap() {}
    view.flush().unwrap();
    view.catch_up(reader).unwrap();
    (view.at(), view.digest().unwrap())
}

fn same<V: View>(plain: &Reader, sealed: &Reader, dice: &mut Dice) {
    let end = plain.head().unwrap().seq;
    let whole = folded::<V>(plain, end);
    assert_eq!(folded::<V>(sealed, end), whole, "{} from segments", V::NAME);
    let until = dice.below(end);
    assert_eq!(folded::<V>(sealed, until), whole, "{} by way of seq {until}", V::NAME);
}

#[test]
fn a_view_folded_from_segments_is_the_one_folded_batch_by_batch() {
    for seed in 0..LOGS {
        let (plain, _batches) = random_log(seed, BATCHES);
        let (mut sealed, mut dice) = (in_memory(), Dice(seed));
        // Sealed in pieces that take one another in, up to somewhere before the end.
        let until = dice.below(BATCHES + 1);
        let mut again = Dice(seed);
        for number in 0..BATCHES {
            let new = generated::batch(&mut again, seed, number);
            sealed.append(&new, new.observed_at).unwrap();
            if number + 1 == until || (number < until && dice.below(20) == 0) {
                sealed.seal(1).unwrap();
            }
        }
        let (plain, sealed) = (plain.reader(), sealed.reader());
        assert_eq!(plain.head().unwrap(), sealed.head().unwrap());
        same::<Spaces>(&plain, &sealed, &mut dice);
        same::<Curves>(&plain, &sealed, &mut dice);
        same::<People>(&plain, &sealed, &mut dice);
        same::<Keywords>(&plain, &sealed, &mut dice);
        same::<Polls>(&plain, &sealed, &mut dice);
    }
}
