//! Views as of a past seq: folded to there beside the present ones, asked, and gone.
//!
//! Whole views go to files of their own without a name, so that memory does not grow with the
//! log, and nothing is left whatever becomes of the process. A question about single Spaces is
//! answered from their histories alone, in memory: what is folded there is what is answered.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::event::{Batch, Event};
use crate::log::{LogError, Reader};
use crate::space::SpaceId;
use crate::store::{InMemoryBackend, Scratch};
use crate::view::{Curves, Keywords, People, Polls, Spaces, View};

use super::{Handle, Progress, Projection, ProjectorError, Views};

/// How the names of their files begin.
const PREFIX: &str = "past-";

/// Tells apart the files of questions that are answered at the same time.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What a question about the past is answered from.
#[derive(Clone, Copy, Debug)]
pub struct Needs<'a> {
    /// The views, by name.
    pub views: &'a [&'static str],
    /// Whether curves themselves are asked for. Else those of all Spaces are folded only where one
    /// of them does not stand in its row whole: where looks came out of order, or may be doubted.
    pub curves: bool,
    /// The Spaces that the question is about, if it is about single ones: then the views of
    /// Spaces and curves hold these alone, and the hosts' view their people and topics.
    pub only: Option<&'a [SpaceId]>,
}

/// Removes what a crash left in the moment before a file lost its name. What cannot be removed only
/// takes room, and is tried again.
pub(super) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

impl Views {
    /// Folds the batches that end at or before `until` into the views that are needed; the
    /// present ones are not touched. `None` when `progress` broke it off.
    ///
    /// # Errors
    /// What the log or the files say; nothing of a fold that failed is left.
    pub fn as_of(
        &self,
        until: u64,
        needs: &Needs,
        reader: &Reader,
        progress: &mut Progress,
    ) -> Result<Option<Self>, ProjectorError> {
        let mut past = Self::absent(self.folder.clone());
        let mut fold = Fold { folder: self.folder.as_deref(), until, reader, progress };
        let needed = |name| needs.views.contains(&name);
        let done = match needs.only {
            Some(ids) => fold.single(&mut past, ids, needed(People::NAME))?,
            None => {
                fold.whole(&mut past.spaces, needed(Spaces::NAME))?
                    && fold.whole(&mut past.people, needed(People::NAME))?
                    && {
                        let needed = needed(Curves::NAME)
                            && (needs.curves || any_needs_curve(&past.spaces)?);
                        fold.whole(&mut past.curves, needed)?
                    }
            }
        };
        let done = done
            && fold.whole(&mut past.keywords, needed(Keywords::NAME))?
            && fold.whole(&mut past.polls, needed(Polls::NAME))?;
        Ok(done.then_some(past))
    }

    /// Folds what the log says of one Space so far, in memory, into the views of Spaces and of
    /// curves: for whoever has no views, or none that kept up.
    ///
    /// # Errors
    /// What the log says.
    pub fn of_space(space: SpaceId, reader: &Reader) -> Result<Self, ProjectorError> {
        let mut past = Self::absent(None);
        let until = reader.head().map_err(log::<Spaces>)?.seq;
        let mut fold = Fold { folder: None, until, reader, progress: &mut |_, _, _| true };
        fold.single(&mut past, &[space], false)?;
        Ok(past)
    }

    fn absent(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            spaces: Handle::absent(),
            curves: Handle::absent(),
            people: Handle::absent(),
            keywords: Handle::absent(),
            polls: Handle::absent(),
        }
    }
}

/// Folding to a past seq. Each step returns false when it was broken off.
struct Fold<'a, 'b> {
    /// `None` where nothing may be written: then views are folded in memory.
    folder: Option<&'a Path>,
    until: u64,
    reader: &'a Reader,
    progress: &'a mut Progress<'b>,
}

impl Fold<'_, '_> {
    /// Folds a whole view, if it is needed.
    fn whole<V: View>(
        &mut self,
        place: &mut Handle<V>,
        needed: bool,
    ) -> Result<bool, ProjectorError> {
        if !needed {
            return Ok(true);
        }
        let mut view = self.fresh::<V>()?;
        while view.step(self.reader, self.until)? {
            if !(self.progress)(V::NAME, view.at().seq, self.until) {
                return Ok(false);
            }
        }
        *place = Handle::new(view);
        Ok(true)
    }

