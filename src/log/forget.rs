//! Forgetting: the texts of a user or a Space leave the log for good, and never come back.
//!
//! One transaction appends the event that says so, removes the texts, cleans what was remembered
//! of them, and leaves a mark that deciding honours from then on. The mark is unfinished until no
//! file holds the bytes any more: free pages of the log ([`Log::compact`]), views, kept bodies.
//! Who opens the log while a mark is unfinished finishes the work.

use std::collections::BTreeSet;

use crate::event::codec;
use crate::event::{Event, ForgottenMark, NewBatch, Subject};
use crate::space::Moment;
use crate::store::{Commit, Writing};

use super::plan::Plan;
use super::{Appended, Log, LogError, Reader, keys};

/// What forgetting took out of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Texts that the subject's names, descriptions or titles were.
    pub texts: u64,
    /// Lines that named it: watched names, lists of names, messages of failures.
    pub lines: u64,
    /// Notices not printed yet that named it.
    pub notices: u64,
}

impl Reader {
    /// Returns the marks of all that was forgotten.
    pub fn marks(&self) -> Result<Vec<(Subject, ForgottenMark)>, LogError> {
        let mut marks = Vec::new();
        self.store().read(|read| {
            read.table(keys::FORGOTTEN)?.scan(&[], None, |key, record| {
                let damaged = |source| LogError::Damaged { seq: 0, source };
                let mark = codec::decode_forgotten(record).map_err(damaged)?;
                let subject = keys::read_subject(key);
                let subject = subject.ok_or_else(|| damaged(codec::CodecError::Short))?;
                marks.push((subject, mark));
                Ok::<_, LogError>(true)
            })
        })?;
        Ok(marks)
    }
}

impl Log {
    /// Returns of whom and what no text is stored.
    pub fn forgotten(&self) -> &BTreeSet<Subject> {
        &self.forgotten
    }

    /// Erases the texts of a subject and appends why, in one transaction. Nothing known of it is
    /// no failure: from now on nothing of it is stored.
    ///
    /// The bytes are still in free pages of the file: [`Log::compact`], and
    /// [`Log::finish_forgetting`] once no other file holds them either.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn forget(
        &mut self,
        subject: Subject,
        reason: &str,
        now: Moment,
    ) -> Result<(Appended, Erased), LogError> {
        let plan = self.reader().plan_forgetting(subject)?;
        self.forget_planned(&plan, reason, now)
    }

    /// As [`Log::forget`], with what was found beside the writer to be going. Batches were appended
    /// since: where one of them says anything of it, it is looked for again, here.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn forget_planned(
        &mut self,
        plan: &Plan,
        reason: &str,
        now: Moment,
    ) -> Result<(Appended, Erased), LogError> {
        let subject = plan.subject;
        let anew = if self.reader().is_stale(plan)? {
            Some(self.reader().plan_forgetting(subject)?)
        } else {
            None
        };
        let plan = anew.as_ref().unwrap_or(plan);
        let events = vec![Event::Forgotten { subject, reason: reason.to_owned() }];
        let batch = NewBatch { observed_at: now, events, ..NewBatch::default() };
        let mut erased = Erased {
            texts: plan.texts.len() as u64,
            lines: plan.lines.len() as u64,
            ..Erased::default()
        };
        let outbox = self.reader().outbox()?;
        let mark = codec::encode_forgotten(&ForgottenMark { at: now, finished: false });
        let appended = self.append_with(&batch, now, |writing| {
            erase(writing, subject, plan)?;
            let mut table = writing.table(keys::OUTBOX)?;
            for (key, notice) in &outbox {
                let mut silent = notice.clone();
                match subject {
                    Subject::Space(id) if id == notice.space => silent.title = None,
                    Subject::User(_) => {
                        let is_it = |host: &String| {
                            plan.names.iter().any(|name| name.eq_ignore_ascii_case(host))
                        };
                        silent.host = silent.host.filter(|host| !is_it(host));
                    }
                    Subject::Space(_) => {}
                }
                if silent != *notice {
                    table.put(&keys::notice(key.0, key.1), &codec::encode_notice(&silent))?;
                    erased.notices += 1;
                }
            }
            writing.table(keys::FORGOTTEN)?.put(&keys::subject(subject), &mark)?;
            Ok(())
        })?;
        self.forgotten.insert(subject);
        Ok((appended, erased))
    }

    /// Rewrites the log's file without free pages; readers go on.
    ///
    /// # Errors
    /// As [`crate::store::Store::compact`].
    pub fn compact(&mut self) -> Result<(), LogError> {
        Ok(self.store.compact()?)
    }

    /// Returns what was forgotten while some file may still hold its bytes.
    pub fn unfinished(&self) -> Result<Vec<Subject>, LogError> {
        let marks = self.reader().marks()?.into_iter();
        Ok(marks.filter(|(_, mark)| !mark.finished).map(|(subject, _)| subject).collect())
    }

    /// Notes that no file holds the bytes of these subjects any more.
    pub fn finish_forgetting(&mut self, subjects: &[Subject]) -> Result<(), LogError> {
        let marks = self.reader().marks()?;
        self.store.write(Commit::Checkpoint, |writing| {
            let mut table = writing.table(keys::FORGOTTEN)?;
            for (subject, mark) in marks.iter().filter(|(subject, _)| subjects.contains(subject)) {
                let finished = ForgottenMark { finished: true, ..*mark };
                table.put(&keys::subject(*subject), &codec::encode_forgotten(&finished))?;
            }
            Ok(())
        })
    }
}

/// Removes texts and lines, and what was remembered of them.
fn erase(writing: &Writing, subject: Subject, plan: &Plan) -> Result<(), LogError> {
    let mut texts = writing.table(keys::TEXTS)?;
    let lines = plan.lines.iter().map(|(reference, _key)| reference);
    plan.texts.iter().chain(lines).try_for_each(|reference| texts.remove(&reference.0))?;
    drop(texts);
    let mut known = writing.table(keys::KNOWN)?;
    for (reference, key) in &plan.lines {
        // An equal line that stays, a query, is still found under it.
        if known.get(&keys::line(key))? == Some(codec::frame(&reference.0)) {
            known.remove(&keys::line(key))?;
        }
    }
    let key = keys::subject(subject);
    let Some(row) = known.get(&key)? else { return Ok(()) };
    let damaged = |source| LogError::Damaged { seq: 0, source };
    let row = match subject {
        Subject::User(_) => {
            let mut row = codec::decode_user(&row).map_err(damaged)?;
            row.forget_texts();
            codec::encode_user(&row)
        }
        Subject::Space(_) => {
            let mut row = codec::decode_space(&row).map_err(damaged)?;
            row.forget_texts();
            codec::encode_space(&row)
        }
    };
    Ok(known.put(&key, &row)?)
}
