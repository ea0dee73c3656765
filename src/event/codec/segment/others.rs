//! The events of a segment that are not observations.
//!
//! Polls that succeeded, descriptions of Spaces and users, counts of users and missing Spaces
//! stand a column a field; all other kinds are rare, and stand as the tail has them.

use std::collections::BTreeMap;

use super::super::{CodecError, decode, encode, from_v1, into_v1};
use super::columns::{Column, Columns, Cursor, Pack, put, too_large};
use super::heads::Heads;
use super::names::Names;
use super::pass::{FIELDS, Lasts, Pass, Reader, Writer};
use crate::event::{
    AskedFor, Batch, Cost, Event, Origin, PollHead, PollSucceeded, SpaceDescribed, SpaceMissing,
    UserCounted, UserDescribed,
};
use crate::space::{Counts, RateLimit, TopicId};

/// An event that is not an observation, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its batch's place among the heads.
    pub batch: u32,
    /// How far its seq is from the segment's first.
    pub offset: u32,
    /// The event.
    pub event: Event,
}

// Kinds on disk.
const RECORD: u64 = 0;
const SUCCEEDED: u64 = 1;
const SPACE_DESCRIBED: u64 = 2;
const USER_DESCRIBED: u64 = 3;
const USER_COUNTED: u64 = 4;
const SPACE_MISSING: u64 = 5;

pub(super) fn write(batches: &[Batch], names: &Names, pack: &mut Pack) {
    let mut writer = Writer {
        pack,
        names,
        now: crate::space::Moment(0),
        last: Lasts::default(),
        references: BTreeMap::new(),
        words: BTreeMap::new(),
    };
    for batch in batches {
        writer.now = batch.observed_at;
        let mut before = 0;
        for event in &batch.events {
            if matches!(event, Event::SpaceObserved(_)) {
                before += 1;
                continue;
            }
            writer.pack.put(Column::OTHER_PLACE, std::mem::take(&mut before));
            other(&mut writer, event);
        }
    }
}

fn other(writer: &mut Writer, event: &Event) {
    let kind = match event {
        Event::PollSucceeded(_) => SUCCEEDED,
        Event::SpaceDescribed(_) => SPACE_DESCRIBED,
        Event::UserDescribed(_) => USER_DESCRIBED,
        Event::UserCounted(_) => USER_COUNTED,
        Event::SpaceMissing(_) => SPACE_MISSING,
        _ => RECORD,
    };
    writer.pack.put(Column::OTHER_KIND, kind);
    // A writer that is given a value writes it; what could not be written would not read back,
    // and a segment that does not read back is never stored.
    drop(match event {
        Event::PollSucceeded(it) => succeeded(writer, Some(it)).map(drop),
        Event::SpaceDescribed(it) => space_described(writer, Some(it)).map(drop),
        Event::UserDescribed(it) => user_described(writer, Some(it)).map(drop),
        Event::UserCounted(it) => user_counted(writer, Some(it)).map(drop),
        Event::SpaceMissing(it) => missing(writer, Some(it)).map(drop),
        event => {
            let record = encode(&into_v1::event(event));
            let out = writer.pack.column(Column::RECORDS);
            put(out, record.len() as u64);
            out.extend_from_slice(&record);
            Ok(())
        }
    });
}

pub(super) fn read(
    columns: &Columns,
    heads: &Heads,
    names: &Names,
) -> Result<Vec<Other>, CodecError> {
    let [places, kinds, records, references, words] = [
        Column::OTHER_PLACE,
        Column::OTHER_KIND,
        Column::RECORDS,
        Column::REFERENCES,
        Column::WORDS,
    ]
    .map(|column| columns.column(column));
    let (places, kinds, records, references, words) =
        (places?, kinds?, records?, references?, words?);
    let fields = columns.fields(FIELDS)?;
    let mut reader = Reader {
        fields: fields.iter().map(|bytes| Cursor(bytes)).collect(),
        names,
        now: crate::space::Moment(0),
        last: Lasts::default(),
        reference_bytes: Cursor(&references),
        references: Vec::new(),
        word_bytes: Cursor(&words),
        words: Vec::new(),
    };
    let (mut places, mut kinds, mut records) = (Cursor(&places), Cursor(&kinds), Cursor(&records));
    let (mut others, mut from) = (Vec::new(), 0_u32);
    for (batch, head) in (0..).zip(&heads.heads) {
        reader.now = head.observed_at;
        let mut offset = from;
        for _ in head.observations..head.events {
            let before = u32::try_from(places.next()?).map_err(|_| too_large())?;
            offset = offset.checked_add(before).ok_or_else(too_large)?;
            let event = event(&mut reader, kinds.next()?, &mut records)?;
            others.push(Other { batch, offset, event });
            offset += 1;
        }
        from += head.events;
    }
    Ok(others)
}

