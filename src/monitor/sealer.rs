//! The sealer: the thread that packs old batches of the log into segments, off the hot path.
//!
//! It packs and compares beside the appender, which only swaps what is ready. What cannot be
//! sealed stays where it is, and people are told.

use crossbeam_channel::Receiver;
use tokio::sync::{mpsc, oneshot};

use super::poller::Work;
use super::talk::Talk;
use crate::log::{Draft, Reader, SEAL_BATCHES};

/// What the sealer works with.
pub(super) struct Sealer {
    /// The log.
    pub reader: Reader,
    /// Says that the tail may be long enough; closed by the appender's end.
    pub nudges: Receiver<()>,
    /// The appender's work.
    pub work: mpsc::WeakSender<Work>,
    /// Where it talks.
    pub talk: Talk,
}

impl Sealer {
    /// Seals whenever it is nudged, until the appender is gone.
    pub fn run(&self) {
        while self.nudges.recv().is_ok() {
            self.seal();
        }
    }

    fn seal(&self) {
        loop {
            match self.reader.draft(SEAL_BATCHES) {
                Ok(None) => return,
                Ok(Some(draft)) => {
                    // The appender stops, or said why it could not.
                    if !self.swap(draft) {
                        return;
                    }
                    self.talk.well("sealing");
                }
                Err(error) => return self.talk.trouble("sealing", &error),
            }
        }
    }

    /// Has a segment put in its place; waits for the word of the appender's thread.
    fn swap(&self, draft: Draft) -> bool {
        let (reply, replied) = oneshot::channel();
        let Some(work) = self.work.upgrade() else { return false };
        let sent = work.blocking_send(Work::Seal(Box::new(draft), reply));
        drop(work);
        sent.is_ok() && replied.blocking_recv() == Ok(true)
    }
}
