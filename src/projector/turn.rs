//! Who folds a view anew: one at a time.

use crossbeam_channel::{Receiver, Sender, bounded};

/// The turns at one view. Clones are of the same view.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    taking: Sender<()>,
    giving: Receiver<()>,
}

impl Default for Turns {
    fn default() -> Self {
        let (taking, giving) = bounded(1);
        Self { taking, giving }
    }
}

impl Turns {
    /// Waits for the turn. Whoever wants those of several views takes them in the same order.
    pub fn take(&self) -> Turn {
        // Both ends are held here: none is ever cut off.
        self.taking.send(()).unwrap_or_default();
        Turn(self.giving.clone())
    }
}

/// A turn; it ends when this is dropped, on whatever thread.
#[derive(Debug)]
pub(super) struct Turn(Receiver<()>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.try_recv().unwrap_or_default();
    }
}
