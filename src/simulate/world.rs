//! The moving population: which Spaces there are at a moment, and how they are found.
//!
//! Time is cut into buckets, each with dice of its own, so that the world at a moment depends on
//! the seed and the epoch alone: not on how often, or in which steps, it was moved on.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::space::{Moment, SearchState, SpaceId, SpaceState, UserId};

use super::course::{
    Course, LATEST_MS, LONGEST_LEAD_MS, LONGEST_MS, MEAN_ANNOUNCED_MINUTES, MEAN_MINUTES, MINUTE,
    REMEMBERED_MS,
};
use super::dice::{Dice, mix, real, real_span, scramble, span, whole};
use super::people::People;
use super::themes::THEMES;
use super::titles;
use super::truth::Truth;

const BUCKET_MS: i64 = 5 * MINUTE;
/// More Spaces at a time than this are not simulated.
pub const MOST_SPACES: usize = 100_000;
/// Shares of the Spaces open at a time.
const ON_AIR: f64 = 0.52;
const ANNOUNCED: f64 = 0.40;
const SPAM: f64 = 0.08;
/// Of the announced Spaces, so many begin.
const BEGINNING: f64 = 0.8;
const SPAM_MINUTES: f64 = 4.0;
const BURST_MEAN: f64 = 10.0;
const BURST_LONGEST_MS: f64 = 90_000.0;
/// People who hold Spaces, for each Space open at a time.
const HOSTS_EACH: u64 = 12;
/// Buckets before the epoch, at most: the longest lead.
const BUCKETS_BEFORE: i64 = LONGEST_LEAD_MS / BUCKET_MS + 1;
/// Spaces of one kind in one bucket, at most; more arrivals are left out.
const BUCKET_HOLDS: u64 = 1 << 14;

/// What a world is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldSettings {
    /// The seed of everything.
    pub seed: u64,
    /// The moment at which the world is first looked at; it is in full swing then.
    pub epoch: Moment,
    /// About how many Spaces are live or scheduled at a time, up to [`MOST_SPACES`].
    pub spaces: usize,
}

impl WorldSettings {
    /// About how many Spaces are open at a time where nobody says otherwise.
    pub const SPACES: usize = 200;

    /// Returns the settings of a world of usual size.
    pub const fn new(seed: u64, epoch: Moment) -> Self {
        Self { seed, epoch, spaces: Self::SPACES }
    }
}

/// How Spaces come into being.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unannounced,
    Announced,
    Spam,
}

const KINDS: [Kind; 3] = [Kind::Unannounced, Kind::Announced, Kind::Spam];

impl Kind {
    const fn number(self) -> u64 {
        match self {
            Self::Unannounced => 0,
            Self::Announced => 1,
            Self::Spam => 2,
        }
    }

    /// Longest time from the arrival of a Space to its end.
    const fn reach_ms(self) -> i64 {
        match self {
            Self::Unannounced => LONGEST_MS + MINUTE,
            Self::Announced => LONGEST_LEAD_MS + LATEST_MS + LONGEST_MS,
            Self::Spam => 15 * MINUTE,
        }
    }
}

/// A simulated X's Spaces.
pub struct World {
    settings: WorldSettings,
    people: People,
    spaces: BTreeMap<SpaceId, Arc<Truth>>,
    /// Those not over yet when the last bucket was filled.
    open: Vec<Arc<Truth>>,
    reached: Moment,
    /// The first bucket not filled yet.
    next: Option<i64>,
}

impl World {
    /// Returns a world that is in full swing at its epoch.
    pub fn new(mut settings: WorldSettings) -> Self {
        settings.spaces = settings.spaces.min(MOST_SPACES);
        let hosts = u64::try_from(settings.spaces).unwrap_or(u64::MAX).saturating_mul(HOSTS_EACH);
        let mut world = Self {
            people: People::new(settings.seed, settings.epoch, hosts.max(1)),
            settings,
            spaces: BTreeMap::new(),
            open: Vec::new(),
            reached: settings.epoch,
            next: None,
        };
        world.advance(settings.epoch);
        world
    }

