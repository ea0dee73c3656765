//! Spam: Spaces of many accounts with one title, begun together, in which there never was anybody
//! but the account itself. Marked beside the figures; nothing is left out for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::space::SpaceId;
use crate::view::SpaceBrief;

/// So many accounts with one title …
const ACCOUNTS: usize = 3;
/// … whose Spaces were first seen within this time, and in which nobody ever was but the account
/// itself.
const TOGETHER_MS: i64 = 1_800_000;

/// Spaces that may be spam, by their titles in small letters: when first seen, and by whom.
#[derive(Debug, Default)]
pub(super) struct Alike(BTreeMap<Box<str>, Vec<(i64, u64, SpaceId)>>);

impl Alike {
    /// Takes a Space in.
    pub fn take(&mut self, id: SpaceId, brief: &SpaceBrief) {
        if let Some((title, creator, first)) = &brief.lonely {
            self.0.entry(title.clone()).or_default().push((*first, *creator, id));
        }
    }

    /// Returns the Spaces that are spam by the rule.
    pub fn spam(self) -> BTreeSet<SpaceId> {
        let mut spam = BTreeSet::new();
        for mut spaces in self.0.into_values().filter(|spaces| spaces.len() >= ACCOUNTS) {
            spaces.sort_unstable();
            let mut first = 0;
            for last in 0..spaces.len() {
                while spaces[last].0 - spaces[first].0 > TOGETHER_MS {
                    first += 1;
                }
                let together = &spaces[first..=last];
                let accounts: BTreeSet<u64> = together.iter().map(|it| it.1).collect();
                if accounts.len() >= ACCOUNTS {
                    spam.extend(together.iter().map(|it| it.2));
                }
            }
        }
        spam
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::SpaceRow;
    use crate::view::audience::{Audience, Look};

    fn row(title: &str, creator: u64, minute: i64, count: u64) -> SpaceRow {
        let at = minute * 60_000;
        let look = Look { at, count: Some(count), hold_ms: 60_000 };
        SpaceRow {
            seen: (at, at),
            observations: 1,
            title: Some(title.to_owned()),
            creator: Some(creator),
            audience: Audience::of(vec![look], None),
            ..SpaceRow::default()
        }
    }

    fn spam(rows: &[SpaceRow]) -> Vec<usize> {
        let ids = ["1a", "1b", "1c", "1d", "1e"].map(|id| id.parse::<SpaceId>().unwrap());
        let mut alike = Alike::default();
        for (id, row) in ids.iter().zip(rows) {
            alike.take(*id, &SpaceBrief::of(row));
        }
        let spam = alike.spam();
        (0..rows.len()).filter(|number| spam.contains(&ids[*number])).collect()
    }

    #[test]
    fn empty_spaces_of_several_accounts_with_one_title_begun_together_are_spam() {
        let title = "FREE coins";
        let rows = [
            row(title, 1, 0, 0),
            row(" free COINS", 2, 20, 1),
            row(title, 3, 29, 1),
            row("good morning", 4, 20, 1),
            row(title, 5, 25, 900),
        ];
        assert_eq!(spam(&rows), [0, 1, 2]);
    }

    #[test]
    fn one_account_or_hours_apart_is_no_spam() {
        let title = "good morning";
        let rows = [row(title, 1, 0, 1), row(title, 1, 5, 1), row(title, 1, 9, 1)];
        assert!(spam(&rows).is_empty());
        let rows = [row(title, 1, 0, 1), row(title, 2, 31, 1), row(title, 3, 62, 1)];
        assert!(spam(&rows).is_empty());
    }
}
