//! The observations of a segment, those of each Space together.
//!
//! Of each observation stands a shape, a byte: in bits 0 to 2 the state (0 unknown, 1 scheduled,
//! 2 live, 3 ended, 4 a word), in bit 3 whether the count is known, in bits 4 and 5 the reminders
//! and in bits 6 and 7 the speakers (0 unknown, 1 as before in this run, 2 changed). Equal shapes
//! one after another stand once, with their number. Counts and reminders are differences from the
//! last known ones in the run, speakers are who left and who came.

use super::super::CodecError;
use super::columns::{Column, Columns, Cursor, too_large, unfold};
use super::names::Names;
use super::order::Order;
use crate::event::SpaceObserved;
use crate::space::{SpaceId, SpaceState, UserId};

pub(super) const STATE: u8 = 0b111;
pub(super) const COUNTED: u8 = 1 << 3;
pub(super) const REMINDERS: u8 = 4;
pub(super) const SPEAKERS: u8 = 6;
/// Of reminders or speakers: as before, and changed.
pub(super) const SAME: u8 = 1;
pub(super) const CHANGED: u8 = 2;

/// The code of live in a shape.
pub(super) const LIVE: u8 = 2;
pub(super) const WORD: u8 = 4;

/// Speakers as changes, or (where X's list does not rise) as they were listed.
pub(super) const AS_CHANGES: u64 = 0;
pub(super) const AS_LISTED: u64 = 1;

/// Returns the state that a shape's code stands for; a word's text stands apart.
pub fn state_of(shape: u8) -> Option<SpaceState> {
    match shape & STATE {
        1 => Some(SpaceState::Scheduled),
        LIVE => Some(SpaceState::Live),
        3 => Some(SpaceState::Ended),
        _ => None,
    }
}

/// The observations of a segment, Space by Space.
#[derive(Debug)]
pub struct Runs {
    spaces: Vec<SpaceId>,
    order: Order,
    shapes: Vec<u8>,
    /// The last known count at each observation; whether it is its own says its shape.
    counts: Vec<u64>,
    /// Where reminders changed, and to what.
    reminders: Vec<(u32, u64)>,
    /// Where speakers changed, and to whom: places among the segment's users.
    speakers: Vec<(u32, Vec<u32>)>,
    /// Where the state is a word.
    words: Vec<(u32, String)>,
}

/// The observations of one Space in a segment, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The Space.
    pub space: SpaceId,
    /// Of each its batch's place among the heads, and how far its seq is from the segment's first.
    pub places: &'a [(u32, u32)],
    /// Of each its shape: see [`state_of`].
    pub shapes: &'a [u8],
    counts: &'a [u64],
    runs: &'a Runs,
    from: u32,
}

impl Runs {
    pub(super) fn places(order: Order, names: &Names) -> Self {
        let nothing = order.places.len();
        Self {
            spaces: names.spaces.clone(),
            order,
            shapes: vec![0; nothing],
            counts: vec![0; nothing],
            reminders: Vec::new(),
            speakers: Vec::new(),
            words: Vec::new(),
        }
    }

    /// Returns the runs of all observed Spaces.
    pub fn iter(&self) -> impl Iterator<Item = Run<'_>> {
        (0..self.order.starts.len() - 1).filter_map(|place| self.run(place))
    }

    /// Returns the run of the Space at a place among the segment's Spaces.
    pub fn run(&self, place: usize) -> Option<Run<'_>> {
        let (from, to) = (*self.order.starts.get(place)?, *self.order.starts.get(place + 1)?);
        let range = from as usize..to as usize;
        Some(Run {
            space: *self.spaces.get(place)?,
            places: self.order.places.get(range.clone())?,
            shapes: self.shapes.get(range.clone())?,
            counts: self.counts.get(range)?,
            runs: self,
            from,
        })
    }
}

impl<'a> Run<'a> {
    /// Returns the count of observation `number`, where X gave one.
    #[inline]
    pub fn participants(&self, number: usize) -> Option<u64> {
        (self.shapes[number] & COUNTED != 0).then(|| self.counts[number])
    }