    /// Moves the world on; an earlier moment changes nothing. A leap costs no more than filling
    /// an empty world.
    pub fn advance(&mut self, to: Moment) {
        self.reached = self.reached.max(to);
        let last = self.reached.since(self.settings.epoch).div_euclid(BUCKET_MS);
        if self.next.is_some_and(|next| last < next) {
            return;
        }
        for kind in KINDS {
            let reach = kind.reach_ms();
            // Who came earlier was over, and forgotten, long ago.
            let before_epoch = -reach.div_euclid(BUCKET_MS).min(BUCKETS_BEFORE);
            let earliest = last - (reach + REMEMBERED_MS).div_euclid(BUCKET_MS) - 1;
            let first = self.next.unwrap_or(before_epoch).max(before_epoch).max(earliest);
            for bucket in first..=last {
                self.fill(kind, bucket);
            }
        }
        self.next = Some(last + 1);
        let reached = self.reached;
        self.spaces.retain(|_, truth| truth.course.forgotten_at > reached);
        self.open.retain(|truth| truth.course.over_at() > reached);
    }

    /// Returns the latest moment the world was moved to.
    pub const fn reached(&self) -> Moment {
        self.reached
    }

    /// Returns the truth of a Space, also of one that X does not show yet or any more; `None`
    /// for an id that no Space has, or whose Space was over a day ago.
    pub fn truth(&self, id: SpaceId) -> Option<&Truth> {
        self.spaces.get(&id).map(AsRef::as_ref)
    }

    /// Returns every Space that is remembered, in the order of the ids, some still to come.
    pub fn spaces(&self) -> impl Iterator<Item = &Truth> {
        self.spaces.values().map(AsRef::as_ref)
    }

    /// Returns the people.
    pub const fn people(&self) -> &People {
        &self.people
    }

    /// Returns what search shows: Spaces that share a word with `query`, live ones first, at
    /// most `most`, silently cut.
    pub fn search(&self, query: &str, state: SearchState, most: usize) -> Vec<Arc<Truth>> {
        let keys = titles::keys(query);
        let wanted = |listed: &SpaceState| match state {
            SearchState::All => true,
            SearchState::Live => *listed == SpaceState::Live,
            SearchState::Scheduled => *listed == SpaceState::Scheduled,
        };
        let mut found: Vec<(bool, &Arc<Truth>)> = Vec::new();
        for truth in self.open.iter().filter(|truth| truth.matches(&keys)) {
            if let Some(listed) = truth.course.listed(self.reached).filter(wanted) {
                found.push((listed != SpaceState::Live, truth));
            }
        }
        found.sort_unstable_by_key(|(scheduled, truth)| (*scheduled, truth.rank));
        found.into_iter().take(most).map(|(_, truth)| Arc::clone(truth)).collect()
    }

    /// Returns the live and scheduled Spaces that these users made, lagging as search does.
    pub fn made_by(&self, creators: &[UserId]) -> Vec<Arc<Truth>> {
        let made = |truth: &&Arc<Truth>| {
            truth.creator().is_some_and(|creator| creators.contains(&creator))
                && truth.course.listed(self.reached).is_some()
        };
        self.open.iter().filter(made).map(Arc::clone).collect()
    }

    /// Returns a Space as it can be looked up by id now.
    pub fn look_up(&self, id: SpaceId) -> Option<Arc<Truth>> {
        let truth = self.spaces.get(&id)?;
        truth.state(self.reached).map(|_| Arc::clone(truth))
    }

