//! One Space as a row of a sheet: every key, and how each figure comes about.

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, UserId};
use crate::view::audience::{
    Audience, Totals, airtime_ms, detection_lag_ms, lead_time_ms, reach, show_up_ratio,
    start_delay_ms, steadiness, time_to_peak_ms,
};
use crate::view::{Disk, People, PersonRow, Point, SpaceRow, ViewError, words};

use super::doubts::Doubted;
use super::{Desk, Own, basis};

/// The columns of a Space: name, unit, whether the list shows it, whether the card does.
const COLUMNS: [(&str, Unit, bool, bool); 51] = [
    ("space_id", Unit::None, true, true),
    ("title", Unit::None, true, true),
    ("state", Unit::None, true, true),
    ("state_source", Unit::None, true, true),
    ("lang", Unit::None, false, true),
    ("is_ticketed", Unit::None, false, true),
    ("creator_id", Unit::None, false, false),
    ("host_ids", Unit::None, false, false),
    ("host_usernames", Unit::None, true, true),
    ("speaker_ids", Unit::None, false, false),
    ("topic_ids", Unit::None, false, false),
    ("topics", Unit::None, false, true),
    ("keywords", Unit::None, false, true),
    ("participants", Unit::Count, true, true),
    ("participants_at", Unit::None, false, true),
    ("subscriber_count", Unit::Count, false, true),
    ("peak_participants", Unit::Count, true, true),
    ("peak_at", Unit::None, false, true),
    ("average_participants", Unit::Count, true, true),
    ("participant_hours", Unit::ParticipantHours, false, true),
    ("created_at", Unit::None, false, true),
    ("scheduled_start", Unit::None, false, true),
    ("started_at", Unit::None, true, true),
    ("ended_at", Unit::None, false, true),
    ("ended_between", Unit::None, false, true),
    ("airtime_seconds", Unit::Seconds, false, true),
    ("tracked_seconds", Unit::Seconds, false, true),
    ("coverage", Unit::Share, true, true),
    ("reach", Unit::Count, false, true),
    ("first_seen", Unit::None, false, true),
    ("last_seen", Unit::None, false, true),
    ("observations", Unit::Count, false, true),
    ("url", Unit::None, false, true),
    ("host_names", Unit::None, false, true),
    ("host_followers", Unit::Count, false, true),
    ("host_verified", Unit::None, false, true),
    ("speaker_count", Unit::Count, false, true),
    ("speaker_usernames", Unit::None, false, true),
    ("invited_user_ids", Unit::None, false, false),
    ("gaps", Unit::Count, true, true),
    ("gap_seconds", Unit::Seconds, false, true),
    ("peak_between", Unit::None, false, true),
    ("time_to_peak_seconds", Unit::Seconds, false, true),
    ("steadiness", Unit::Share, false, true),
    ("reminders", Unit::Count, false, true),
    ("show_up_ratio", Unit::Share, false, true),
    ("lead_time_seconds", Unit::Seconds, false, true),
    ("start_delay_seconds", Unit::Seconds, false, true),
    ("detection_lag_seconds", Unit::Seconds, false, true),
    ("stage_size", Unit::Count, false, true),
    ("doubted", Unit::None, false, false),
];

/// The figures of one Space's audience up to now.
pub(super) struct Figures {
    pub audience: Audience,
    pub totals: Totals,
    pub airtime_so_far_ms: Option<u64>,
    /// When it was first seen not to be live after it was.
    pub closed_at: Option<i64>,
    /// To which moment the last live count may be held.
    pub until: i64,
}

impl Figures {
    pub fn coverage(&self) -> Option<f64> {
        self.totals.coverage(self.airtime_so_far_ms?)
    }

    /// Whether it was ever seen live: without that, an audience is unknown, not empty.
    pub fn is_known(&self) -> bool {
        self.audience.first.is_some()
    }
}

/// Returns an empty sheet of Spaces, with what their figures rest on.
pub(super) fn list() -> Sheet {
    let mut sheet = sheet(false);
    sheet.columns.extend(basis::columns(false));
    sheet
}

/// Returns an empty sheet of Spaces; a `card` shows nearly all columns in a table.
pub(super) fn sheet(card: bool) -> Sheet {
    let columns = COLUMNS.iter().map(|(name, unit, in_list, in_card)| Column {
        name: (*name).to_owned(),
        unit: *unit,
        in_table: if card { *in_card } else { *in_list },
    });
    Sheet::new(columns.collect())
}

