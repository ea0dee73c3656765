//! The names in a segment: Spaces and users, each once; elsewhere stands their place here.
//!
//! Spaces that are observed come first, those whose counts move least before those that move most,
//! so that zstd finds small numbers beside small ones; then the Spaces that other events name.
//! Users stand in rising order, as differences.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, Columns, Cursor, Pack, too_large};
use crate::event::codec::CodecError;
use crate::event::{AskedFor, Batch, Event, PollSucceeded};
use crate::space::{SpaceId, UserId};

/// The Spaces and users of a segment.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub spaces: Vec<SpaceId>,
    pub users: Vec<UserId>,
    /// Only where a segment is written.
    places: BTreeMap<SpaceId, u32>,
}

/// How much the counts of a Space move.
#[derive(Default)]
struct Movement {
    last: u64,
    sum: u64,
    looks: u64,
}

impl Names {
    /// Collects the names of these batches.
    pub fn of(batches: &[Batch]) -> Self {
        let mut moved: BTreeMap<SpaceId, Movement> = BTreeMap::new();
        let (mut named, mut users) = (BTreeSet::new(), BTreeSet::new());
        for event in batches.iter().flat_map(|batch| &batch.events) {
            match event {
                Event::SpaceObserved(it) => {
                    let moved = moved.entry(it.space).or_default();
                    let count = it.participants.unwrap_or(moved.last);
                    moved.sum = moved.sum.saturating_add(count.abs_diff(moved.last));
                    (moved.last, moved.looks) = (count, moved.looks + 1);
                    users.extend(it.speakers.iter().flatten().copied());
                }
                event => collect(event, &mut named, &mut users),
            }
        }
        let mut order: Vec<(u64, SpaceId)> = moved
            .iter()
            .map(|(id, moved)| (moved.sum.saturating_mul(16) / moved.looks.max(1), *id))
            .collect();
        order.sort_unstable();
        let mut spaces: Vec<SpaceId> = order.into_iter().map(|(_, id)| id).collect();
        spaces.extend(named.into_iter().filter(|id| !moved.contains_key(id)));
        let places = (0..).zip(&spaces).map(|(place, id)| (*id, place)).collect();
        Self { spaces, users: users.into_iter().collect(), places }
    }

    /// Returns the place of a Space among them.
    pub fn space(&self, id: SpaceId) -> u32 {
        // Every Space of the batches was collected.
        self.places.get(&id).copied().unwrap_or_default()
    }

    /// Returns the place of a user among them.
    pub fn user(&self, id: UserId) -> u64 {
        self.users.partition_point(|user| *user < id) as u64
    }

    pub fn write(&self, pack: &mut Pack) {
        let out = pack.column(Column::SPACES);
        self.spaces.iter().for_each(|id| out.extend_from_slice(&id.to_bytes()));
        let mut before = 0;
        for user in &self.users {
            pack.put(Column::USERS, user.0 - before);
            before = user.0;
        }
    }

    pub fn read(columns: &Columns) -> Result<Self, CodecError> {
        let bytes = columns.column(Column::SPACES)?;
        let (ids, rest) = bytes.as_chunks::<13>();
        let spaces: Option<Vec<SpaceId>> = ids.iter().map(|id| SpaceId::from_bytes(*id)).collect();
        let spaces = spaces.filter(|_| rest.is_empty()).ok_or(CodecError::Short)?;
        let bytes = columns.column(Column::USERS)?;
        let (mut cursor, mut users, mut last) = (Cursor(&bytes), Vec::new(), 0_u64);
        while !cursor.0.is_empty() {
            last = last.checked_add(cursor.next()?).ok_or_else(too_large)?;
            users.push(UserId(last));
        }
        Ok(Self { spaces, users, places: BTreeMap::new() })
    }

    /// Returns the Space at a place.
    pub fn space_at(&self, place: u64) -> Result<SpaceId, CodecError> {
        let place = usize::try_from(place).ok();
        place.and_then(|place| self.spaces.get(place)).copied().ok_or_else(too_large)
    }

    /// Returns the user at a place.
    pub fn user_at(&self, place: u64) -> Result<UserId, CodecError> {
        let place = usize::try_from(place).ok();
        place.and_then(|place| self.users.get(place)).copied().ok_or_else(too_large)
    }
}

/// Collects the names in an event: those that stand in columns, and every Space that it is about,
/// so that the names tell whether a segment says anything of a Space.
fn collect(event: &Event, spaces: &mut BTreeSet<SpaceId>, users: &mut BTreeSet<UserId>) {
    match event {
        Event::SpaceDescribed(it) => {
            spaces.insert(it.space);
            users.extend(it.creator);
            users.extend(it.hosts.iter().flatten().chain(it.invited.iter().flatten()));
        }
        Event::UserDescribed(it) => {
            users.insert(it.user);
        }
        Event::UserCounted(it) => {
            users.insert(it.user);
        }
        Event::SpaceMissing(it) => {
            spaces.insert(it.space);
        }
        Event::PollSucceeded(PollSucceeded { head, .. }) => match &head.asked {
            AskedFor::InBatch { first: space, .. } | AskedFor::Space(space) => {
                spaces.insert(*space);
            }
            AskedFor::Query { .. } | AskedFor::Listed(_) | AskedFor::Unknown => {}
        },
        Event::SpacesJoined { spaces: joined, .. } => spaces.extend(joined),
        event => spaces.extend(event.space()),
    }
}
