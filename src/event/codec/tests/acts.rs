//! One value of each event that a monitor or a person causes.

use super::samples::{short_space, space, text};
use crate::event::*;
use crate::space::{Endpoint, Moment, UserId};

pub(super) fn all() -> Vec<(&'static str, Event)> {
    [acts(), watched(), alerts()].concat()
}

/// A monitor's start: without an origin as version 1 wrote it.
pub(super) fn started(origin: Option<&str>) -> Event {
    Event::MonitorStarted(MonitorStarted {
        monitor: MonitorId(42),
        version: "0.1.0".to_owned(),
        origin: origin.map(ToOwned::to_owned),
    })
}

fn acts() -> Vec<(&'static str, Event)> {
    let monitor = MonitorId(42);
    let gap = |space, endpoint, cause| {
        let (from, to) = (Moment(-5), Moment(1_795_000_000_000));
        Event::Gap(Gap { space, endpoint, from, to, cause })
    };
    let causes = [
        GapCause::NotRunning,
        GapCause::RateLimited,
        GapCause::Failing,
        GapCause::Refused,
        GapCause::Budget,
        GapCause::Storage,
        GapCause::Late,
        GapCause::NotRecorded,
    ];
    let mut all = vec![
        ("started", started(None)),
        ("stopped", Event::MonitorStopped(MonitorStopped { monitor, reason: "signal".to_owned() })),
        ("gap", gap(Some(space()), Some(Endpoint::Tweets), GapCause::Late)),
        ("stepped", Event::ClockStepped { by_ms: -3_600_000 }),
        ("joined", Event::SpacesJoined { spaces: vec![space(), short_space()], joined: true }),
        ("parted", Event::SpacesJoined { spaces: Vec::new(), joined: false }),
    ];
    all.extend(causes.map(|cause| (cause.word(), gap(None, None, cause))));
    all
}

fn watched() -> Vec<(&'static str, Event)> {
    let watch = |watched, added| Event::WatchChanged { watched, added };
    let forgotten =
        |subject| Event::Forgotten { subject, reason: "asked for by its host".to_owned() };
    vec![
        ("watch query", watch(Watched::Query(text(8)), true)),
        ("watch name", watch(Watched::Username(text(9)), false)),
        ("watch user", watch(Watched::User(UserId(3)), true)),
        ("watch space", watch(Watched::Space(space()), true)),
        ("forgotten user", forgotten(Subject::User(UserId(3)))),
        ("forgotten space", forgotten(Subject::Space(space()))),
    ]
}

fn alerts() -> Vec<(&'static str, Event)> {
    let alert = [0xa1; 16];
    let raised =
        |space, user| Event::AlertRaised(AlertRaised { alert, rule: text(10), space, user });
    vec![
        ("alert", raised(Some(space()), Some(UserId(1)))),
        ("alert, bare", raised(None, None)),
        (
            "delivered",
            Event::AlertDelivered(AlertDelivered {
                alert,
                channel: "webhook".to_owned(),
                attempts: 3,
                delivered: true,
            }),
        ),
    ]
}
