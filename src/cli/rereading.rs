//! SIGHUP: the settings are read again, and what differs in the watch list is changed.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::output::say;
use super::report::Failure;
use crate::config::{Key, Layer, Resolved, Settings, Watch};
use crate::monitor::Order;
use crate::space::WatchItem;

/// What the command line says of settings: it holds for as long as the monitor runs.
#[derive(Clone)]
pub struct Flags {
    /// The flags.
    pub layer: Layer,
    /// The configuration file that a flag names.
    pub config: Option<PathBuf>,
}

impl Flags {
    /// Resolves the settings, reading environment and file.
    pub fn resolve(
        &self,
        once: bool,
        stop_after: Option<Duration>,
    ) -> Result<(Resolved, Settings), Failure> {
        let resolved = Resolved::new(self.layer.clone(), self.config.clone())?;
        let data = resolved
            .data()
            .map_err(|error| Failure::of(2, &error).hint("name a folder with `--data`"))?;
        let settings = resolved.settings(data)?;
        Ok((resolved, Settings { once, stop_after, ..settings }))
    }
}

/// Reads the settings again at each SIGHUP, and orders what differs in the watch list; what was
/// changed by hand meanwhile stays. Settings that are wrong change nothing, and are said.
pub fn reread_on_hangup(
    flags: Flags,
    mut watched: Watch,
    orders: mpsc::WeakSender<Order>,
) -> Result<JoinHandle<()>, Failure> {
    let failed =
        |error: std::io::Error| Failure::new(1, "cannot listen to signals").because(Some(&error));
    let mut hangups = signal(SignalKind::hangup()).map_err(failed)?;
    let begun_with = unwatched(&flags.resolve(false, None)?.0);
    Ok(tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            let (resolved, settings) = match flags.resolve(false, None) {
                Ok(read) => read,
                Err(failure) => {
                    failure.print();
                    say("the settings stay as they were: the new ones are wrong");
                    continue;
                }
            };
            let changes = changes(&watched, &settings.watch);
            say(&match changes.len() {
                0 => "settings read again: the watch list is as it was".to_owned(),
                1 => "settings read again: 1 change of the watch list".to_owned(),
                several => format!("settings read again: {several} changes of the watch list"),
            });
            let others = differing(&begun_with, &unwatched(&resolved));
            if !others.is_empty() {
                say(&format!("what {} says now needs a restart", others.join(", ")));
            }
            watched = settings.watch;
            let (reply, replied) = oneshot::channel();
            let Some(to) = orders.upgrade() else { return };
            if to.send(Order { changes, reply }).await.is_err() || replied.await.is_err() {
                // The monitor is stopping.
                return;
            }
        }
    }))
}

/// Returns every setting beside the watch list, as far as somebody gave it.
fn unwatched(resolved: &Resolved) -> Vec<(Key, Option<Vec<String>>)> {
    let keys = Key::ALL.into_iter().filter(|key| {
        !matches!(
            key,
            Key::Queries
                | Key::Creators
                | Key::Spaces
                | Key::QueriesFile
                | Key::CreatorsFile
                | Key::SpacesFile
        )
    });
    keys.map(|key| (key, resolved.get(key).map(|(values, _)| values.to_vec()))).collect()
}

/// Returns the names of the settings that differ.
fn differing(
    before: &[(Key, Option<Vec<String>>)],
    now: &[(Key, Option<Vec<String>>)],
) -> Vec<&'static str> {
    let differs = before.iter().zip(now).filter(|(before, now)| before != now);
    differs.map(|((key, _), _)| key.name()).collect()
}

/// Returns what is to be taken off, and then put on, for one list to become the other.
fn changes(from: &Watch, to: &Watch) -> Vec<(WatchItem, bool)> {
    let (from, to) = (from.items(), to.items());
    let without = |these: &[WatchItem], others: &[WatchItem]| -> Vec<WatchItem> {
        let is_new = |it: &&WatchItem| !others.iter().any(|other| other.is(it));
        these.iter().filter(is_new).cloned().collect()
    };
    let gone = without(&from, &to).into_iter().map(|it| (it, false));
    gone.chain(without(&to, &from).into_iter().map(|it| (it, true))).collect()
}
