//! Who was on the stage of a Space, since when and as what. That somebody left is never known: the
//! lists that X gives may hold who spoke once.

use bincode::{Decode, Encode};

/// When, in milliseconds since the epoch, and with which seq something was first seen.
pub type First = (i64, u64);

/// What somebody was on a stage as, the most prominent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The host: who made the Space, if X lists them as a host, else the first of the hosts.
    Host,
    /// Any other host.
    CoHost,
    /// A speaker.
    Speaker,
}

impl Role {
    /// Returns the word for it in sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::CoHost => "co_host",
            Self::Speaker => "speaker",
        }
    }
}

/// When somebody was first seen on a stage, as what.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entrance {
    /// Their id.
    pub user: u64,
    /// First seen as the host.
    pub host: Option<First>,
    /// First seen as a co-host.
    pub co_host: Option<First>,
    /// First seen as a speaker.
    pub speaker: Option<First>,
}

impl Entrance {
    /// Returns the roles they were seen in, by time, each with when it was.
    pub fn roles(&self) -> Vec<(Role, First)> {
        let seen =
            [(Role::Host, self.host), (Role::CoHost, self.co_host), (Role::Speaker, self.speaker)];
        let mut roles: Vec<(Role, First)> =
            seen.into_iter().filter_map(|(role, first)| Some((role, first?))).collect();
        roles.sort_by_key(|(role, first)| (*first, *role));
        roles
    }

    /// Returns the most prominent role.
    pub fn role(&self) -> Role {
        match (self.host, self.co_host) {
            (Some(_), _) => Role::Host,
            (None, Some(_)) => Role::CoHost,
            (None, None) => Role::Speaker,
        }
    }

    /// Returns when they were first seen on the stage.
    pub fn first(&self) -> Option<First> {
        [self.host, self.co_host, self.speaker].into_iter().flatten().min()
    }
}

/// The stage of a Space: everybody ever seen on it, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Stage(Vec<Entrance>);

impl Stage {
    /// Returns everybody seen on it, by id.
    pub fn entrances(&self) -> &[Entrance] {
        &self.0
    }

    /// Returns what is known of one of them.
    pub fn of(&self, user: u64) -> Option<&Entrance> {
        let place = self.0.binary_search_by_key(&user, |it| it.user).ok()?;
        self.0.get(place)
    }

    /// Returns the stages of several Spaces as one.
    #[must_use]
    pub fn together<'a>(stages: impl Iterator<Item = &'a Self>) -> Self {
        let mut together = Self::default();
        for seen in stages.flat_map(Self::entrances) {
            let all = together.entrance(seen.user);
            for (slot, first) in [
                (&mut all.host, seen.host),
                (&mut all.co_host, seen.co_host),
                (&mut all.speaker, seen.speaker),
            ] {
                if let Some(first) = first {
                    earliest(slot, first);
                }
            }
        }
        together
    }

    /// Takes in whom an answer lists as hosts; `creator` is who made the Space.
    pub(super) fn hosts(&mut self, hosts: &[u64], creator: Option<u64>, seen: First) {
        let main = creator.filter(|it| hosts.contains(it)).or(hosts.first().copied());
        for host in hosts {
            let entrance = self.entrance(*host);
            let slot = if Some(*host) == main { &mut entrance.host } else { &mut entrance.co_host };
            earliest(slot, seen);
        }
    }

    /// Takes in whom an answer lists as speakers; returns who had not been seen as one.
    pub(super) fn speakers(&mut self, speakers: &[u64], seen: First) -> Vec<u64> {
        let mut new = Vec::new();
        for speaker in speakers {
            let slot = &mut self.entrance(*speaker).speaker;
            if slot.is_none() {
                new.push(*speaker);
            }
            earliest(slot, seen);
        }
        new
    }

    fn entrance(&mut self, user: u64) -> &mut Entrance {
        let place = self.0.binary_search_by_key(&user, |it| it.user);
        let place = place.unwrap_or_else(|place| {
            self.0.insert(place, Entrance { user, host: None, co_host: None, speaker: None });
            place
        });
        &mut self.0[place]
    }
}

fn earliest(slot: &mut Option<First>, seen: First) {
    *slot = Some(slot.map_or(seen, |first| first.min(seen)));
}

/// Looks, one after the other, that showed fewer people than there were on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UnderStage {
    /// The first of them.
    pub first: First,
    /// The last of them.
    pub last: First,
    /// How many looks.
    pub looks: u32,
    /// The count of the first.
    pub count: u64,
    /// Hosts and speakers listed then.
    pub stage: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_tells_who_was_first_seen_as_what_and_never_that_somebody_left() {
        let mut stage = Stage::default();
        stage.hosts(&[7, 8], None, (1_000, 10));
        assert_eq!(stage.speakers(&[9, 8], (2_000, 20)), [9, 8]);
        assert_eq!(stage.speakers(&[9], (3_000, 30)), Vec::<u64>::new());
        // The host has gone, as far as this answer tells; what was seen was seen.
        stage.hosts(&[8], None, (4_000, 40));
        assert_eq!(stage.entrances().len(), 3);
        let roles = |user| stage.of(user).unwrap().roles();
        assert_eq!(roles(7), [(Role::Host, (1_000, 10))]);
        assert_eq!(
            roles(8),
            [(Role::CoHost, (1_000, 10)), (Role::Speaker, (2_000, 20)), (Role::Host, (4_000, 40))]
        );
        assert_eq!(stage.of(8).unwrap().role(), Role::Host);
        assert_eq!(roles(9), [(Role::Speaker, (2_000, 20))]);
        assert_eq!(stage.of(6), None);
    }

    #[test]
    fn the_host_is_who_made_the_space_where_x_lists_them_as_one() {
        let mut stage = Stage::default();
        stage.hosts(&[7, 8], Some(8), (1_000, 10));
        assert_eq!(stage.of(8).unwrap().role(), Role::Host);
        assert_eq!(stage.of(7).unwrap().role(), Role::CoHost);
        let mut stage = Stage::default();
        stage.hosts(&[7, 8], Some(9), (1_000, 10));
        assert_eq!(stage.of(7).unwrap().role(), Role::Host);
    }

    #[test]
    fn the_stage_of_several_spaces_tells_of_everybody_when_they_were_first_seen_on_any() {
        let (mut one, mut other) = (Stage::default(), Stage::default());
        one.hosts(&[7, 8], None, (3_000, 30));
        other.hosts(&[8], None, (5_000, 50));
        other.speakers(&[7, 9], (1_000, 10));
        let both = Stage::together([&one, &other].into_iter());
        assert_eq!(both, Stage::together([&other, &one].into_iter()));
        let roles = |user| both.of(user).unwrap().roles();
        assert_eq!(roles(7), [(Role::Speaker, (1_000, 10)), (Role::Host, (3_000, 30))]);
        assert_eq!(roles(8), [(Role::CoHost, (3_000, 30)), (Role::Host, (5_000, 50))]);
        assert_eq!(roles(9), [(Role::Speaker, (1_000, 10))]);
    }

    #[test]
    fn what_was_seen_earlier_counts_in_whatever_order_it_comes() {
        let mut stage = Stage::default();
        stage.speakers(&[9], (3_000, 10));
        stage.speakers(&[9], (1_000, 20));
        assert_eq!(stage.of(9).unwrap().first(), Some((1_000, 20)));
    }
}
