//! The hosts view: who people are, and which Spaces they hosted.

use bincode::{Decode, Encode};

use crate::event::codec::segment::Wanted;
use crate::event::{Event, Text};
use crate::space::{SpaceId, UserId};

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

/// The hosts view.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the people among the view's tables")]
pub struct People {
    people: Table<UserId, PersonRow>,
    /// (host, Space) → when it was first seen.
    hosted: Table<(UserId, SpaceId), i64>,
    /// Topic labels by a hash of the topic's id: few, and asked for with every Space.
    topics: Table<u64, (String, Option<String>)>,
}

impl Default for People {
    fn default() -> Self {
        Self { people: Table::new(b'u'), hosted: Table::new(b'h'), topics: Table::new(b't') }
    }
}

impl View for People {
    const NAME: &'static str = "hosts";
    const VERSION: u32 = 1;
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
            }
            Event::SpaceDescribed(it) => {
                for host in it.hosts.iter().flatten() {
                    let seen = place.at;
                    let first = self.hosted.edit(disk, (*host, it.space), || seen)?;
                    *first = seen.min(*first);
                }
            }
            Event::TopicDescribed(it) => {
                let key = topic_key(it.topic.as_str());
                self.topics.put(key, (it.topic.as_str().to_owned(), it.name.clone()));
            }
            _ => {}
        }
        Ok(())
    }

    fn dirty(&self) -> Dirty {
        let mut rows = Dirty::new();
        self.people.dirty(&mut rows);
        self.hosted.dirty(&mut rows);
        self.topics.dirty(&mut rows);
        rows
    }

    fn settled(&mut self) {
        self.people.settled();
        self.hosted.settled();
        self.topics.settled();
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

    /// Returns the label that X gives a topic.
    pub fn topic(&self, disk: &dyn Disk, id: &str) -> Result<Option<String>, ViewError> {
        let row = self.topics.get(disk, &topic_key(id))?;
        Ok(row.and_then(|(told, name)| name.filter(|_| told == id)))
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
