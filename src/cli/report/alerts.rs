//! Why an alert could not be sent, for people.

use super::Failure;
use crate::alert::OutletError;

impl From<OutletError> for Failure {
    fn from(error: OutletError) -> Self {
        match &error {
            OutletError::Secret(..) => Self::of(3, &error).hint(
                "write the secret that you share with the receiver into a file that nobody else \
                 may read, and name it with secret_file",
            ),
            OutletError::Webhook(_) => {
                Self::of(5, &error).hint("look at the webhook's address and at its receiver")
            }
            OutletError::Command(_) => Self::of(1, &error).hint(
                "the first word of `command` is the program, the others are its arguments; no \
                 shell reads them",
            ),
            OutletError::Desktop(_) => Self::of(1, &error).hint(
                "notices need the session of a desktop that shows them: `notify-send` tries it",
            ),
            OutletError::Output(_) | OutletError::Stopped => Self::of(1, &error),
        }
    }
}
