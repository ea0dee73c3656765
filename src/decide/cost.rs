//! What an answer costs: each resource once a UTC day.

use crate::event::{Cost, DaySpend};
use crate::space::{Asked, Endpoint, Seen};

use super::{Desk, count};

impl Desk<'_> {
    /// Returns what the answer cost, and remembers what is billed for today. X bills a resource
    /// once a UTC day; whether it bills users in `includes` it does not say, hence two bounds.
    /// What was imported is on somebody else's bill, or on one that was counted before.
    pub(super) fn cost(&mut self, asked: &Asked, seen: &Seen) -> Cost {
        if !self.live {
            return Cost::default();
        }
        let today = Some(self.now.day());
        let mut spaces = 0;
        for id in seen.spaces.iter().map(|space| space.id) {
            let known = self.known.spaces.entry(id).or_default();
            if known.billed_day != today {
                known.billed_day = today;
                self.changed.spaces.insert(id, known.clone());
                spaces += 1;
            }
        }
        let mut users = 0;
        for person in &seen.users {
            let known = self.known.users.entry(person.id).or_default();
            if known.billed_day != today {
                known.billed_day = today;
                self.changed.users.insert(person.id, known.clone());
                users += 1;
            }
        }
        let prices = self.rules.prices;
        let (for_spaces, for_users) = (
            u64::from(count(spaces)) * prices.space_micro_usd,
            u64::from(count(users)) * prices.user_micro_usd,
        );
        let is_of_users = matches!(asked.endpoint, Endpoint::UsersBy | Endpoint::Buyers);
        let certain = if is_of_users { for_users } else { 0 };
        // Nobody keeps which posts were read today: each counts whenever it is read.
        let for_posts = u64::from(count(seen.posts.len())) * prices.post_micro_usd;
        let least = for_spaces + for_posts + certain;
        let most = for_spaces + for_posts + for_users;
        self.spend(least, most);
        Cost {
            spaces: count(spaces),
            users: count(users),
            posts: count(seen.posts.len()),
            least_micro_usd: least,
            most_micro_usd: most,
        }
    }

    fn spend(&mut self, least: u64, most: u64) {
        let spent = spend(self.known.spent, self.now.day(), (least, most));
        if most > 0 {
            self.changed.spent = Some(spent);
        }
        self.known.spent = Some(spent);
    }
}

/// Adds to what the day cost; a new UTC day begins with nothing. A clock that goes back over
/// midnight begins none: what was spent stays spent.
pub(super) fn spend(before: Option<DaySpend>, today: i64, (least, most): (u64, u64)) -> DaySpend {
    let mut spent = before.unwrap_or_default();
    if spent.day != today && spent.day != today + 1 {
        spent = DaySpend { day: today, ..DaySpend::default() };
    }
    spent.least_micro_usd = spent.least_micro_usd.saturating_add(least);
    spent.most_micro_usd = spent.most_micro_usd.saturating_add(most);
    spent
}