impl Desk<'_> {
    pub(super) fn space_row(&self, id: SpaceId) -> Result<Option<SpaceRow>, ProjectorError> {
        self.views.spaces.ask(|spaces, disk| spaces.space(disk, id))
    }

    /// Returns the figures of a Space: from the row, or from its curve where looks came out of
    /// order.
    pub(super) fn figures(&self, id: SpaceId, row: &SpaceRow) -> Result<Figures, ProjectorError> {
        if !row.audience.disordered {
            let until = row.held_until(self.now);
            let totals = row.audience.totals(until);
            let (audience, airtime_so_far_ms) =
                (row.audience.clone(), row.airtime_so_far_ms(self.now));
            let closed_at = row.closed_at;
            return Ok(Figures { audience, totals, airtime_so_far_ms, closed_at, until });
        }
        let points = self.views.curves.ask(|curves, disk| curves.points(disk, id))?;
        let looks: Vec<_> = points.iter().filter_map(|point| point.look(row.ended_at)).collect();
        let last = looks.iter().map(|look| look.at).max();
        let mut row = row.clone();
        let closing = |point: &&Point| point.state.is_some() && Some(point.at) > last;
        row.closed_at = points.iter().find(closing).map(|point| point.at).or(row.closed_at);
        let until = row.held_until(self.now);
        let audience = Audience::of(looks, row.closed_at.map(|_closed| until));
        let totals = audience.totals(until);
        let airtime_so_far_ms = row.airtime_so_far_ms(self.now);
        Ok(Figures { totals, airtime_so_far_ms, audience, closed_at: row.closed_at, until })
    }

    /// Returns the followers of everybody ever seen on the stage, each person once.
    pub(super) fn reach_of(&self, row: &SpaceRow) -> Result<Option<u64>, ProjectorError> {
        let ids: Vec<u64> = row.stage.entrances().iter().map(|it| it.user).collect();
        let people = self.persons(&ids)?;
        Ok(reach(people.iter().map(|person| person.followers)))
    }

    /// Returns these people, in order; one who was never described is unknown in every field.
    pub(super) fn persons(&self, ids: &[u64]) -> Result<Vec<PersonRow>, ProjectorError> {
        self.views.people.ask(|people, disk| {
            ids.iter()
                .map(|id| Ok(people.person(disk, UserId(*id))?.unwrap_or_default()))
                .collect::<Result<_, ViewError>>()
        })
    }

    /// Returns the values of a [`list`], and what is doubted behind them.
    pub(super) fn space_values(
        &self,
        id: SpaceId,
        row: &SpaceRow,
    ) -> Result<(Vec<Value>, Vec<Doubted>), ProjectorError> {
        self.space_values_of(id, row, &self.figures(id, row)?)
    }

    /// The same of a Space with these figures.
    pub(super) fn space_values_of(
        &self,
        id: SpaceId,
        row: &SpaceRow,
        figures: &Figures,
    ) -> Result<(Vec<Value>, Vec<Doubted>), ProjectorError> {
        let basis = self.basis(id, row, figures)?;
        let mut values = self.values_of(id, row, figures, basis.doubted())?;
        values.extend(basis.values());
        Ok((values, basis.doubts))
    }

    /// Returns the values under [`COLUMNS`] with these figures; `doubted` are the rules that doubt
    /// one of the counts behind them.
    pub(super) fn values_of(
        &self,
        id: SpaceId,
        row: &SpaceRow,
        figures: &Figures,
        doubted: Value,
    ) -> Result<Vec<Value>, ProjectorError> {
        let hosts = self.persons(row.hosts.as_deref().unwrap_or_default())?;
        let speakers = self.persons(row.speakers.as_deref().unwrap_or_default())?;
        let topics = self.views.people.ask(|people, disk| labels(self.own, people, disk, row))?;
        let mut values = described(id, row, &hosts, (topics, keywords(self.own, row).into()));
        values.extend(audience_values(row, figures));
        values.extend([
            self.reach_of(row)?.into(),
            Value::Time(row.seen.0),
            Value::Time(row.seen.1),
            row.observations.into(),
            id.url().into(),
            each(row.hosts.as_ref(), &hosts, |person| person.name.clone().into()),
            each(row.hosts.as_ref(), &hosts, |person| person.followers.into()),
            each(row.hosts.as_ref(), &hosts, |person| person.verified.into()),
            row.speakers.as_ref().map(|speakers| speakers.len() as u64).into(),
            each(row.speakers.as_ref(), &speakers, |person| person.username.clone().into()),
            id_list(row.invited.as_ref()),
            figures.is_known().then_some(figures.totals.gaps).into(),
            seconds(figures.is_known().then_some(figures.totals.gap_ms)),
        ]);
        values.extend(term_values(row, figures));
        values.push(doubted);
        Ok(values)
    }
}

/// Returns the count to show, and when it was seen: the last one while live; of a Space never seen
/// live, what X last said.
pub(super) fn last(row: &SpaceRow, figures: &Figures) -> Option<(i64, u64)> {
    if figures.is_known() { figures.audience.last_count } else { row.participants() }
}

