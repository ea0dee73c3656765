//! The watch list of a running monitor: what is put on it and taken off while it runs.
//!
//! A change holds until the monitor stops; the next one begins with its settings.

use std::collections::BTreeMap;

use tokio::sync::{mpsc, oneshot};

use super::poller::sight;
use crate::event::SpaceKnown;
use crate::poll::schedule::Schedule;
use crate::serve::{Refusal, RefusalKind};
use crate::space::{Moment, Person, UserId, WatchItem};

/// Orders that may wait for the poller.
const ORDERS_QUEUED: usize = 16;

/// What a watch list is, after what was changed of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewatched {
    /// What was put on (true) and taken off (false): less than was ordered, where something was as
    /// it was to be.
    pub changes: Vec<(WatchItem, bool)>,
    /// All that is watched now.
    pub list: Vec<WatchItem>,
}

/// An order to change the watch list; without changes, to tell it.
#[derive(Debug)]
pub struct Order {
    /// What to put on (true), and what to take off (false).
    pub changes: Vec<(WatchItem, bool)>,
    /// Told what became of it.
    pub reply: oneshot::Sender<Rewatched>,
}

/// Where orders come in.
#[derive(Debug)]
pub struct Orders(mpsc::Sender<Order>, mpsc::Receiver<Order>);

impl Default for Orders {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(ORDERS_QUEUED);
        Self(sender, receiver)
    }
}

impl Orders {
    /// Returns where to send orders.
    pub fn sender(&self) -> mpsc::WeakSender<Order> {
        self.0.downgrade()
    }
}

/// How an owner of the files has the watch list changed.
pub(super) type Rewatch =
    dyn Fn(Vec<(WatchItem, bool)>) -> Result<Rewatched, Refusal> + Send + Sync;

/// Changes the list of the monitor that takes these orders.
pub(super) fn through(orders: mpsc::WeakSender<Order>) -> Box<Rewatch> {
    Box::new(move |changes| {
        let (reply, replied) = oneshot::channel();
        let sent = orders.upgrade().map(|to| to.blocking_send(Order { changes, reply }));
        let told = matches!(sent, Some(Ok(()))).then(|| replied.blocking_recv());
        match told {
            Some(Ok(told)) => Ok(told),
            _ => Err(Refusal {
                kind: RefusalKind::Failure,
                message: "the monitor is stopping".to_owned(),
                causes: Vec::new(),
            }),
        }
    })
}

/// Refuses: there is no monitor.
pub(super) fn nobody() -> Box<Rewatch> {
    Box::new(|_changes| {
        Err(Refusal {
            kind: RefusalKind::NotRunning,
            message: "no monitor runs on this folder, and a watch list is a running monitor's"
                .to_owned(),
            causes: Vec::new(),
        })
    })
}

/// The watch list of a poller.
#[derive(Debug)]
pub(super) struct Watching {
    list: Vec<WatchItem>,
    orders: Orders,
    /// Ids of creators who were named, by their names in small letters.
    ids: BTreeMap<String, UserId>,
}

impl Watching {
    /// Returns a list that begins with these, and is changed by these orders.
    pub fn new(list: Vec<WatchItem>, orders: Orders) -> Self {
        Self { list, orders, ids: BTreeMap::new() }
    }

    /// Waits for the next order.
    pub async fn ordered(&mut self) -> Option<Order> {
        self.orders.1.recv().await
    }

    /// Learns who is behind the names.
    pub fn resolved(&mut self, users: &[Person]) {
        let named = users.iter().filter_map(|it| Some((it.username.as_ref()?, it.id)));
        self.ids.extend(named.map(|(name, id)| (name.to_ascii_lowercase(), id)));
    }

    /// Changes list and schedule as ordered, and returns what was changed.
    pub fn change(
        &mut self,
        changes: Vec<(WatchItem, bool)>,
        schedule: &mut Schedule,
        now: Moment,
    ) -> Rewatched {
        let mut done = Vec::new();
        for (item, added) in changes {
            let place = self.list.iter().position(|it| it.is(&item));
            match (place, added) {
                (None, true) => {
                    self.put(&item, schedule, now);
                    self.list.push(item.clone());
                    done.push((item, true));
                }
                (Some(place), false) => {
                    let item = self.list.remove(place);
                    self.take(&item, schedule);
                    done.push((item, false));
                }
                (Some(_), true) | (None, false) => {}
            }
        }
        Rewatched { changes: done, list: self.list.clone() }
    }

    fn put(&self, item: &WatchItem, schedule: &mut Schedule, now: Moment) {
        match item {
            WatchItem::Query(text) => schedule.search_for(text.clone(), now),
            WatchItem::Username(name) => match self.ids.get(&name.to_ascii_lowercase()) {
                Some(id) => schedule.watch([*id], now),
                None => schedule.resolve(vec![name.clone()], now),
            },
            WatchItem::User(id) => schedule.watch([*id], now),
            WatchItem::Space(id) => schedule.follow(*id, sight(&SpaceKnown::default()), now),
        }
    }

    fn take(&self, item: &WatchItem, schedule: &mut Schedule) {
        match item {
            WatchItem::Query(text) => schedule.search_no_more(text),
            WatchItem::Username(name) => {
                schedule.resolve_no_more(name);
                if let Some(id) = self.ids.get(&name.to_ascii_lowercase()) {
                    schedule.watch_no_more(*id);
                }
            }
            WatchItem::User(id) => schedule.watch_no_more(*id),
            WatchItem::Space(id) => schedule.follow_no_more(*id),
        }
    }
}
