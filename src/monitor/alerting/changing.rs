//! Rules that change while a monitor runs: new ones come in, and are looked at from then on.

use tokio::sync::{mpsc, oneshot};

use super::Way;

/// New rules that may wait to be taken.
const CHANGES_QUEUED: usize = 4;

/// Rules to take the place of those there are.
pub struct NewRules {
    /// All of them, each with its way out.
    pub ways: Vec<Way>,
    /// Told when they are looked at.
    pub taken: oneshot::Sender<()>,
}

/// The rules of a monitor, and where new ones come in.
pub struct Alerts {
    pub(super) ways: Vec<Way>,
    pub(super) changes: mpsc::Receiver<NewRules>,
    pub(super) sender: mpsc::Sender<NewRules>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Alerts {
    /// Returns these rules, each with its way out.
    pub fn new(ways: Vec<Way>) -> Self {
        let (sender, changes) = mpsc::channel(CHANGES_QUEUED);
        Self { ways, changes, sender }
    }

    /// Returns where to send new rules.
    pub fn sender(&self) -> mpsc::WeakSender<NewRules> {
        self.sender.downgrade()
    }
}
