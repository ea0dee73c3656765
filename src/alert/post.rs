//! When an alert on its way is tried, and when it is given up.

use crate::event::Letter;
use crate::space::Moment;

/// So many alerts wait at most; while there are so many, rules wait too, and look on from where
/// they were when there is room.
pub const LETTERS_MAX: usize = 1_024;

/// So often an alert is tried before it is given up, which takes some ten minutes.
pub const ATTEMPTS_MAX: u32 = 10;

/// The wait after the first attempt, in milliseconds; it doubles with each.
const FIRST_WAIT_MS: i64 = 1_000;

/// The longest wait, in milliseconds.
const WAIT_MAX_MS: i64 = 300_000;

/// Returns the alert to be tried now: of those that are due, the one that was tried least, so that
/// a way out that is closed keeps no other waiting.
pub fn due(letters: &[Letter], now: Moment) -> Option<Letter> {
    let due = letters.iter().filter(|it| it.next_at <= now);
    due.min_by_key(|it| (it.attempts, it.at, it.alert)).copied()
}

/// Returns how an alert stands after an attempt in vain: to be tried again, later each time, or
/// given up.
pub fn failed(letter: Letter, now: Moment) -> Letter {
    let attempts = letter.attempts.saturating_add(1);
    let doubled = FIRST_WAIT_MS.saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let wait = doubled.min(WAIT_MAX_MS);
    // Up to a half more, by the alert's id: those that failed together do not come again together.
    let jitter = i64::from(letter.alert[0]) * wait / 512;
    Letter {
        attempts,
        next_at: now.plus(wait + jitter),
        is_dead: attempts >= ATTEMPTS_MAX,
        ..letter
    }
}
