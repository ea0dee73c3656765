//! SIGHUP: the settings are read again, and what differs in the watch list and in the rules of
//! alerts is changed.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::output::say;
use super::report::Failure;
use crate::alert::Shared;
use crate::config::{AlertRule, Key, Layer, Resolved, Settings, Watch};
use crate::monitor::{NewRules, Order, Way, ways};
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

/// What reads the settings again while a monitor runs.
pub struct Rereading {
    /// What the command line says.
    pub flags: Flags,
    /// What the settings say is watched.
    pub watched: Watch,
    /// The rules of alerts that are looked at.
    pub rules: Vec<AlertRule>,
    /// Where changes of the watch list go.
    pub orders: mpsc::WeakSender<Order>,
    /// Where new rules go.
    pub alerts: mpsc::WeakSender<NewRules>,
    /// Where alerts without another way out go.
    pub out: Shared,
}

impl Rereading {
    /// Reads the settings again at each SIGHUP, and orders what differs in the watch list and in
    /// the rules; what was changed by hand meanwhile stays. Settings that are wrong change nothing,
    /// and are said.
    pub fn on_hangup(mut self) -> Result<JoinHandle<()>, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(1, "cannot listen to signals").because(Some(&error))
        };
        let mut hangups = signal(SignalKind::hangup()).map_err(failed)?;
        let begun_with = unwatched(&self.flags.resolve(false, None)?.0);
        Ok(tokio::spawn(async move {
            while hangups.recv().await.is_some() {
                let (resolved, settings, ways) = match self.read() {
                    Ok(read) => read,
                    Err(failure) => {
                        failure.print();
                        say("the settings stay as they were: the new ones are wrong");
                        continue;
                    }
                };
                let changes = changes(&self.watched, &settings.watch);
                let of_watch = match changes.len() {
                    0 => "the watch list is as it was".to_owned(),
                    1 => "1 change of the watch list".to_owned(),
                    several => format!("{several} changes of the watch list"),
                };
                let of_rules = reruled(&self.rules, &settings.alerts).unwrap_or_default();
                let others = differing(&begun_with, &unwatched(&resolved));
                (self.watched, self.rules) = (settings.watch, settings.alerts);
                if self.order(changes, ways).await.is_none() {
                    // The monitor is stopping.
                    return;
                }
                say(&format!("settings read again: {of_watch}{of_rules}"));
                if !others.is_empty() {
                    say(&format!("what {} says now needs a restart", others.join(", ")));
                }
            }
        }))
    }

    /// Reads the settings, and opens the ways out of their rules; nothing changes yet.
    fn read(&self) -> Result<(Resolved, Settings, Vec<Way>), Failure> {
        let (resolved, settings) = self.flags.resolve(false, None)?;
        let ways = ways(&settings.alerts, &self.out)?;
        Ok((resolved, settings, ways))
    }

    /// Has watch list and rules changed; `None` when nobody does it any more.
    async fn order(&self, changes: Vec<(WatchItem, bool)>, ways: Vec<Way>) -> Option<()> {
        let (taken, is_taken) = oneshot::channel();
        self.alerts.upgrade()?.send(NewRules { ways, taken }).await.ok()?;
        is_taken.await.ok()?;
        let (reply, replied) = oneshot::channel();
        self.orders.upgrade()?.send(Order { changes, reply }).await.ok()?;
        replied.await.ok().map(drop)
    }
}

/// Says how rules differ; `None` where they do not. A rule is known by its name.
fn reruled(before: &[AlertRule], now: &[AlertRule]) -> Option<String> {
    let of_name =
        |rules: &[AlertRule], name: &str| rules.iter().find(|rule| rule.name == name).cloned();
    let added = now.iter().filter(|rule| of_name(before, &rule.name).is_none()).count();
    let removed = before.iter().filter(|rule| of_name(now, &rule.name).is_none()).count();
    let is_changed =
        |rule: &&AlertRule| of_name(before, &rule.name).is_some_and(|was| was != **rule);
    let changed = now.iter().filter(is_changed).count();
    let parts = [(added, "added"), (changed, "changed"), (removed, "removed")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    (!parts.is_empty()).then(|| format!("; alerts: {}", parts.join(", ")))
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
