//! Records of the log that are not batches: its header, what is known, the outbox.
//!
//! Each is framed like a batch, with its version: a changed layout is a new version with a decoder
//! of its own, and the old one stays.

use std::collections::BTreeMap;

use bincode::{Decode, Encode};

use super::{CodecError, decode, encode, frame, from_v1, into_v1, unframe, v1};
use crate::event::{
    DaySpend, EndpointKnown, ForgottenMark, MonitorId, Notice, SpaceKnown, TextRef, UserKnown,
};
use crate::space::Moment;

/// What a log says of itself, once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format of the log as a whole.
    pub format: u32,
    /// Random; the chain begins with it.
    pub log_id: [u8; 16],
    /// The monitor that owns it.
    pub monitor: MonitorId,
    /// When it was made.
    pub created_at: Moment,
    /// How its data came to be, if it did not come from X: never mixed with real data.
    pub simulated: Option<Simulated>,
}

/// The simulated world that a log was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The seed of the world.
    pub seed: u64,
    /// Where its time begins.
    pub epoch: Moment,
    /// How many Spaces it holds at a time.
    pub spaces: u32,
}

#[derive(Encode, Decode)]
struct HeaderV1 {
    format: u32,
    log_id: [u8; 16],
    monitor: u64,
    created_at: i64,
    simulated: Option<(u64, i64, u32)>,
}

/// Returns the record of a header.
pub fn encode_header(header: &Header) -> Vec<u8> {
    frame(&encode(&HeaderV1 {
        format: header.format,
        log_id: header.log_id,
        monitor: header.monitor.0,
        created_at: header.created_at.0,
        simulated: header.simulated.map(|it| (it.seed, it.epoch.0, it.spaces)),
    }))
}

/// Reads a header.
pub fn decode_header(record: &[u8]) -> Result<Header, CodecError> {
    let it: HeaderV1 = decode(unframe(record)?)?;
    Ok(Header {
        format: it.format,
        log_id: it.log_id,
        monitor: MonitorId(it.monitor),
        created_at: Moment(it.created_at),
        simulated: it.simulated.map(|(seed, epoch, spaces)| Simulated {
            seed,
            epoch: Moment(epoch),
            spaces,
        }),
    })
}

#[derive(Encode, Decode)]
struct SpaceRow {
    first_seen: Option<i64>,
    state: Option<v1::State>,
    inferred: bool,
    live_seen: bool,
    was_live: bool,
    scheduled_start: Option<i64>,
    told: [bool; 3],
    fields: BTreeMap<u8, u64>,
    text: Option<v1::Ref>,
    billed_day: Option<i64>,
}

/// Returns the record of what is known of a Space.
pub fn encode_space(known: &SpaceKnown) -> Vec<u8> {
    frame(&encode(&SpaceRow {
        first_seen: known.first_seen.map(|at| at.0),
        inferred: known.inferred,
        live_seen: known.live_seen,
        state: known.state.as_ref().map(into_v1::state),
        was_live: known.was_live,
        scheduled_start: known.scheduled_start.map(|at| at.0),
        told: known.told,
        fields: known.fields.clone(),
        text: known.text.map(|text| text.0),
        billed_day: known.billed_day,
    }))
}

/// Reads what is known of a Space.
pub fn decode_space(record: &[u8]) -> Result<SpaceKnown, CodecError> {
    let it: SpaceRow = decode(unframe(record)?)?;
    Ok(SpaceKnown {
        first_seen: it.first_seen.map(Moment),
        inferred: it.inferred,
        state: it.state.map(from_v1::state),
        live_seen: it.live_seen,
        was_live: it.was_live,
        scheduled_start: it.scheduled_start.map(Moment),
        told: it.told,
        fields: it.fields,
        text: it.text.map(TextRef),
        billed_day: it.billed_day,
    })
}

