//! Spam: many accounts begin Spaces with the same title at about the same time, and nobody is
//! there. It is told by all three together, so that nobody's Space is taken for it for one.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::space::{Moment, Observation, SpaceState, UserId};

/// So many accounts with one title …
const ACCOUNTS: usize = 3;
/// … within this time …
const TOGETHER_MS: i64 = 1_800_000;
/// … and at most this long on air, with at most this many people: the account itself.
const YOUNG_MS: i64 = 900_000;
const PEOPLE_MAX: u64 = 1;
/// Titles remembered at most: at the limit those not seen of late are forgotten.
const TITLES_MAX: usize = 4_096;

/// Who used a title.
#[derive(Clone, Debug)]
struct Use {
    accounts: BTreeSet<UserId>,
    last: Moment,
}

/// The titles of late, by a hash of each: no text is kept.
#[derive(Clone, Debug, Default)]
pub struct Titles(HashMap<u64, Use>);

impl Titles {
    /// Takes in an observation and returns whether it looks like spam; `None` when it does not
    /// say: what looked like it goes on doing so until somebody comes.
    pub fn is_spam(&mut self, it: &Observation, now: Moment) -> Option<bool> {
        let count = it.participants?;
        if it.state != Some(SpaceState::Live) {
            return None;
        }
        if count > PEOPLE_MAX {
            return Some(false);
        }
        let begun = it.description.started_at.or(it.description.created_at)?;
        if now.since(begun) > YOUNG_MS {
            return None;
        }
        let title = it.description.title.as_deref()?;
        let accounts = self.accounts(title, it.description.creator?, now);
        Some(accounts >= ACCOUNTS)
    }

    /// Returns how many accounts used a title of late.
    fn accounts(&mut self, title: &str, account: UserId, now: Moment) -> usize {
        let mut hasher = DefaultHasher::new();
        title.trim().to_lowercase().hash(&mut hasher);
        if self.0.len() >= TITLES_MAX {
            self.0.retain(|_, used| now.since(used.last) < TOGETHER_MS);
        }
        if self.0.len() >= TITLES_MAX {
            self.0.clear();
        }
        let fresh = Use { accounts: BTreeSet::new(), last: now };
        let used = self.0.entry(hasher.finish()).or_insert(fresh);
        if now.since(used.last) > TOGETHER_MS {
            used.accounts.clear();
        }
        used.last = now;
        if used.accounts.len() < ACCOUNTS {
            used.accounts.insert(account);
        }
        used.accounts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Description;

    const NOW: Moment = Moment(1_795_000_000_000);

    fn observed(title: &str, account: u64, count: u64, age_ms: i64) -> Observation {
        Observation {
            id: "1YqKDqWqdPLxV".parse().unwrap(),
            state: Some(SpaceState::Live),
            participants: Some(count),
            subscribers: None,
            speakers: None,
            description: Description {
                title: Some(title.to_owned()),
                creator: Some(UserId(account)),
                started_at: Some(NOW.plus(-age_ms)),
                ..Description::default()
            },
        }
    }

    #[test]
    fn a_new_empty_space_is_spam_once_several_accounts_use_its_title() {
        let mut titles = Titles::default();
        let seen: Vec<_> = (1..=4)
            .map(|account| titles.is_spam(&observed("FREE coins", account, 0, 60_000), NOW))
            .collect();
        assert_eq!(seen, [Some(false), Some(false), Some(true), Some(true)]);
        assert_eq!(titles.is_spam(&observed(" free COINS ", 1, 0, 60_000), NOW), Some(true));
    }

    #[test]
    fn nobody_is_taken_for_spam_for_a_title_a_few_people_or_an_hour_alone() {
        let mut titles = Titles::default();
        let mut seen = |account, count, age_ms| {
            titles.is_spam(&observed("good morning", account, count, age_ms), NOW)
        };
        for account in 1..=9 {
            assert_eq!(seen(account, 2, 60_000), Some(false));
            assert_eq!(seen(account, 0, 3_600_000), None, "an old one is taken for nothing new");
        }
        for _look in 0..9 {
            assert_eq!(seen(7, 0, 60_000), Some(false), "one account, many looks");
        }
    }

    #[test]
    fn titles_without_end_do_not_fill_the_memory() {
        let mut titles = Titles::default();
        for number in 0..3 * TITLES_MAX {
            titles.accounts(&number.to_string(), UserId(1), NOW);
        }
        assert!(titles.0.len() <= TITLES_MAX);
    }
}