    /// Begins a view in a file without a name.
    fn fresh<V: View>(&self) -> Result<Projection<V>, ProjectorError> {
        let Some(folder) = self.folder else {
            return Projection::on(InMemoryBackend::new(), self.reader);
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{PREFIX}{}-{number}.redb", std::process::id()));
        let medium = Scratch::make(&path);
        let medium = medium.map_err(|source| ProjectorError::Store { view: V::NAME, source })?;
        Projection::on(medium, self.reader)
    }

    /// Folds single Spaces from their histories, and their people if they are needed.
    fn single(
        &mut self,
        past: &mut Views,
        ids: &[SpaceId],
        people: bool,
    ) -> Result<bool, ProjectorError> {
        let mut spaces = Projection::<Spaces>::on(InMemoryBackend::new(), self.reader)?;
        let mut curves = Projection::<Curves>::on(InMemoryBackend::new(), self.reader)?;
        for id in ids.iter().collect::<BTreeSet<_>>() {
            let mut outcome = Ok(());
            let walked = self.reader.history(
                *id,
                self.until,
                &mut |at| (self.progress)(Spaces::NAME, at, self.until),
                &mut |batch| {
                    let mut parts = parts(batch, |event| event.is_about(*id));
                    outcome = parts.try_for_each(|part| {
                        spaces.take_part(&part)?;
                        curves.take_part(&part)
                    });
                    Ok(outcome.is_ok())
                },
            );
            let walked = walked.map_err(log::<Spaces>)?;
            outcome?;
            if !walked {
                return Ok(false);
            }
        }
        past.spaces = Handle::new(spaces);
        past.curves = Handle::new(curves);
        if people { self.people_of(past, ids) } else { Ok(true) }
    }

    /// Folds the hosts and speakers of these Spaces, and all topics.
    fn people_of(&mut self, past: &mut Views, ids: &[SpaceId]) -> Result<bool, ProjectorError> {
        let mut wanted: BTreeSet<u64> = BTreeSet::new();
        for id in ids {
            let row = past.spaces.ask(|spaces, disk| spaces.space(disk, *id))?.unwrap_or_default();
            wanted.extend(row.hosts.iter().flatten());
            wanted.extend(row.speakers.iter().flatten());
            wanted.extend(row.stage.entrances().iter().map(|it| it.user));
        }
        let mut people = Projection::<People>::on(InMemoryBackend::new(), self.reader)?;
        let mut outcome = Ok(());
        let walked = self.reader.about_people(
            self.until,
            &mut |at| (self.progress)(People::NAME, at, self.until),
            &mut |batch| {
                let mut parts = parts(batch, |event| match event {
                    Event::UserDescribed(it) => wanted.contains(&it.user.0),
                    Event::UserCounted(it) => wanted.contains(&it.user.0),
                    event => matches!(event, Event::TopicDescribed(_)),
                });
                outcome = parts.try_for_each(|part| people.take_part(&part));
                Ok(outcome.is_ok())
            },
        );
        let walked = walked.map_err(log::<People>)?;
        outcome?;
        past.people = Handle::new(people);
        Ok(walked)
    }
}

fn log<V: View>(source: LogError) -> ProjectorError {
    ProjectorError::Log { view: V::NAME, source }
}

fn any_needs_curve(spaces: &Handle<Spaces>) -> Result<bool, ProjectorError> {
    spaces.ask(|spaces, disk| {
        let mut found = false;
        spaces.each(disk, |_id, row| {
            found = row.needs_curve();
            Ok(!found)
        })?;
        Ok(found)
    })
}

/// Returns each wanted event of a batch as a batch of its own: behind the poll that brought it,
/// which says how its count is held, at its own seq, with its own text.
fn parts(batch: &Batch, wanted: impl Fn(&Event) -> bool) -> impl Iterator<Item = Batch> {
    batch.entries().filter(move |entry| wanted(entry.event)).map(|entry| {
        let poll = batch.events.first().filter(|_| entry.seq > batch.first_seq).cloned();
        let text = match entry.event {
            Event::SpaceDescribed(it) => it.text,
            Event::UserDescribed(it) => it.text,
            _ => None,
        };
        let text = text.and_then(|text| Some((text, batch.text(&text)?.clone())));
        Batch {
            first_seq: entry.seq - u64::from(poll.is_some()),
            monitor: batch.monitor,
            poll_id: batch.poll_id,
            observed_at: batch.observed_at,
            recorded_at: batch.recorded_at,
            events: poll.into_iter().chain([entry.event.clone()]).collect(),
            texts: text.into_iter().collect(),
            chain: batch.chain,
        }
    })
}
