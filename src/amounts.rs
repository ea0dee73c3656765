//! How often the tests of faults repeat what they try: in every run, and in the long one.

use std::env;

/// The variable that asks for the long run: `SPACELOG_FAULTS=long cargo test --release`.
const ASKED_BY: &str = "SPACELOG_FAULTS";

/// A number of repetitions.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    always: u64,
    long: u64,
}

impl Amount {
    /// Returns how often to repeat in this run.
    ///
    /// # Panics
    /// When the variable asks for a run that there is not: it would be the short one unnoticed.
    pub fn times(self) -> u64 {
        match env::var(ASKED_BY).as_deref() {
            Err(_) => self.always,
            Ok("long") => self.long,
            Ok(other) => panic!("{ASKED_BY} is `long` or not set, and not `{other}`"),
        }
    }
}

const fn amount(always: u64, long: u64) -> Amount {
    Amount { always, long }
}

/// Images of a crash, of log and views together.
pub const CRASH_IMAGES: Amount = amount(5_000, 200_000);
/// Images of a crash while recovering from one.
pub const CRASHES_RECOVERING: Amount = amount(1_000, 20_000);
/// Wounds of each kind (a flipped bit, a zeroed page, two swapped ones, a cut) to each kind of
/// file.
pub const WOUNDS: Amount = amount(500, 10_000);
/// Deaths of the real program by `kill -9`.
pub const KILLS: Amount = amount(50, 5_000);
/// Malformed bodies, made from real ones and made up.
pub const MALFORMED_BODIES: Amount = amount(2_000, 200_000);
/// Stored records whose content was changed under a checksum that holds.
pub const MUTATED_RECORDS: Amount = amount(2_000, 200_000);
/// Days of refusals and absurd headers.
pub const STORMS: Amount = amount(20, 500);
/// Weeks of a whole monitor in virtual time.
pub const WEEKS: Amount = amount(50, 2_000);
/// Random logs folded live, anew, and anew in other steps.
pub const RANDOM_LOGS: Amount = amount(1_000, 50_000);
/// Worlds whose random answers are decided on, stored and folded.
pub const RANDOM_WORLDS: Amount = amount(60, 5_000);