fn event(reader: &mut Reader, kind: u64, records: &mut Cursor) -> Result<Event, CodecError> {
    Ok(match kind {
        SUCCEEDED => Event::PollSucceeded(succeeded(reader, None)?),
        SPACE_DESCRIBED => Event::SpaceDescribed(space_described(reader, None)?),
        USER_DESCRIBED => Event::UserDescribed(user_described(reader, None)?),
        USER_COUNTED => Event::UserCounted(user_counted(reader, None)?),
        SPACE_MISSING => Event::SpaceMissing(missing(reader, None)?),
        RECORD => {
            let length = records.size()?;
            from_v1::event(decode(records.take(length)?)?)?
        }
        _ => return Err(CodecError::Newer(super::super::FORMAT + 1)),
    })
}

/// Fields 0 to 31: polls.
fn succeeded<P: Pass>(p: &mut P, it: Option<&PollSucceeded>) -> Result<PollSucceeded, CodecError> {
    Ok(PollSucceeded {
        head: poll_head(p, it.map(|it| &it.head))?,
        status: p.maybe(10, it.map(|it| &it.status), |p, it| {
            let status = p.moved(11, 0, it.map(|it| u64::from(*it)))?;
            u16::try_from(status).map_err(|_| too_large())
        })?,
        returned: p.count(12, it.map(|it| it.returned))?,
        new_spaces: p.count(13, it.map(|it| it.new_spaces))?,
        unreadable: p.count(14, it.map(|it| it.unreadable))?,
        rate: p.maybe(15, it.map(|it| &it.rate), |p, it| {
            Ok(RateLimit {
                limit: p.moved(16, 0, it.map(|it| it.limit))?,
                remaining: p.moved(17, 0, it.map(|it| it.remaining))?,
                reset: crate::space::Moment(
                    p.moved(18, 0, it.map(|it| it.reset.0.cast_unsigned()))?.cast_signed(),
                ),
            })
        })?,
        cost: Cost {
            spaces: p.count(19, it.map(|it| it.cost.spaces))?,
            users: p.count(20, it.map(|it| it.cost.users))?,
            posts: p.count(21, it.map(|it| it.cost.posts))?,
            least_micro_usd: p.moved(22, 0, it.map(|it| it.cost.least_micro_usd))?,
            most_micro_usd: p.moved(23, 0, it.map(|it| it.cost.most_micro_usd))?,
        },
    })
}

fn poll_head<P: Pass>(p: &mut P, it: Option<&PollHead>) -> Result<PollHead, CodecError> {
    let imported = p.flag(0, it.map(|it| it.origin == Origin::Imported))?;
    let endpoint = p.plain(1, it.map(|it| u64::from(into_v1::endpoint(it.endpoint))))?;
    Ok(PollHead {
        origin: if imported { Origin::Imported } else { Origin::Live },
        endpoint: from_v1::endpoint(u8::try_from(endpoint).map_err(|_| too_large())?)?,
        asked: asked(p, it.map(|it| &it.asked))?,
        sent_at: p.maybe(2, it.map(|it| &it.sent_at), |p, it| p.moment(3, it.copied()))?,
        credential: p.word(4, it.map(|it| it.credential.as_str()))?,
        holding_ms: p
            .maybe(5, it.map(|it| &it.holding_ms), |p, it| p.moved(6, endpoint, it.copied()))?,
        repeats: p.count(7, it.map(|it| it.repeats))?,
    })
}

fn asked<P: Pass>(p: &mut P, it: Option<&AskedFor>) -> Result<AskedFor, CodecError> {
    let kind = p.plain(
        8,
        it.map(|it| match it {
            AskedFor::Query { .. } => 0,
            AskedFor::Listed(_) => 1,
            AskedFor::InBatch { .. } => 2,
            AskedFor::Space(_) => 3,
            AskedFor::Unknown => 4,
        }),
    )?;
    let (text, state, most) = match it {
        Some(AskedFor::Query { text, state, max_results }) => {
            (Some(*text), Some(into_v1::search_state(*state)), Some(u32::from(*max_results)))
        }
        Some(AskedFor::Listed(text)) => (Some(*text), None, None),
        _ => (None, None, None),
    };
    let (first, count) = match it {
        Some(AskedFor::InBatch { first, count }) => (Some(*first), Some(*count)),
        Some(AskedFor::Space(id)) => (Some(*id), None),
        _ => (None, None),
    };
    Ok(match kind {
        0 => AskedFor::Query {
            text: p.reference(24, text)?,
            state: {
                let state = p.plain(25, state.map(u64::from))?;
                from_v1::search_state(u8::try_from(state).map_err(|_| too_large())?)?
            },
            max_results: u8::try_from(p.count(26, most)?).map_err(|_| too_large())?,
        },
        1 => AskedFor::Listed(p.reference(24, text)?),
        2 => AskedFor::InBatch { first: p.space(27, first)?, count: p.count(28, count)? },
        3 => AskedFor::Space(p.space(27, first)?),
        4 => AskedFor::Unknown,
        _ => return Err(CodecError::Newer(super::super::FORMAT + 1)),
    })
}

