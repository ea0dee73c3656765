//! How much of a request there is money for.

use super::{CREATOR_SPACES_MAX, NEWCOMERS_MAX, Paid, Purse, Worst};
use crate::config::CapBound;
use crate::space::{SpaceId, Target};

/// A look-up of fewer Spaces than this with their people is made of more without.
const PEOPLED_MIN: usize = 25;

/// Rows of a page of buyers or posts.
const PAGE_ROWS: u64 = 100;

/// As much of a request as there is money for.
pub(super) struct Fit {
    pub target: Target,
    pub worst: Worst,
    /// Whether the answer is to bring people.
    pub people: bool,
    /// Whether there is no money for the rest, not even without people.
    pub is_cut: bool,
}

impl Purse {
    /// Returns as much of a request as fits into what is left; `None` when nothing of it
    /// does.
    pub(super) fn fit(
        &self,
        target: Target,
        paid: &dyn Fn(SpaceId) -> Paid,
        left: Worst,
    ) -> Option<Fit> {
        let row = self.row();
        match target {
            Target::Query { text, state, max_results } => {
                let rows = often(row, left, u64::from(max_results));
                let is_cut = rows < u64::from(max_results);
                let max_results = u8::try_from(rows).ok().filter(|rows| *rows > 0)?;
                let target = Target::Query { text, state, max_results };
                Some(Fit { target, worst: times(row, rows), people: true, is_cut })
            }
            Target::Creators(mut ids) => {
                let each = times(row, CREATOR_SPACES_MAX);
                let (worst, is_cut) = cut(&mut ids, each, left)?;
                Some(Fit { target: Target::Creators(ids), worst, people: true, is_cut })
            }
            Target::Usernames(mut names) => {
                let price = self.prices.user_micro_usd;
                let each = Worst { today: price, tomorrow: price };
                let (worst, is_cut) = cut(&mut names, each, left)?;
                Some(Fit { target: Target::Usernames(names), worst, people: true, is_cut })
            }
            Target::Spaces(ids) => {
                let wanted = ids.len();
                let (ids, worst, people) = self.look_up(ids, paid, left)?;
                let is_cut = !people && ids.len() < wanted;
                Some(Fit { target: Target::Spaces(ids), worst, people, is_cut })
            }
            Target::Space(id) => {
                let (_, worst, people) = self.look_up(vec![id], paid, left)?;
                Some(Fit { target: Target::Space(id), worst, people, is_cut: false })
            }
            Target::Buyers { .. } => whole_page(target, self.prices.user_micro_usd, left),
            Target::Posts { .. } => whole_page(target, self.prices.post_micro_usd, left),
        }
    }

    /// Returns the Spaces of a look-up that there is money for: with their people if that does for
    /// all, or for many; else as many as can be without.
    fn look_up(
        &self,
        ids: Vec<SpaceId>,
        paid: &dyn Fn(SpaceId) -> Paid,
        left: Worst,
    ) -> Option<(Vec<SpaceId>, Worst, bool)> {
        let mut ids: Vec<(Paid, SpaceId)> = ids.into_iter().map(|id| (paid(id), id)).collect();
        // What costs least comes first, so that as many as can be are looked up.
        ids.sort_unstable();
        for people in [true, false] {
            let mut worst = Worst::default();
            let fits = ids.iter().take_while(|(paid, _)| {
                let with = plus(worst, self.look(*paid, people));
                let fits = with.today <= left.today && with.tomorrow <= left.tomorrow;
                if fits {
                    worst = with;
                }
                fits
            });
            let count = fits.count();
            let is_free_of_people = self.person() == 0;
            let enough = count == ids.len() || count >= PEOPLED_MIN || is_free_of_people;
            if count > 0 && (enough || !people) {
                let mut ids: Vec<SpaceId> = ids.into_iter().take(count).map(|(_, id)| id).collect();
                ids.sort_unstable();
                return Some((ids, worst, people));
            }
        }
        None
    }

    /// Returns what a look at one Space costs at worst.
    fn look(&self, paid: Paid, people: bool) -> Worst {
        let space = if paid == Paid::Nothing { self.prices.space_micro_usd } else { 0 };
        let newcomers = match paid {
            _ if !people => 0,
            Paid::People => NEWCOMERS_MAX.saturating_mul(self.person()),
            Paid::Space | Paid::Nothing => self.people_max.saturating_mul(self.person()),
        };
        let all = if people { self.row().tomorrow } else { self.prices.space_micro_usd };
        Worst { today: space.saturating_add(newcomers), tomorrow: all }
    }

    /// Returns what a row that nothing is known of costs at worst.
    fn row(&self) -> Worst {
        let people = self.people_max.saturating_mul(self.person());
        let row = self.prices.space_micro_usd.saturating_add(people);
        Worst { today: row, tomorrow: row }
    }

    /// Returns what a person of a Space costs by the bound that counts.
    fn person(&self) -> u64 {
        match self.bound {
            CapBound::Low => 0,
            CapBound::High => self.prices.user_micro_usd,
        }
    }
}

/// Returns a page of people or posts at this price, if there is money for a full one.
fn whole_page(target: Target, price: u64, left: Worst) -> Option<Fit> {
    let worst = times(Worst { today: price, tomorrow: price }, PAGE_ROWS);
    (often(worst, left, 1) > 0).then_some(Fit { target, worst, people: true, is_cut: false })
}

/// Shortens a list to what there is money for, and returns what that costs at worst, and whether
/// anything was left out; `None` when there is money for nothing.
fn cut<T>(items: &mut Vec<T>, each: Worst, left: Worst) -> Option<(Worst, bool)> {
    let wanted = items.len();
    let count = often(each, left, wanted as u64);
    items.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    (!items.is_empty()).then(|| (times(each, count), items.len() < wanted))
}

/// Returns how often something fits into what is left, `most` times at most.
fn often(each: Worst, left: Worst, most: u64) -> u64 {
    let fits = |each: u64, left: u64| left.checked_div(each).unwrap_or(most);
    fits(each.today, left.today).min(fits(each.tomorrow, left.tomorrow)).min(most)
}

fn times(each: Worst, count: u64) -> Worst {
    let (today, tomorrow) = (each.today.saturating_mul(count), each.tomorrow.saturating_mul(count));
    Worst { today, tomorrow }
}

fn plus(one: Worst, other: Worst) -> Worst {
    Worst {
        today: one.today.saturating_add(other.today),
        tomorrow: one.tomorrow.saturating_add(other.tomorrow),
    }
}
