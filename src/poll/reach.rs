//! Whether our address is kept out: what looks like a refusal, or like a bad network, on a token
//! that was good shortly before. Pure: it knows the time it is told.

use std::time::Duration;

use crate::space::{Failure, FailureClass, Outcome};

/// A token is taken for good this long after X last answered to it.
const GOOD_FOR: Duration = Duration::from_hours(1);

/// So many connections cut one after another are no accident any more.
const CUTS_MIN: u32 = 3;

/// How the last requests through one address and with one token went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// When X last answered, by the steady clock.
    answered: Option<Duration>,
    /// Connections cut since then, without anything else in between.
    cuts: u32,
    /// Whether we are kept out: until X answers.
    blocked: bool,
}

impl Reach {
    /// Takes in what came of a request at `elapsed` of the steady clock. A 403 without X's problem
    /// document, or one of several cut connections, is made [`FailureClass::Blocked`] where X had
    /// answered to the same token within the hour: a page says nothing about a token.
    pub fn judge(&mut self, elapsed: Duration, was_cut: bool, outcome: &mut Outcome) {
        let failure = match outcome {
            Outcome::Seen(_) => {
                *self = Self { answered: Some(elapsed), ..Self::default() };
                return;
            }
            Outcome::Failed(failure) => failure,
        };
        self.cuts = if was_cut { self.cuts.saturating_add(1) } else { 0 };
        let was_good = self.answered.is_some_and(|at| elapsed.saturating_sub(at) <= GOOD_FOR);
        if (self.blocked || was_good) && self.is_block(failure) {
            self.blocked = true;
            failure.class = FailureClass::Blocked;
        }
    }

    fn is_block(&self, failure: &Failure) -> bool {
        match failure.class {
            FailureClass::Forbidden => failure.problem.is_none(),
            FailureClass::Network => self.cuts >= CUTS_MIN,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::problem;
    use crate::space::Seen;

    const MINUTE: Duration = Duration::from_mins(1);

    fn refused(body: &str) -> Outcome {
        Outcome::Failed(problem::failure(403, body.as_bytes(), None))
    }

    fn cut() -> Outcome {
        let failure = problem::failure(503, b"", None);
        Outcome::Failed(Failure { class: FailureClass::Network, status: None, ..failure })
    }

    fn class(reach: &mut Reach, at: Duration, was_cut: bool, mut outcome: Outcome) -> FailureClass {
        reach.judge(at, was_cut, &mut outcome);
        let Outcome::Failed(failure) = outcome else { panic!("an answer") };
        failure.class
    }

    fn healthy() -> Reach {
        let mut reach = Reach::default();
        reach.judge(MINUTE, false, &mut Outcome::Seen(Seen::default()));
        reach
    }

    #[test]
    fn a_page_with_403_is_a_block_on_a_token_that_was_good_and_a_problem_never_is() {
        let (page, problem) =
            ("<html>denied</html>", r#"{"title":"Forbidden","type":"about:blank"}"#);
        let mut reach = healthy();
        assert_eq!(class(&mut reach, 2 * MINUTE, false, refused(problem)), FailureClass::Forbidden);
        assert_eq!(class(&mut reach, 2 * MINUTE, false, refused(page)), FailureClass::Blocked);
        // Kept out for long, it is still a block.
        assert_eq!(class(&mut reach, 300 * MINUTE, false, refused(page)), FailureClass::Blocked);
        let mut never = Reach::default();
        assert_eq!(class(&mut never, MINUTE, false, refused(page)), FailureClass::Forbidden);
        let mut long_ago = healthy();
        assert_eq!(
            class(&mut long_ago, 62 * MINUTE, false, refused(page)),
            FailureClass::Forbidden
        );
    }

    #[test]
    fn connections_cut_in_a_row_are_a_block_and_single_ones_a_bad_network() {
        let mut reach = healthy();
        let mut cut_now = |was_cut| class(&mut reach, 2 * MINUTE, was_cut, cut());
        let (network, blocked) = (FailureClass::Network, FailureClass::Blocked);
        assert_eq!([cut_now(true), cut_now(true)], [network, network]);
        assert_eq!(cut_now(false), network, "no connection at all is another thing");
        assert_eq!([true; 3].map(cut_now), [network, network, blocked]);
    }
}