    /// Returns whether observation `number` shows the Space live.
    #[inline]
    pub fn is_live(&self, number: usize) -> bool {
        self.shapes[number] & STATE == LIVE
    }

    /// Returns the state of observation `number`, where X gave one.
    pub fn state(&self, number: usize) -> Option<SpaceState> {
        if self.shapes[number] & STATE != WORD {
            return state_of(self.shapes[number]);
        }
        let words = &self.runs.words;
        let place = words.binary_search_by_key(&self.place(number), |(place, _)| *place).ok()?;
        Some(SpaceState::Other(words[place].1.clone()))
    }

    /// Returns the reminders of observation `number`, where X gave them.
    pub fn subscribers(&self, number: usize) -> Option<u64> {
        let known = self.shapes[number] >> REMINDERS & 3 != 0;
        let changes = &self.runs.reminders;
        let next = changes.partition_point(|(place, _)| *place <= self.place(number));
        known.then(|| changes[next - 1].1)
    }

    /// Returns the speakers of observation `number`, where X listed them: places among the
    /// segment's users.
    pub fn speakers(&self, number: usize) -> Option<&'a [u32]> {
        let known = self.shapes[number] >> SPEAKERS & 3 != 0;
        let changes = &self.runs.speakers;
        let next = changes.partition_point(|(place, _)| *place <= self.place(number));
        known.then(|| changes[next - 1].1.as_slice())
    }

    /// Returns whether observation `number` has reminders.
    #[inline]
    pub fn has_subscribers(&self, number: usize) -> bool {
        self.shapes[number] >> REMINDERS & 3 != 0
    }

    /// Returns whether its reminders are others than the last known ones before it in this run.
    #[inline]
    pub fn subscribers_changed(&self, number: usize) -> bool {
        self.shapes[number] >> REMINDERS & 3 == CHANGED
    }

    /// Returns whether observation `number` has a list of speakers.
    #[inline]
    pub fn has_speakers(&self, number: usize) -> bool {
        self.shapes[number] >> SPEAKERS != 0
    }

    /// Returns whether its speakers are others than the last known ones before it in this run.
    #[inline]
    pub fn speakers_changed(&self, number: usize) -> bool {
        self.shapes[number] >> SPEAKERS == CHANGED
    }

    /// Returns whether observation `number` is of a plain kind: live, with a count, and otherwise
    /// as the one before in this run.
    #[inline]
    pub fn is_steady(&self, number: usize) -> bool {
        let shape = self.shapes[number];
        let calm = shape >> REMINDERS & 3 != CHANGED && shape >> SPEAKERS != CHANGED;
        calm && shape & (STATE | COUNTED) == LIVE | COUNTED
    }

    fn place(&self, number: usize) -> u32 {
        // A run is no longer than its segment, whose observations are counted in 32 bits.
        self.from + u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Returns the observations as events, with batch and distance of seq.
    pub fn observed(
        &self,
        users: &'a [UserId],
    ) -> impl Iterator<Item = (u32, u32, SpaceObserved)> + '_ {
        (0..self.places.len()).map(move |number| {
            let (batch, offset) = self.places[number];
            (batch, offset, self.event(number, users))
        })
    }

    /// Returns observation `number` as an event.
    pub fn event(&self, number: usize, users: &[UserId]) -> SpaceObserved {
        let named = |places: &[u32]| places.iter().map(|place| users[*place as usize]).collect();
        SpaceObserved {
            space: self.space,
            state: self.state(number),
            participants: self.participants(number),
            subscribers: self.subscribers(number),
            speakers: self.speakers(number).map(named),
        }
    }
}

pub(super) fn read(columns: &Columns, order: Order, names: &Names) -> Result<Runs, CodecError> {
    let shapes = shapes(columns, &order)?;
    let counts = counts(columns, &order, &shapes)?;
    let mut runs = Runs {
        spaces: names.spaces.clone(),
        order,
        shapes,
        counts,
        reminders: Vec::new(),
        speakers: Vec::new(),
        words: Vec::new(),
    };
    sparse(columns, names, &mut runs)?;
    Ok(runs)
}

