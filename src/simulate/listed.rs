//! What X lists of a Space page by page: buyers of tickets, and posts shared in it.

use crate::space::{Moment, SpaceId, UserId};

use super::dice::mix;
use super::people::People;
use super::truth::Truth;

/// Buyers of a ticketed Space, at least; and at most so many more.
const BUYERS: (u64, u64) = (120, 150);
/// Posts shared in a Space that began, at most.
const POSTS_MOST: u64 = 130;
/// Buyers are strangers with numbers up to here.
const STRANGERS: u64 = 1_000_000;
/// X's first moment: its ids of posts count from there, in milliseconds since 1970.
const POSTS_EPOCH_MS: i64 = 1_288_834_974_657;
/// Letters of a page's word, as X's description wants them.
const PAGE_LETTERS: usize = 16;

/// Returns who bought a ticket for a Space; nobody where none is sold.
pub fn buyers(space: &Truth) -> Vec<UserId> {
    if !space.is_ticketed {
        return Vec::new();
    }
    let seed = seed(space.id);
    let count = BUYERS.0 + mix(seed, 0) % BUYERS.1;
    let mut numbers: Vec<u64> = (1..=count).map(|it| mix(seed, it) % STRANGERS).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(People::id).collect()
}

/// Returns the ids of the posts shared in a Space by `at`.
pub fn posts(space: &Truth, at: Moment) -> Vec<u64> {
    let Some(began) = space.course.started_at.filter(|began| *began <= at) else {
        return Vec::new();
    };
    let seed = seed(space.id);
    let count = mix(seed, 0) % POSTS_MOST;
    let shared = (0..count).map(|it| (it, began.plus(60_000 * (it + 1).cast_signed())));
    let until = space.course.ended_at.unwrap_or(at).min(at);
    shared
        .filter(|(_, shared)| *shared <= until)
        .map(|(it, shared)| {
            let since = shared.0.saturating_sub(POSTS_EPOCH_MS).unsigned_abs();
            (since << 22) | (mix(seed, it) & 0x3f_ffff)
        })
        .collect()
}

/// Returns the word for the page that begins after so many rows.
pub fn page_word(after: usize) -> String {
    format!("{after:0PAGE_LETTERS$}")
}

/// Returns after how many rows a page begins; `None` for no word of ours.
pub fn page_of(word: &str) -> Option<usize> {
    let is_ours = word.len() == PAGE_LETTERS && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_ours)
}

fn seed(id: SpaceId) -> u64 {
    id.to_bytes().iter().fold(0, |seed, byte| mix(seed, u64::from(*byte)))
}