#[derive(Encode, Decode)]
struct UserRow {
    fields: BTreeMap<u8, u64>,
    text: Option<v1::Ref>,
    counts: v1::Counts,
    billed_day: Option<i64>,
}

/// Returns the record of what is known of a user.
pub fn encode_user(known: &UserKnown) -> Vec<u8> {
    frame(&encode(&UserRow {
        fields: known.fields.clone(),
        text: known.text.map(|text| text.0),
        counts: into_v1::counts(known.counts),
        billed_day: known.billed_day,
    }))
}

/// Reads what is known of a user.
pub fn decode_user(record: &[u8]) -> Result<UserKnown, CodecError> {
    let it: UserRow = decode(unframe(record)?)?;
    Ok(UserKnown {
        fields: it.fields,
        text: it.text.map(TextRef),
        counts: from_v1::counts(&it.counts),
        billed_day: it.billed_day,
    })
}

/// Returns the record of how an endpoint went.
pub fn encode_endpoint(known: &EndpointKnown) -> Vec<u8> {
    frame(&encode(&known.failing.map(|(since, class)| (since.0, into_v1::class(class)))))
}

/// Reads how an endpoint went.
pub fn decode_endpoint(record: &[u8]) -> Result<EndpointKnown, CodecError> {
    let failing: Option<(i64, u8)> = decode(unframe(record)?)?;
    let failing = match failing {
        Some((since, class)) => Some((Moment(since), from_v1::class(class)?)),
        None => None,
    };
    Ok(EndpointKnown { failing })
}

/// Returns the record of what a day cost.
pub fn encode_spent(spent: &DaySpend) -> Vec<u8> {
    frame(&encode(&(spent.day, spent.least_micro_usd, spent.most_micro_usd)))
}

/// Reads what a day cost.
pub fn decode_spent(record: &[u8]) -> Result<DaySpend, CodecError> {
    let (day, least_micro_usd, most_micro_usd) = decode(unframe(record)?)?;
    Ok(DaySpend { day, least_micro_usd, most_micro_usd })
}

/// Returns the record of a mark that something was forgotten.
pub fn encode_forgotten(mark: &ForgottenMark) -> Vec<u8> {
    frame(&encode(&(mark.at.0, mark.finished)))
}

/// Reads a mark that something was forgotten.
pub fn decode_forgotten(record: &[u8]) -> Result<ForgottenMark, CodecError> {
    let (at, finished) = decode(unframe(record)?)?;
    Ok(ForgottenMark { at: Moment(at), finished })
}

#[derive(Encode, Decode)]
struct NoticeRow {
    kind: u8,
    space: v1::Space,
    title: Option<String>,
    host: Option<String>,
    followers: Option<u64>,
    participants: Option<u64>,
    starts: Option<i64>,
    ran: (Option<i64>, Option<i64>),
    inferred: bool,
}

/// Returns the record of a notice.
pub fn encode_notice(notice: &Notice) -> Vec<u8> {
    frame(&encode(&NoticeRow {
        kind: into_v1::notice(notice.kind),
        space: notice.space.to_bytes(),
        title: notice.title.clone(),
        host: notice.host.clone(),
        followers: notice.followers,
        participants: notice.participants,
        starts: notice.starts.map(|at| at.0),
        ran: (notice.ran.0.map(|at| at.0), notice.ran.1.map(|at| at.0)),
        inferred: notice.inferred,
    }))
}

/// Reads a notice.
pub fn decode_notice(record: &[u8]) -> Result<Notice, CodecError> {
    let it: NoticeRow = decode(unframe(record)?)?;
    Ok(Notice {
        kind: from_v1::notice(it.kind)?,
        space: from_v1::space(it.space)?,
        title: it.title,
        host: it.host,
        followers: it.followers,
        participants: it.participants,
        starts: it.starts.map(Moment),
        ran: (it.ran.0.map(Moment), it.ran.1.map(Moment)),
        inferred: it.inferred,
    })
}