fn shapes(columns: &Columns, order: &Order) -> Result<Vec<u8>, CodecError> {
    let (kinds, lengths) = (columns.column(Column::SHAPE)?, columns.column(Column::SHAPE_LENGTH)?);
    let mut lengths = Cursor(&lengths);
    let mut shapes = Vec::with_capacity(order.places.len());
    for kind in kinds {
        let length = lengths.size()?;
        if kind & STATE > WORD || length > order.places.len() - shapes.len() {
            return Err(too_large());
        }
        shapes.resize(shapes.len() + length, kind);
    }
    if shapes.len() == order.places.len() { Ok(shapes) } else { Err(CodecError::Short) }
}

fn counts(columns: &Columns, order: &Order, shapes: &[u8]) -> Result<Vec<u64>, CodecError> {
    let bytes = columns.column(Column::COUNT)?;
    let mut cursor = Cursor(&bytes);
    let mut counts = Vec::with_capacity(shapes.len());
    for run in order.starts.windows(2) {
        let mut count = 0_u64;
        for shape in &shapes[run[0] as usize..run[1] as usize] {
            if shape & COUNTED != 0 {
                count = count.wrapping_add(unfold(cursor.next()?).cast_unsigned());
            }
            counts.push(count);
        }
    }
    Ok(counts)
}

/// Reads what changes seldom: reminders, speakers, words.
fn sparse(columns: &Columns, names: &Names, runs: &mut Runs) -> Result<(), CodecError> {
    let [reminders, speakers, words] =
        [Column::REMINDERS, Column::SPEAKERS, Column::STATE_WORDS].map(|it| columns.column(it));
    let (reminders, speakers, words) = (reminders?, speakers?, words?);
    let (mut reminders, mut speakers, mut words) =
        (Cursor(&reminders), Cursor(&speakers), Cursor(&words));
    for run in runs.order.starts.windows(2) {
        let (mut reminded, mut speaking) = (0_u64, Vec::new());
        let (mut reminded_once, mut spoke_once) = (false, false);
        for place in run[0]..run[1] {
            let shape = runs.shapes[place as usize];
            if shape & STATE == WORD {
                let length = words.size()?;
                let word = std::str::from_utf8(words.take(length)?);
                let word = word.map_err(|error| CodecError::Content(error.to_string()))?;
                runs.words.push((place, word.to_owned()));
            }
            if shape >> REMINDERS & 3 == CHANGED {
                reminded = reminded.wrapping_add(unfold(reminders.next()?).cast_unsigned());
                runs.reminders.push((place, reminded));
                reminded_once = true;
            }
            if shape >> SPEAKERS == CHANGED {
                speaking = change(&speaking, &mut speakers, names)?;
                runs.speakers.push((place, speaking.clone()));
                spoke_once = true;
            }
            let nothing_before = (shape >> REMINDERS & 3 == SAME && !reminded_once)
                || (shape >> SPEAKERS == SAME && !spoke_once);
            if nothing_before {
                return Err(CodecError::Content("the same as nothing before".to_owned()));
            }
        }
    }
    Ok(())
}

fn change(before: &[u32], from: &mut Cursor, names: &Names) -> Result<Vec<u32>, CodecError> {
    let user = |place: u64| {
        let place = u32::try_from(place).ok().filter(|place| (*place as usize) < names.users.len());
        place.ok_or_else(too_large)
    };
    let how = from.next()?;
    if how == AS_LISTED {
        let length = from.size()?;
        return (0..length).map(|_| user(from.next()?)).collect();
    }
    let mut places = || -> Result<Vec<u64>, CodecError> {
        let (length, mut last) = (from.size()?, 0_u64);
        let mut places = Vec::new();
        for _ in 0..length {
            last = last.saturating_add(from.next()?);
            places.push(last);
        }
        Ok(places)
    };
    let (gone, came) = (places()?, places()?);
    let stayed = (0_u64..).zip(before).filter(|(place, _)| gone.binary_search(place).is_err());
    let mut now: Vec<u32> = stayed.map(|(_, user)| *user).collect();
    for place in came {
        now.push(user(place)?);
    }
    now.sort_unstable();
    Ok(now)
}
