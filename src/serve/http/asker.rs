//! Asking whoever owns the files: a few questions at a time, each with a deadline.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::super::{Owner, Reply, Request, Runner};
use super::Denied;
use super::paced::{Time, within};
use crate::question::{AsOf, Question};
use crate::sheet::Sheet;

/// Questions worked on at a time.
const QUESTIONS_MAX: usize = 4;

/// So long a question waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(10);

/// So long an answer may take; a question about the past folds the log.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// Asks whoever owns the files. Cheap to clone.
#[derive(Clone)]
pub struct Asker {
    owner: Arc<dyn Owner>,
    run: Runner,
    time: Time,
    turns: Arc<Semaphore>,
    /// How the log is, is asked beside all others: none of them makes it late.
    of_status: Arc<Semaphore>,
}

impl Asker {
    /// Returns what asks this owner.
    pub fn new(owner: Arc<dyn Owner>, run: Runner, time: Time) -> Self {
        let of_status = Arc::new(Semaphore::new(1));
        Self { owner, run, time, turns: Arc::new(Semaphore::new(QUESTIONS_MAX)), of_status }
    }

    /// Returns the time that deadlines are kept by.
    pub fn time(&self) -> &Time {
        &self.time
    }

    /// Asks a question. Work that nobody waits for any more is broken off where it can be.
    pub async fn ask(&self, question: Question, as_of: Option<AsOf>) -> Result<Sheet, Denied> {
        let turns = if question == Question::Status { &self.of_status } else { &self.turns };
        let turn = within(&self.time, TURN_WITHIN, turns.clone().acquire_owned()).await;
        let turn = turn.ok_or(Denied::Busy("questions"))?.map_err(|_closed| Denied::Gone)?;
        let (answer, answered) = oneshot::channel();
        let owner = self.owner.clone();
        (self.run)(Box::new(move || {
            let mut last = None;
            owner.handle(Request::Ask { question, as_of, own: None }, &mut |reply| {
                match reply {
                    Reply::Sheet(sheet) => last = Some(Ok(sheet)),
                    Reply::Refused(refusal) => last = Some(Err(Denied::Refused(refusal))),
                    Reply::Progress { .. } => {}
                }
                !answer.is_closed()
            });
            // Nobody waiting any more is no failure of ours.
            drop(answer.send(last));
            drop(turn);
        }));
        match within(&self.time, ANSWER_WITHIN, answered).await {
            Some(Ok(Some(answer))) => answer,
            Some(Ok(None) | Err(_)) => Err(Denied::Gone),
            None => Err(Denied::Late),
        }
    }
}
