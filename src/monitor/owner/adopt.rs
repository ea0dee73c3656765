//! Taking in batches of another log: each once, in short steps, and nothing that was forgotten.

use std::collections::BTreeSet;

use crate::event::codec;
use crate::event::{Event, Subject, Text, TextRef, mentions};
use crate::import::lines::from_hex;
use crate::log::Adopted;
use crate::serve::{BatchCopy, Refusal, RefusalKind};
use crate::sheet::{Column, Sheet, Unit, Value};

use super::{Owner, Tell, broken_off, refused};

/// Bytes of batches that are appended in one transaction: few enough that a poll's own waits
/// hardly longer for it.
const STEP_BYTES: usize = 256 * 1024;

impl Owner {
    /// Takes batches in and tells how many were new. One that is here already changes nothing.
    pub(super) fn adopt(
        &self,
        simulated: bool,
        copies: &[BatchCopy],
        reply: Tell,
    ) -> Result<Sheet, Refusal> {
        if self.reader.header().simulated.is_some() != simulated {
            let (ours, theirs) =
                if simulated { ("real", "simulated") } else { ("simulated", "real") };
            return Err(Refusal {
                kind: RefusalKind::Usage,
                message: format!("the folder holds {ours} data, and the lines {theirs} data"),
                causes: vec!["the two stay apart: name another folder".to_owned()],
            });
        }
        let mut adopted =
            copies.iter().map(unpack).collect::<Option<Vec<_>>>().ok_or_else(|| {
                let message = "a batch is not what it should be".to_owned();
                Refusal { kind: RefusalKind::Usage, message, causes: Vec::new() }
            })?;
        let erased = self.forget_as_told(&adopted, reply)?;
        self.silence(&mut adopted)?;
        let count = adopted.len() as u64;
        let (mut new_batches, mut new_events) = (0, 0);
        let mut sum = |(batches, events): (u64, u64)| {
            new_batches += batches;
            new_events += events;
        };
        let (mut step, mut bytes) = (Vec::new(), 0);
        for (it, copy) in adopted.into_iter().zip(copies) {
            bytes += copy.batch.len() / 2;
            step.push(it);
            if bytes >= STEP_BYTES {
                sum(self.take(std::mem::take(&mut step))?);
                bytes = 0;
            }
        }
        sum(self.take(step)?);
        let mut sheet = Sheet::new(vec![
            Column::new("batches", Unit::Count),
            Column::new("new_batches", Unit::Count),
            Column::new("new_events", Unit::Count),
            Column::new("forgotten", Unit::Count),
        ]);
        let counts = [count, new_batches, new_events, erased];
        sheet.push(counts.into_iter().map(Value::from).collect());
        Ok(sheet)
    }

    fn take(&self, step: Vec<Adopted>) -> Result<(u64, u64), Refusal> {
        if step.is_empty() {
            return Ok((0, 0));
        }
        if !(self.go_on)() {
            return Err(broken_off());
        }
        (self.adopt)(step).map_err(|error| refused(&error))
    }

    /// Erases here what these batches say was forgotten there, before they are appended: so that
    /// whatever breaks off the work, it is done when the batches are here. Returns of how many
    /// users and Spaces there was anything to erase.
    fn forget_as_told(&self, adopted: &[Adopted], reply: Tell) -> Result<u64, Refusal> {
        let marked = self.marked()?;
        let mut erased = 0;
        for event in adopted.iter().flat_map(|it| &it.batch.events) {
            let Event::Forgotten { subject, reason } = event else { continue };
            let words = self.reader.words_of(*subject).map_err(|error| refused(&error))?;
            if !marked.contains(subject) && !words.is_empty() {
                self.erase(*subject, reason, &mut *reply)?;
                erased += 1;
            }
        }
        Ok(erased)
    }

    /// Takes the texts of whom and what was forgotten, here or in these batches, out of them; and
    /// the lines that name such a user.
    fn silence(&self, adopted: &mut [Adopted]) -> Result<(), Refusal> {
        let mut gone = self.marked()?;
        for event in adopted.iter().flat_map(|it| &it.batch.events) {
            if let Event::Forgotten { subject, .. } = event {
                gone.insert(*subject);
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        let (mut silent, mut names) = (BTreeSet::<TextRef>::new(), BTreeSet::<String>::new());
        for Adopted { batch, .. } in &*adopted {
            for event in &batch.events {
                let subject = match event {
                    Event::SpaceDescribed(it) => Subject::Space(it.space),
                    Event::UserDescribed(it) => Subject::User(it.user),
                    _ => continue,
                };
                for reference in event.references().filter(|_| gone.contains(&subject)) {
                    silent.insert(reference);
                    if let Some(Text::User { username: Some(name), .. }) = batch.text(&reference) {
                        names.insert(name.clone());
                    }
                }
            }
        }
        for Adopted { batch, texts } in adopted {
            let is_named = |text: &Text| {
                text.line().is_some_and(|line| names.iter().any(|name| mentions(line, name)))
            };
            batch.texts.retain(|reference, text| !silent.contains(reference) && !is_named(text));
            texts.retain(|(reference, _record)| batch.texts.contains_key(reference));
        }
        Ok(())
    }

    fn marked(&self) -> Result<BTreeSet<Subject>, Refusal> {
        let marks = self.reader.marks().map_err(|error| refused(&error))?;
        Ok(marks.into_iter().map(|(subject, _mark)| subject).collect())
    }
}

/// Reads a batch and the records of its texts.
fn unpack(copy: &BatchCopy) -> Option<Adopted> {
    let mut batch = codec::decode_canonical(&from_hex(&copy.batch)?).ok()?;
    let mut texts = Vec::with_capacity(copy.texts.len());
    for (reference, record) in &copy.texts {
        let reference = TextRef(from_hex(reference)?.try_into().ok()?);
        let record = from_hex(record)?;
        let (_owner, text) = codec::decode_text_row(&reference, &record).ok()?;
        batch.texts.insert(reference, text);
        texts.push((reference, record));
    }
    Some(Adopted { batch, texts })
}
