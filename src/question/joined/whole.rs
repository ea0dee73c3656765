//! Several Spaces as one row: what they are together, and the figures of the whole.

use super::{Figures, Member, begin, end};
use crate::view::audience::{Audience, Totals, airtime_ms};
use crate::view::{SpaceRow, Stage};

/// The parts as one.
pub(super) struct Whole {
    pub row: SpaceRow,
    pub figures: Figures,
    /// Time on air of all parts, where X reported both ends of each.
    pub airtime_ms: Option<u64>,
    /// Between first and last look, of each part for itself.
    pub tracked_ms: Option<u64>,
    /// Time between the parts in which none was on air.
    pub breaks_ms: u64,
}

/// Makes one of the parts, which come by their begins.
///
/// The peak is the largest of the parts': people of two that were on air together are not added
/// up, because somebody may have been in both. Participant-hours, covered time and airtime are
/// sums. A break between two parts is a gap like any other.
pub(super) fn whole(members: &[Member]) -> Whole {
    let breaks = breaks(members);
    let breaks_ms: u64 = breaks.iter().sum();
    let mut totals = Totals { gap_ms: breaks_ms, ..Totals::default() };
    totals.gaps = u32::try_from(breaks.len()).unwrap_or(u32::MAX);
    let sums = members.iter().map(|it| it.figures.totals);
    let row = together(members);
    let figures = Figures {
        audience: row.audience.clone(),
        totals: sums.fold(totals, Totals::plus),
        airtime_so_far_ms: members.iter().map(|it| it.figures.airtime_so_far_ms).sum(),
        closed_at: row.closed_at,
        until: members.iter().map(|it| it.figures.until).max().unwrap_or_default(),
    };
    let tracked = members.iter().filter_map(|it| it.figures.audience.tracked_ms());
    Whole {
        airtime_ms: members.iter().map(|it| airtime_ms(it.row.started_at, it.row.ended_at)).sum(),
        tracked_ms: tracked.reduce(|sum, ms| sum + ms),
        breaks_ms,
        row,
        figures,
    }
}

/// Returns the stretches between parts in which none was on air.
fn breaks(members: &[Member]) -> Vec<u64> {
    let mut on_air_to: Option<i64> = None;
    let mut breaks = Vec::new();
    for member in members.iter().filter(|it| it.figures.is_known()) {
        let from = begin(&member.row);
        if let (Some(to), Some(from)) = (on_air_to, from) {
            let apart = u64::try_from(from.saturating_sub(to)).unwrap_or_default();
            breaks.extend((apart > 0).then_some(apart));
        }
        on_air_to = on_air_to.max(Some(end(&member.row).unwrap_or(i64::MAX)));
    }
    breaks
}

/// Returns the number of the part that ended last, or is on air.
pub(super) fn last(members: &[Member]) -> usize {
    let ends = members.iter().map(|it| (it.row.is_live(), end(&it.row)));
    ends.enumerate().max_by_key(|(_, end)| *end).map_or(0, |(number, _)| number)
}

/// Returns what X told of the parts as if it were one Space: the title of the first, the state and
/// the end of the last, everybody who was host or speaker.
fn together(members: &[Member]) -> SpaceRow {
    let rows = || members.iter().map(|it| &it.row);
    let Some(first) = rows().next() else { return SpaceRow::default() };
    let last = members.get(last(members)).map_or(first, |it| &it.row);
    let mut whole = SpaceRow {
        state: last.state.clone(),
        inferred: last.inferred,
        ended_between: last.ended_between,
        ended_at: last.ended_at,
        closed_at: last.closed_at,
        subscribers: last.subscribers,
        last_count: last.last_count,
        ..first.clone()
    };
    whole.stage = Stage::together(rows().map(|row| &row.stage));
    whole.audience = Audience::joined(members.iter().map(|it| &it.figures.audience));
    for row in rows().skip(1) {
        whole.seen = (whole.seen.0.min(row.seen.0), whole.seen.1.max(row.seen.1));
        whole.observations += row.observations;
        whole.title = whole.title.or_else(|| row.title.clone());
        whole.lang = whole.lang.or_else(|| row.lang.clone());
        whole.creator = whole.creator.or(row.creator);
        add(&mut whole.hosts, row.hosts.as_ref());
        add(&mut whole.speakers, row.speakers.as_ref());
        add(&mut whole.invited, row.invited.as_ref());
        add(&mut whole.topics, row.topics.as_ref());
        whole.is_ticketed = whole.is_ticketed.max(row.is_ticketed);
    }
    if let Some(speakers) = &mut whole.speakers {
        speakers.sort_unstable();
    }
    whole
}

/// Adds what is not yet in a list, in order.
fn add<T: Clone + PartialEq>(list: &mut Option<Vec<T>>, more: Option<&Vec<T>>) {
    let Some(more) = more else { return };
    let list = list.get_or_insert_default();
    for it in more {
        if !list.contains(it) {
            list.push(it.clone());
        }
    }
}
