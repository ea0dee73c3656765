//! Whether answers can be kept: while they cannot, nothing is asked.

use std::sync::Arc;

use tokio::sync::watch;

/// Says whether what is fetched can be stored. Its clones say the same.
#[derive(Clone, Debug)]
pub struct Keeping(Arc<watch::Sender<bool>>);

impl Keeping {
    /// Returns one that says yes.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(true)))
    }

    /// Says so from now on.
    pub fn say(&self, can: bool) {
        self.0.send_replace(can);
    }

    /// Returns whether it can.
    pub fn can(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it can; cancel-safe.
    pub async fn until_it_can(&self) {
        // The sender lives in `self`, so waiting cannot fail while we hold it.
        drop(self.0.subscribe().wait_for(|can| *can).await);
    }
}