/// Fields 32 to 63: what is said of Spaces.
fn space_described<P: Pass>(
    p: &mut P,
    it: Option<&SpaceDescribed>,
) -> Result<SpaceDescribed, CodecError> {
    Ok(SpaceDescribed {
        space: p.space(32, it.map(|it| it.space))?,
        text: p.maybe(33, it.map(|it| &it.text), |p, it| p.reference(34, it.copied()))?,
        creator: p.maybe(35, it.map(|it| &it.creator), |p, it| p.user(36, it.copied()))?,
        hosts: p.maybe(37, it.map(|it| &it.hosts), |p, it| {
            p.list(38, it, |p, it| p.user(39, it.copied()))
        })?,
        invited: p.maybe(40, it.map(|it| &it.invited), |p, it| {
            p.list(41, it, |p, it| p.user(42, it.copied()))
        })?,
        topics: p.maybe(43, it.map(|it| &it.topics), |p, it| {
            p.list(44, it, |p, it| {
                TopicId::new(&p.word(45, it.map(TopicId::as_str))?).ok_or_else(too_large)
            })
        })?,
        lang: p.maybe(46, it.map(|it| &it.lang), |p, it| p.word(47, it.map(String::as_str)))?,
        is_ticketed: p.maybe(48, it.map(|it| &it.is_ticketed), |p, it| p.flag(49, it.copied()))?,
        created_at: p.maybe(50, it.map(|it| &it.created_at), |p, it| p.moment(51, it.copied()))?,
        scheduled_start: p
            .maybe(52, it.map(|it| &it.scheduled_start), |p, it| p.moment(53, it.copied()))?,
        started_at: p.maybe(54, it.map(|it| &it.started_at), |p, it| p.moment(55, it.copied()))?,
        ended_at: p.maybe(56, it.map(|it| &it.ended_at), |p, it| p.moment(57, it.copied()))?,
    })
}

/// Fields 64 to 95: what is said of users.
fn user_described<P: Pass>(
    p: &mut P,
    it: Option<&UserDescribed>,
) -> Result<UserDescribed, CodecError> {
    Ok(UserDescribed {
        user: p.user(64, it.map(|it| it.user))?,
        text: p.maybe(65, it.map(|it| &it.text), |p, it| p.reference(66, it.copied()))?,
        verified: p.maybe(67, it.map(|it| &it.verified), |p, it| p.flag(68, it.copied()))?,
        verified_type: p.maybe(69, it.map(|it| &it.verified_type), |p, it| {
            p.word(70, it.map(String::as_str))
        })?,
        protected: p.maybe(71, it.map(|it| &it.protected), |p, it| p.flag(72, it.copied()))?,
        created_at: p.maybe(73, it.map(|it| &it.created_at), |p, it| p.moment(74, it.copied()))?,
    })
}

/// Fields 96 to 111: counts of users, as differences from the user's last ones.
fn user_counted<P: Pass>(p: &mut P, it: Option<&UserCounted>) -> Result<UserCounted, CodecError> {
    let user = p.user(96, it.map(|it| it.user))?;
    let mut count = |field: u16, it: Option<&Option<u64>>| {
        p.maybe(field, it, |p, it| p.moved(field + 1, user.0, it.copied()))
    };
    Ok(UserCounted {
        user,
        counts: Counts {
            followers: count(97, it.map(|it| &it.counts.followers))?,
            following: count(99, it.map(|it| &it.counts.following))?,
            posts: count(101, it.map(|it| &it.counts.posts))?,
            listed: count(103, it.map(|it| &it.counts.listed))?,
        },
    })
}

/// Fields 112 to 115: Spaces that were not found.
fn missing<P: Pass>(p: &mut P, it: Option<&SpaceMissing>) -> Result<SpaceMissing, CodecError> {
    Ok(SpaceMissing {
        space: p.space(112, it.map(|it| it.space))?,
        problem: p
            .maybe(113, it.map(|it| &it.problem), |p, it| p.word(114, it.map(String::as_str)))?,
    })
}
