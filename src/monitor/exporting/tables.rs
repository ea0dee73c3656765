//! The tables beside the observations: the views as of the export, a page at a time.

use crate::export::doubts;
use crate::export::parquet::{
    DESCRIPTIONS, DOUBTS, Facts, GAPS, HOSTS, KEYWORDS, LOGS, MISSING, POLLS, SPACES, SPEAKERS,
    STAGE, Table, USERS, WORDS,
};
use crate::projector::{Needs, Views};
use crate::question::{Board, Counting, Desk, Own, Question, SpaceFacts, Words};
use crate::serve::Refusal;
use crate::sheet::{Sheet, Value};
use crate::space::{SpaceId, UserId};
use crate::view::{Curves, Keywords, People, Polls, Spaces, View, is_stop_word};

use super::super::owner::refuse;
use super::super::reports::{Reports, broken_off, refused};
use super::earlier::{hex, unusable};
use super::parquet::{Making, Tables, unwritten};

/// Rows taken from a view at a time.
const PAGE: usize = 500;

/// The window of the words that `keywords` counts when nobody says otherwise.
const DAY_MS: u64 = 86_400_000;

impl Tables<'_> {
    /// Writes every table but the observations.
    pub(super) fn views(&mut self, reports: &mut Reports) -> Result<(), Refusal> {
        let reader = self.exporting.reader;
        let names = [Spaces::NAME, People::NAME, Curves::NAME, Keywords::NAME, Polls::NAME];
        let needs = Needs { views: &names, curves: true, only: None };
        let mut steps = self.exporting.pace();
        let mut tell = |view: &'static str, at, end| {
            steps.rest();
            reports.tell(view, at, end)
        };
        let views = self.exporting.views.as_of(self.cut.seq, &needs, reader, &mut tell);
        let views = views.map_err(|error| refused(&error))?.ok_or_else(broken_off)?;
        let cut = self.cut.clone();
        // A file has the words that everybody knows, nobody's own.
        let own = Own::default();
        let desk = Desk {
            views: &views,
            reader,
            now: cut.now,
            running: None,
            disk_bytes: None,
            disk_free_bytes: None,
            past: Some(&cut),
            own: &own,
        };
        self.log()?;
        self.spaces(&desk, reports)?;
        self.users(&views, reports)?;
        self.polls(&desk, reports)?;
        self.words(&views, reports)?;
        self.facts(reports)?;
        let board = Board { min_spaces: 1, ..Board::default() };
        let counting = Counting { last_ms: DAY_MS, ..Counting::default() };
        let words = Question::Keywords { which: Words::All, counting };
        for (table, question) in [
            (&GAPS, Question::Gaps { space: None }),
            (&HOSTS, Question::Hosts(board)),
            (&SPEAKERS, Question::Speakers(board)),
            (&KEYWORDS, words),
        ] {
            reports.step(table.name, (cut.seq, cut.seq))?;
            let sheet = desk.ask(&question).map_err(|error| refuse(&error))?;
            self.whole(table, sheet)?;
        }
        Ok(())
    }

    /// Writes what the export rests on.
    fn log(&mut self) -> Result<(), Refusal> {
        let reader = self.exporting.reader;
        let chain = reader.chain_at(self.cut.seq).map_err(|error| refused(&error))?;
        let header = reader.header();
        let row = vec![
            hex(&header.log_id).into(),
            header.simulated.is_some().into(),
            self.cut.seq.into(),
            hex(&chain.unwrap_or_default()).into(),
            Value::Time(self.cut.now),
            self.cut.now.into(),
        ];
        let mut file = self.open(&LOGS)?;
        self.push(&mut file, row)?;
        self.close(&LOGS, file)
    }

    /// Writes the Spaces and their stages.
    fn spaces(&mut self, desk: &Desk, reports: &mut Reports) -> Result<(), Refusal> {
        let (mut spaces, mut stage) = (self.open(&SPACES)?, self.open(&STAGE)?);
        let mut doubted = self.open(&DOUBTS)?;
        let (mut from, mut after) = (SpaceId::FIRST, false);
        let mut steps = self.exporting.pace();
        loop {
            let page = desk.spaces_from(from, after, PAGE).map_err(|error| refuse(&error))?;
            let Some(last) = page.last() else { break };
            (from, after) = (last.id, true);
            let mut sheet = Desk::space_columns();
            for it in page {
                for row in on_stage(&it) {
                    self.push(&mut stage, row)?;
                }
                sheet.push(it.values.clone());
                self.push(&mut spaces, space(it))?;
            }
            let doubts = doubts(&sheet).map_err(|error| unwritten(&error.into()))?;
            for row in doubts.rows {
                self.push(&mut doubted, row)?;
            }
            reports.step(SPACES.name, (self.cut.seq, self.cut.seq))?;
            steps.rest();
        }
        self.close(&SPACES, spaces)?;
        self.close(&DOUBTS, doubted)?;
        self.close(&STAGE, stage)
    }

    fn users(&mut self, views: &Views, reports: &mut Reports) -> Result<(), Refusal> {
        let mut file = self.open(&USERS)?;
        let mut from = Some(UserId(0));
        while let Some(first) = from {
            let mut page = Vec::new();
            let taken = views.people.ask(|people, disk| {
                people.each_person(disk, first, |user, row| {
                    page.push((user, row.clone()));
                    Ok(page.len() < PAGE)
                })
            });
            taken.map_err(|error| refused(&error))?;
            from = page.last().and_then(|(user, _)| user.0.checked_add(1)).map(UserId);
            for (user, row) in page {
                let row = vec![
                    user.to_string().into(),
                    row.username.into(),
                    row.name.into(),
                    row.verified.into(),
                    row.followers.into(),
                    row.counted_at.map_or(Value::Unknown, Value::Time),
                ];
                self.push(&mut file, row)?;
            }
            reports.step(USERS.name, (self.cut.seq, self.cut.seq))?;
        }
        self.close(&USERS, file)
    }

    fn polls(&mut self, desk: &Desk, reports: &mut Reports) -> Result<(), Refusal> {
        let mut file = self.open(&POLLS)?;
        let mut next = 0;
        let mut steps = self.exporting.pace();
        loop {
            let page = desk.polls_from(next, PAGE).map_err(|error| refuse(&error))?;
            let Some((last, _)) = page.last() else { break };
            next = last + 1;
            for (_seq, row) in page {
                self.push(&mut file, row)?;
            }
            reports.step(POLLS.name, (next - 1, self.cut.seq))?;
            steps.rest();
        }
        self.close(&POLLS, file)
    }

    /// Writes the words of titles that say something.
    fn words(&mut self, views: &Views, reports: &mut Reports) -> Result<(), Refusal> {
        let mut file = self.open(&WORDS)?;
        let mut done: Option<(i64, SpaceId)> = None;
        loop {
            let mut page = Vec::new();
            let from = done.map_or(i64::MIN, |(at, _)| at);
            let taken = views.keywords.ask(|keywords, disk| {
                keywords.each(disk, from, i64::MAX, |space, at, titled| {
                    if done.is_none_or(|done| (at, space) > done) {
                        page.push((at, space, titled.clone()));
                    }
                    Ok(page.len() < PAGE)
                })
            });
            taken.map_err(|error| refused(&error))?;
            let Some((at, space, _)) = page.last() else { break };
            done = Some((*at, *space));
            for (at, space, titled) in page {
                let lang = titled.lang.as_deref();
                for word in titled.words.iter().filter(|word| !is_stop_word(word, lang)) {
                    let (id, time) = (space.to_string().into(), Value::Time(at));
                    self.push(&mut file, vec![id, time, at.into(), word.clone().into()])?;
                }
            }
            reports.step(WORDS.name, (self.cut.seq, self.cut.seq))?;
        }
        self.close(&WORDS, file)
    }

    /// Writes what X said of Spaces beside its counts.
    fn facts(&mut self, reports: &mut Reports) -> Result<(), Refusal> {
        let until = self.cut.seq;
        let (descriptions, missing) = (self.open(&DESCRIPTIONS)?, self.open(&MISSING)?);
        let mut facts = Facts::new(self.exporting.reader, until, descriptions, missing);
        let mut steps = self.exporting.pace();
        while let Some(seq) = facts.step().map_err(|error| unwritten(&error))? {
            reports.step(DESCRIPTIONS.name, (seq, until))?;
            steps.rest();
        }
        let Facts { descriptions, missing, .. } = facts;
        self.close(&DESCRIPTIONS, descriptions)?;
        self.close(&MISSING, missing)
    }

    /// Writes a table that is one sheet.
    fn whole(&mut self, table: &'static Table, sheet: Sheet) -> Result<(), Refusal> {
        let mut file = self.open(table)?;
        // A table has the first columns of the answer; whose log a row is of stands before them.
        let fields = table.fields.len().saturating_sub(1);
        for mut row in sheet.rows {
            row.truncate(fields);
            self.push(&mut file, row)?;
        }
        self.close(table, file)
    }

    fn open(&self, table: &'static Table) -> Result<Making, Refusal> {
        let path = self.path(table, None);
        self.earlier.standing(&path)?;
        self.begin(table, &path)
    }

    /// Adds a row, behind whose log it is of.
    fn push(&self, file: &mut Making, mut row: Vec<Value>) -> Result<(), Refusal> {
        row.insert(0, self.earlier.manifest.monitor.clone().into());
        file.push(&row).map_err(|error| unwritten(&error))
    }

    fn close(&mut self, table: &'static Table, file: Making) -> Result<(), Refusal> {
        let (written, file) = file.finish().map_err(|error| unwritten(&error))?;
        file.done().map_err(|error| unusable(&error))?;
        self.made(table, self.path(table, None), written, (None, None));
        Ok(())
    }
}

/// Returns the row of a Space.
fn space(it: SpaceFacts) -> Vec<Value> {
    let airtime_ms = it.airtime_ms();
    let mut row = it.values;
    row.extend([
        airtime_ms.into(),
        it.airtime_so_far_ms.into(),
        it.row.ended_at.into(),
        it.held_until.into(),
        it.row.audience.disordered.into(),
    ]);
    row
}

/// Returns a row for everybody on the stage of a Space.
fn on_stage(it: &SpaceFacts) -> Vec<Vec<Value>> {
    let lists = [&it.row.hosts, &it.row.speakers];
    let in_reach =
        |user| lists.iter().any(|list| list.as_ref().is_some_and(|it| it.contains(&user)));
    let time = |first: Option<(i64, u64)>| first.map_or(Value::Unknown, |(at, _)| Value::Time(at));
    let row = |entrance: &crate::view::Entrance| {
        vec![
            it.id.to_string().into(),
            entrance.user.to_string().into(),
            entrance.role().word().into(),
            time(entrance.first()),
            time(entrance.host),
            time(entrance.co_host),
            time(entrance.speaker),
            in_reach(entrance.user).into(),
        ]
    };
    it.row.stage.entrances().iter().map(row).collect()
}