    /// Fills one bucket with the arrivals of one kind.
    fn fill(&mut self, kind: Kind, bucket: i64) {
        let serial = |item: u64| (kind.number() << 60) | (place_of(bucket) << 14) | item;
        let mut dice = Dice::new(mix(self.settings.seed, 1), serial(0));
        let start = self.settings.epoch.plus(bucket.saturating_mul(BUCKET_MS));
        let (mean_gap, mut item) = (self.mean_gap(kind), 0);
        let mut passed = dice.exponential(mean_gap);
        while passed < real_span(BUCKET_MS) && item < BUCKET_HOLDS {
            let created_at = start.plus(span(passed));
            if kind == Kind::Spam {
                item = self.burst(&mut dice, created_at, &serial, item);
            } else {
                self.meet(kind, created_at, serial(item));
                item += 1;
            }
            passed += dice.exponential(mean_gap);
        }
    }

    /// Adds one Space that somebody means.
    fn meet(&mut self, kind: Kind, created_at: Moment, serial: u64) {
        let mut dice = Dice::new(mix(self.settings.seed, 2), serial);
        let course = match kind {
            Kind::Announced => Course::announced(&mut dice, created_at),
            Kind::Unannounced | Kind::Spam => Course::unannounced(&mut dice, created_at),
        };
        let Some(id) = self.room_for(&course, serial) else { return };
        self.keep(Truth::earnest(&mut dice, id, course, &self.people));
    }

    /// Adds a burst of spam and returns the number of the next item.
    fn burst(
        &mut self,
        dice: &mut Dice,
        created_at: Moment,
        serial: &impl Fn(u64) -> u64,
        first: u64,
    ) -> u64 {
        let theme = dice.below(THEMES.len());
        let title = titles::spam(dice, &THEMES[theme]);
        let size = whole(dice.between(0.4, 1.6) * BURST_MEAN).max(1);
        let end = (first + size).min(BUCKET_HOLDS);
        for item in first..end {
            let serial = serial(item);
            let mut dice = Dice::new(mix(self.settings.seed, 3), serial);
            let created_at = created_at.plus(span(dice.between(0.0, BURST_LONGEST_MS)));
            let course = Course::spam(&mut dice, created_at);
            let Some(id) = self.room_for(&course, serial) else { continue };
            let stranger = self.people.hosts() + (serial & ((1 << 60) - 1));
            self.keep(Truth::spam(&mut dice, id, course, stranger, (&title, theme)));
        }
        end
    }

    /// Returns the id for a Space, or `None` where it is forgotten already.
    fn room_for(&self, course: &Course, serial: u64) -> Option<SpaceId> {
        if course.forgotten_at <= self.reached {
            return None;
        }
        space_id(self.settings.seed, serial)
    }

    fn keep(&mut self, truth: Truth) {
        let truth = Arc::new(truth);
        if truth.course.over_at() > self.reached {
            self.open.push(Arc::clone(&truth));
        }
        self.spaces.insert(truth.id, truth);
    }

    /// Mean time between arrivals of one kind, in milliseconds.
    fn mean_gap(&self, kind: Kind) -> f64 {
        let spaces = real(u64::try_from(self.settings.spaces).unwrap_or(u64::MAX));
        let announced = spaces * ANNOUNCED / MEAN_ANNOUNCED_MINUTES;
        let each_minute = match kind {
            Kind::Unannounced => spaces * ON_AIR / MEAN_MINUTES - announced * BEGINNING,
            Kind::Announced => announced,
            Kind::Spam => spaces * SPAM / SPAM_MINUTES / BURST_MEAN,
        };
        real_span(MINUTE) / each_minute
    }
}

/// Returns a bucket's number counted from the earliest there may be.
fn place_of(bucket: i64) -> u64 {
    u64::try_from(bucket.saturating_add(BUCKETS_BEFORE)).unwrap_or_default()
}

/// Returns an id as X makes them: a 1 and twelve letters; different serials get different ids.
fn space_id(seed: u64, serial: u64) -> Option<SpaceId> {
    const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = scramble(serial ^ mix(seed, 4));
    let mut id = [b'1'; 13];
    for letter in &mut id[1..] {
        *letter = LETTERS[usize::try_from(left % 52).unwrap_or_default()];
        left /= 52;
    }
    SpaceId::from_bytes(id)
}

#[cfg(test)]
mod tests;
