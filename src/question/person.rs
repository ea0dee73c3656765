//! One person: where they hosted or spoke, and how many followed them.

use std::collections::BTreeSet;

use crate::projector::ProjectorError;
use crate::sheet::{Column, Sheet, Unit, Value};
use crate::space::{SpaceId, UserId, several};
use crate::view::audience::{airtime_ms, reach};
use crate::view::{Entrance, PersonRow, SpaceRow};

use super::basis::moment;
use super::doubts::Doubted;
use super::space::{seconds, source, time};
use super::{Desk, QuestionError, basis, doubts};

impl Desk<'_> {
    /// Answers `person`: each Space where somebody was seen on the stage, the latest first; or
    /// their followers over time.
    pub(super) fn person(&self, who: &str, followers: bool) -> Result<Sheet, QuestionError> {
        let user = self.user(who)?;
        let spaces = self.on_stage(user)?;
        let person = self.views.people.ask(|people, disk| people.person(disk, user))?;
        if person.is_none() && spaces.is_empty() {
            return Err(QuestionError::UnknownPerson(who.to_owned()));
        }
        let person = person.unwrap_or_default();
        if followers {
            self.follower_history(user, &person)
        } else {
            self.stages(user, &person, spaces)
        }
    }

    /// Returns whom the words mean: an id, or a name, with its `@` or without, in any case.
    fn user(&self, who: &str) -> Result<UserId, QuestionError> {
        if let Ok(id) = who.parse() {
            return Ok(id);
        }
        let name = who.trim_start_matches('@');
        let mut found = self.views.people.ask(|people, disk| people.named(disk, name))?;
        if found.is_empty() && self.past.is_none() {
            // Somebody who goes by another name now.
            found = self.reader.named(name)?.into_iter().map(|named| named.user).collect();
        }
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(QuestionError::UnknownPerson(who.to_owned())),
            several => {
                let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
                let (name, ids) = (name.to_owned(), ids.join(", "));
                Err(QuestionError::SeveralPersons { name, ids })
            }
        }
    }

    fn on_stage(&self, user: UserId) -> Result<BTreeSet<SpaceId>, ProjectorError> {
        let hosted = self.views.people.ask(|people, disk| people.hosted_by(disk, user))?;
        let mut spaces: BTreeSet<SpaceId> = hosted.into_iter().collect();
        self.views.spaces.ask(|view, disk| {
            view.each_spoke(disk, user, |speaker, space| {
                if speaker == user {
                    spaces.insert(space);
                }
                Ok(speaker == user)
            })
        })?;
        Ok(spaces)
    }

    fn stages(
        &self,
        user: UserId,
        person: &PersonRow,
        spaces: BTreeSet<SpaceId>,
    ) -> Result<Sheet, QuestionError> {
        let mut sheet = sheet();
        let mut found = Vec::new();
        let mut rows = Vec::new();
        for id in spaces {
            let Some(row) = self.space_row(id)? else { continue };
            let when = row.started_at.or(row.audience.first).or(row.scheduled_start);
            rows.push((std::cmp::Reverse(when), id, row));
        }
        rows.sort_by_key(|(when, id, _)| (*when, *id));
        let mut seen = [0_u64; 3];
        for (_when, id, row) in rows {
            let entrance = row.stage.of(user.0);
            if let Some(entrance) = entrance {
                seen[entrance.role() as usize] += 1;
            }
            let (values, doubts) = self.stage_values(user, person, (id, &row))?;
            found.extend(doubts);
            sheet.push(values);
        }
        let name = name_of(user, person);
        let followers = person.followers.map_or("followers unknown".to_owned(), |count| {
            let at = person.counted_at.map(moment).unwrap_or_default();
            format!("{}, counted {at}", several(count, "follower", "followers"))
        });
        let [hosted, co_hosted, spoke] = seen;
        sheet.notes.push(format!(
            "{name}: {followers}; host of {hosted}, co-host of {co_hosted}, speaker alone in {spoke}"
        ));
        doubts::show(&mut sheet, "doubted", found);
        Ok(sheet)
    }

    fn stage_values(
        &self,
        user: UserId,
        person: &PersonRow,
        (id, row): (SpaceId, &SpaceRow),
    ) -> Result<(Vec<Value>, Vec<Doubted>), ProjectorError> {
        let figures = self.figures(id, row)?;
        let basis = self.basis(id, row, &figures)?;
        let totals = Some(figures.totals).filter(|_| figures.is_known());
        let entrance = row.stage.of(user.0);
        let roles = entrance.map(|it| {
            it.roles().into_iter().map(|(role, _)| role.word().to_owned()).collect::<Vec<_>>()
        });
        let mut values = vec![
            user.to_string().into(),
            person.username.clone().into(),
            id.to_string().into(),
            row.title.clone().into(),
            row.state.clone().into(),
            entrance.map(|it| it.role().word()).into(),
            roles.into(),
            time(entrance.and_then(Entrance::first).map(|first| first.0)),
            time(row.started_at),
            seconds(airtime_ms(row.started_at, row.ended_at)),
            totals.and_then(|it| it.average()).into(),
            figures.audience.peak.map(|peak| peak.count).into(),
            totals.and_then(|it| it.participant_hours()).into(),
            figures.coverage().filter(|_| figures.is_known()).into(),
            self.reach_of(row)?.into(),
            basis.doubted(),
            source(row).into(),
            totals.map(|it| it.gaps).into(),
            seconds(totals.map(|it| it.gap_ms)),
        ];
        values.extend(basis.values());
        Ok((values, basis.doubts))
    }

    fn follower_history(&self, user: UserId, person: &PersonRow) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::hidden("user_id", Unit::None),
            Column::new("username", Unit::None),
            Column::new("observed_at", Unit::None),
            Column::new("followers", Unit::Count),
            Column::new("gained", Unit::Count),
        ]);
        let counts =
            self.views.people.ask(|people, disk| people.followers(disk, user, self.now))?;
        let mut before: Option<i64> = None;
        for (at, count) in counts {
            let whole = i64::try_from(count).unwrap_or(i64::MAX);
            sheet.push(vec![
                user.to_string().into(),
                person.username.clone().into(),
                Value::Time(at),
                count.into(),
                before.map(|before| whole.saturating_sub(before)).into(),
            ]);
            before = Some(whole);
        }
        sheet.notes.push(format!(
            "{}: each count that differs from the one before; between two nobody may have looked",
            name_of(user, person)
        ));
        Ok(sheet)
    }

    /// Returns the reach of a Space as last seen before a moment: followers of everybody ever on
    /// its stage, each person once.
    pub(super) fn reach_at(
        &self,
        row: &SpaceRow,
        moment: i64,
    ) -> Result<Option<u64>, ProjectorError> {
        self.views.people.ask(|people, disk| {
            let mut followers = Vec::new();
            for entrance in row.stage.entrances() {
                let counts = people.followers(disk, UserId(entrance.user), moment)?;
                followers.push(counts.last().map(|(_, count)| *count));
            }
            Ok(reach(followers))
        })
    }
}

fn name_of(user: UserId, person: &PersonRow) -> String {
    person.username.as_ref().map_or_else(|| user.to_string(), |name| format!("@{name} ({user})"))
}

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(vec![
        Column::hidden("user_id", Unit::None),
        Column::hidden("username", Unit::None),
        Column::new("space_id", Unit::None),
        Column::new("title", Unit::None),
        Column::new("state", Unit::None),
        Column::new("role", Unit::None),
        Column::hidden("roles", Unit::None),
        Column::new("first_seen_on_stage", Unit::None),
        Column::new("started_at", Unit::None),
        Column::new("airtime_seconds", Unit::Seconds),
        Column::new("average_participants", Unit::Count),
        Column::new("peak_participants", Unit::Count),
        Column::new("participant_hours", Unit::ParticipantHours),
        Column::new("coverage", Unit::Share),
        Column::new("reach", Unit::Count),
        Column::hidden("doubted", Unit::None),
        Column::hidden("state_source", Unit::None),
        Column::new("gaps", Unit::Count),
        Column::hidden("gap_seconds", Unit::Seconds),
    ]);
    sheet.columns.extend(basis::columns(false));
    sheet
}
