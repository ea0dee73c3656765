//! The hosts view: who people are, and which Spaces they hosted.

use bincode::{Decode, Encode};

use crate::event::codec::segment::Wanted;
use crate::event::{Event, Text};
use crate::space::{SpaceId, UserId};

use super::followers::{Counted, Followers};
use super::joined::Joined;
use super::place::Place;
use super::table::{Dirty, Disk, Table};
use super::{View, ViewError};

/// A user, as last described and counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct PersonRow {
    /// The name after the `@`; gone when it was forgotten.
    pub username: Option<String>,
    /// The displayed name.
    pub name: Option<String>,
    /// Whether X marks the account.
    pub verified: Option<bool>,
    /// Followers, as last counted.
    pub followers: Option<u64>,
    /// When they were.
    pub counted_at: Option<i64>,
}

/// When, in milliseconds since the epoch, and with which seq something was first listed.
pub type Listed = (i64, u64);

/// The hosts view.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the people among the view's tables")]
pub struct People {
    people: Table<UserId, PersonRow>,
    /// (host, Space) → when it was first seen.
    hosted: Table<(UserId, SpaceId), i64>,
    /// Topic labels by a hash of the topic's id: few, and asked for with every Space.
    topics: Table<u64, (String, Option<String>)>,
    /// (Space, buyer of a ticket) → when and with which seq first listed.
    buyers: Table<(SpaceId, UserId), Listed>,
    /// (Space, post shared in it) → when and with which seq first listed.
    posts: Table<(SpaceId, u64), Listed>,
    followers: Followers,
    joined: Joined,
}

impl Default for People {
    fn default() -> Self {
        Self {
            people: Table::new(b'u'),
            hosted: Table::new(b'h'),
            topics: Table::new(b't'),
            buyers: Table::new(b'b'),
            posts: Table::new(b'p'),
            followers: Followers::default(),
            joined: Joined::default(),
        }
    }
}

impl View for People {
    const NAME: &'static str = "hosts";
    const VERSION: u32 = 3;
    const WANTED: Wanted = Wanted::Others;

    fn event(&mut self, disk: &dyn Disk, place: &Place, event: &Event) -> Result<(), ViewError> {
        match event {
            Event::UserDescribed(it) => {
                let row = self.people.edit(disk, it.user, PersonRow::default)?;
                let text = it.text.as_ref().and_then(|text| place.text(text));
                if let Some(Text::User { username, name, .. }) = text {
                    row.username = username.clone().or(row.username.take());
                    row.name = name.clone().or(row.name.take());
                }
                row.verified = it.verified.or(row.verified);
            }
            Event::UserCounted(it) => {
                let row = self.people.edit(disk, it.user, PersonRow::default)?;
                let newest = row.counted_at.is_none_or(|at| at <= place.at);
                if it.counts.followers.is_some() && newest {
                    row.followers = it.counts.followers;
                    row.counted_at = Some(place.at);
                }
                if let Some(count) = it.counts.followers {
                    self.followers.take(disk, it.user, (place.at, count))?;
                }
            }
            Event::SpaceDescribed(it) => {
                for host in it.hosts.iter().flatten() {
                    let seen = place.at;
                    let first = self.hosted.edit(disk, (*host, it.space), || seen)?;
                    *first = seen.min(*first);
                }
            }
            Event::BuyersObserved(it) => {
                let listed = (place.at, place.seq);
                for user in &it.users {
                    let first = self.buyers.edit(disk, (it.space, *user), || listed)?;
                    *first = listed.min(*first);
                }
            }
            Event::PostsObserved(it) => {
                let listed = (place.at, place.seq);
                for post in &it.posts {
                    let first = self.posts.edit(disk, (it.space, *post), || listed)?;
                    *first = listed.min(*first);
                }
            }
            Event::TopicDescribed(it) => {
                let key = topic_key(it.topic.as_str());
                self.topics.put(key, (it.topic.as_str().to_owned(), it.name.clone()));
            }
            Event::SpacesJoined { spaces, joined } => self.joined.take(spaces, *joined),
            _ => {}
        }
        Ok(())
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.people.dirty(&mut rows);
        self.hosted.dirty(&mut rows);
        self.topics.dirty(&mut rows);
        self.buyers.dirty(&mut rows);
        self.posts.dirty(&mut rows);
        self.followers.dirty(&mut rows);
        self.joined.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.people.settled();
        self.hosted.settled();
        self.topics.settled();
        self.buyers.settled();
        self.posts.settled();
        self.followers.settled();
        self.joined.settled();
    }
}

