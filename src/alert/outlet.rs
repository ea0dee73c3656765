//! The ways out: standard output, a command, a webhook, the desktop.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::Message;
use super::command::{self, CommandError};
use super::desktop::{self, DesktopError, Notice};
use super::webhook::{Webhook, WebhookError};
use crate::clock::Clock;
use crate::config::{self, AlertRule, CredentialError, Sink};

/// Why an alert did not arrive, or cannot.
#[derive(Debug, Error)]
pub enum OutletError {
    /// The secret.
    #[error("the secret of the alert `{0}` cannot be used")]
    Secret(String, #[source] CredentialError),
    /// A webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// A command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The desktop.
    #[error(transparent)]
    Desktop(#[from] DesktopError),
    /// Standard output.
    #[error("cannot write to standard output")]
    Output(#[source] std::io::Error),
    /// The monitor stops.
    #[error("the monitor stops")]
    Stopped,
}

/// Somewhere that several threads write whole lines to. Cheap to clone.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Box<dyn Write + Send>>>);

impl Shared {
    /// Returns a place that is shared.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }

    /// Writes a line, whole.
    pub fn line(&mut self, line: &str) -> std::io::Result<()> {
        self.write_all(format!("{line}\n").as_bytes())?;
        self.flush()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // All of it at once: between two parts of a line nobody else gets a word in.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

/// A rule's way out.
pub enum Outlet {
    /// Standard output.
    Stdout(Shared),
    /// A command and its arguments.
    Command(Vec<String>),
    /// A webhook.
    Webhook(Box<Webhook>),
    /// The desktop.
    Desktop,
}

impl Outlet {
    /// Opens the way of a rule; nothing is sent.
    ///
    /// # Errors
    /// When the secret that signs cannot be read, or TLS not be set up.
    pub fn open(rule: &AlertRule, out: &Shared) -> Result<Self, OutletError> {
        Ok(match &rule.to {
            Sink::Stdout => Self::Stdout(out.clone()),
            Sink::Command(args) => Self::Command(args.clone()),
            Sink::Desktop => Self::Desktop,
            Sink::Webhook { url, secret_file } => {
                let secret = config::secret(secret_file);
                let secret =
                    secret.map_err(|error| OutletError::Secret(rule.name.clone(), error))?;
                Self::Webhook(Box::new(Webhook::new(url.clone(), secret)?))
            }
        })
    }

    /// Tells it, in bounded time; broken off when `stop` says so.
    pub async fn send(
        &self,
        message: &Message,
        clock: &Clock,
        stop: &CancellationToken,
    ) -> Result<(), OutletError> {
        match self {
            Self::Stdout(out) => out.clone().line(&message.line()).map_err(OutletError::Output),
            Self::Command(args) => {
                Ok(command::run(args, &message.json(), &|| !stop.is_cancelled())?)
            }
            Self::Desktop => {
                tokio::select! {
                    shown = desktop::show(Notice::of(message)) => Ok(shown?),
                    () = stop.cancelled() => Err(OutletError::Stopped),
                }
            }
            Self::Webhook(webhook) => {
                let sent_at = clock.now().timestamp();
                let id = message.id();
                let sending = webhook.send(&id, sent_at, message.json());
                tokio::select! {
                    sent = sending => Ok(sent?),
                    () = stop.cancelled() => Err(OutletError::Stopped),
                }
            }
        }
    }
}
