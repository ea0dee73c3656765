//! The windows of one credential: one an endpoint, and none slows another.

use super::{Window, WindowStatus};
use crate::space::{Endpoint, Moment};

/// One [`Window`] for each endpoint.
#[derive(Clone, Debug, Default)]
pub struct CredentialWindows([Window; Endpoint::ALL.len()]);

impl CredentialWindows {
    /// Returns the window of `endpoint`.
    pub fn of(&self, endpoint: Endpoint) -> &Window {
        &self.0[endpoint as usize]
    }

    /// Returns the window of `endpoint` to note requests and answers in.
    pub fn of_mut(&mut self, endpoint: Endpoint) -> &mut Window {
        &mut self.0[endpoint as usize]
    }

    /// Notes in every window that the clock was set by `by_ms`, back where negative.
    pub fn clock_stepped(&mut self, by_ms: i64) {
        self.0.iter_mut().for_each(|window| window.clock_stepped(by_ms));
    }

    /// Opens what waited for a person, or for our address to be let in.
    pub fn reopen(&mut self) {
        self.0.iter_mut().for_each(Window::reopen);
    }

    /// Returns how each window stands, in the order of [`Endpoint::ALL`].
    pub fn status(&self, now: Moment) -> Vec<(Endpoint, WindowStatus)> {
        Endpoint::ALL.into_iter().map(|it| (it, self.of(it).status(now))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_own_window() {
        let now = Moment(1_000_000);
        let mut windows = CredentialWindows::default();
        for (at, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint as usize, at);
        }
        windows.of_mut(Endpoint::Search).rate_limited(now, None, None);
        for (endpoint, status) in windows.status(now) {
            assert_eq!(status.closed_until.is_some(), endpoint == Endpoint::Search);
            assert_eq!(windows.of(endpoint).next(now) == now, endpoint != Endpoint::Search);
        }
    }
}