fn topic_key(id: &str) -> u64 {
    let hash = blake3::hash(id.as_bytes());
    let mut key = [0; 8];
    key.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(key)
}

impl People {
    /// Returns one person.
    pub fn person(&self, disk: &dyn Disk, user: UserId) -> Result<Option<PersonRow>, ViewError> {
        self.people.get(disk, &user)
    }

    /// Hands out everybody who was described or counted, by id, from `from` on until `each` returns
    /// false.
    pub fn each_person(
        &self,
        disk: &dyn Disk,
        from: UserId,
        each: impl FnMut(UserId, &PersonRow) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.people.scan(disk, from, None, each)
    }

    /// Returns the ids of everybody who goes by a name (without its `@`, in any case).
    pub fn named(&self, disk: &dyn Disk, name: &str) -> Result<Vec<UserId>, ViewError> {
        let mut found = Vec::new();
        self.people.scan(disk, UserId(0), None, |user, row| {
            let is_theirs = row.username.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(name));
            found.extend(is_theirs.then_some(user));
            Ok(true)
        })?;
        Ok(found)
    }

    /// Returns the counts of somebody's followers that were seen up to a moment, by time.
    pub fn followers(
        &self,
        disk: &dyn Disk,
        user: UserId,
        until: i64,
    ) -> Result<Vec<Counted>, ViewError> {
        self.followers.until(disk, user, until)
    }

    /// Hands out each pair of Spaces of which somebody said that they are one event (true) or are
    /// not, both ways, until `each` returns false.
    pub fn each_joined(
        &self,
        disk: &dyn Disk,
        each: impl FnMut(SpaceId, SpaceId, bool) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.joined.each(disk, each)
    }

    /// Returns the Spaces that somebody hosted, by id.
    pub fn hosted_by(&self, disk: &dyn Disk, user: UserId) -> Result<Vec<SpaceId>, ViewError> {
        let mut found = Vec::new();
        self.hosted.scan(disk, (user, SpaceId::FIRST), None, |(host, space), _first| {
            found.extend((host == user).then_some(space));
            Ok(host == user)
        })?;
        Ok(found)
    }

    /// Returns the label that X gives a topic.
    pub fn topic(&self, disk: &dyn Disk, id: &str) -> Result<Option<String>, ViewError> {
        let row = self.topics.get(disk, &topic_key(id))?;
        Ok(row.and_then(|(told, name)| name.filter(|_| told == id)))
    }

    /// Returns the buyers of a Space's tickets that were listed, by id: who, and when and with which
    /// seq first.
    pub fn buyers(
        &self,
        disk: &dyn Disk,
        space: SpaceId,
    ) -> Result<Vec<(UserId, Listed)>, ViewError> {
        let mut found = Vec::new();
        self.buyers.scan(disk, (space, UserId(0)), None, |(of, user), first| {
            found.extend((of == space).then_some((user, *first)));
            Ok(of == space)
        })?;
        Ok(found)
    }

    /// Returns the posts shared in a Space that were listed, by id, as [`People::buyers`].
    pub fn posts(&self, disk: &dyn Disk, space: SpaceId) -> Result<Vec<(u64, Listed)>, ViewError> {
        let mut found = Vec::new();
        self.posts.scan(disk, (space, 0), None, |(of, post), first| {
            found.extend((of == space).then_some((post, *first)));
            Ok(of == space)
        })?;
        Ok(found)
    }

    /// Hands out each host with each of its Spaces, by host, until `each` returns false.
    pub fn each_hosted(
        &self,
        disk: &dyn Disk,
        mut each: impl FnMut(UserId, SpaceId) -> Result<bool, ViewError>,
    ) -> Result<(), ViewError> {
        self.hosted.scan(disk, (UserId(0), SpaceId::FIRST), None, |(user, space), _first| {
            each(user, space)
        })
    }
}