/// From `participants` to `coverage`.
fn audience_values(row: &SpaceRow, figures: &Figures) -> Vec<Value> {
    let known = figures.is_known();
    let peak = figures.audience.peak.filter(|_| known);
    let totals = Some(figures.totals).filter(|_| known);
    let last = last(row, figures);
    let between = row.ended_between.map(|(from, to)| vec![Value::Time(from), Value::Time(to)]);
    vec![
        last.map(|(_, count)| count).into(),
        time(last.map(|(at, _)| at)),
        row.subscribers.into(),
        peak.map(|peak| peak.count).into(),
        time(peak.map(|peak| peak.at)),
        totals.and_then(|totals| totals.average()).into(),
        totals.and_then(|totals| totals.participant_hours()).into(),
        time(row.created_at),
        time(row.scheduled_start),
        time(row.started_at),
        time(row.ended_at),
        between.map_or(Value::Unknown, Value::List),
        seconds(airtime_ms(row.started_at, row.ended_at)),
        seconds(figures.audience.tracked_ms()),
        figures.coverage().filter(|_| known).into(),
    ]
}

/// From `space_id` to `keywords`.
fn described(
    id: SpaceId,
    row: &SpaceRow,
    hosts: &[PersonRow],
    (topics, keywords): (Value, Value),
) -> Vec<Value> {
    vec![
        id.to_string().into(),
        row.title.clone().into(),
        row.state.clone().into(),
        source(row).into(),
        row.lang.clone().into(),
        row.is_ticketed.into(),
        row.creator.map(|user| user.to_string()).into(),
        id_list(row.hosts.as_ref()),
        each(row.hosts.as_ref(), hosts, |person| person.username.clone().into()),
        id_list(row.speakers.as_ref()),
        row.topics.clone().into(),
        topics,
        keywords,
    ]
}

/// Says how the state is known: X reported it, or it was inferred.
pub(super) fn source(row: &SpaceRow) -> Option<&'static str> {
    row.state.as_ref().map(|_| if row.inferred { "inferred" } else { "reported" })
}

/// Returns the words of the title that say something.
fn keywords(own: &Own, row: &SpaceRow) -> Option<Vec<String>> {
    let mut found = words(row.title.as_ref()?);
    found.retain(|word| !own.says_nothing(word, row.lang.as_deref()));
    Some(found)
}

/// Returns the labels of a Space's topics.
fn labels(own: &Own, people: &People, disk: &dyn Disk, row: &SpaceRow) -> Result<Value, ViewError> {
    let Some(ids) = &row.topics else { return Ok(Value::Unknown) };
    let label = |id: &String| Ok(Value::Text(own.label(people, disk, id)?));
    Ok(Value::List(ids.iter().map(label).collect::<Result<_, ViewError>>()?))
}

/// From `peak_between` to `stage_size`.
fn term_values(row: &SpaceRow, figures: &Figures) -> Vec<Value> {
    let known = figures.is_known();
    let peak = figures.audience.peak.filter(|_| known);
    let average = figures.totals.average().filter(|_| known);
    let started = row.started_at;
    let reminders = row.reminders.map(|(_, count)| count);
    let stage = row.stage.entrances().len() as u64;
    let is_stage_known = row.hosts.is_some() || row.speakers.is_some();
    vec![
        peak.map_or(Value::Unknown, |peak| Value::List(vec![time(peak.after), time(peak.before)])),
        signed_seconds(time_to_peak_ms(peak, started)),
        steadiness(average, peak).into(),
        reminders.into(),
        show_up_ratio(peak, reminders).into(),
        signed_seconds(lead_time_ms(row.created_at, row.scheduled_start)),
        signed_seconds(start_delay_ms(row.scheduled_start, started)),
        signed_seconds(row.first_seen().and_then(|first| detection_lag_ms(first, started))),
        is_stage_known.then_some(stage).into(),
    ]
}

/// Returns one value a person, unknown as a whole where the list of ids is.
fn each(
    ids: Option<&Vec<u64>>,
    people: &[PersonRow],
    value: impl Fn(&PersonRow) -> Value,
) -> Value {
    ids.map_or(Value::Unknown, |_| Value::List(people.iter().map(value).collect()))
}

fn id_list(ids: Option<&Vec<u64>>) -> Value {
    ids.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>()).into()
}

pub(super) fn time(ms: Option<i64>) -> Value {
    ms.map_or(Value::Unknown, Value::Time)
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: Option<u64>) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "exact for spans under 285,000 years")]
    ms.map(|ms| ms as f64 / 1000.0).into()
}

/// Milliseconds, of which there may be fewer than none, as seconds.
pub(super) fn signed_seconds(ms: Option<i64>) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "exact for spans under 285,000 years")]
    ms.map(|ms| ms as f64 / 1000.0).into()
}
