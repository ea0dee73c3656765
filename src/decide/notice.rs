//! Notices: what people are told of a Space, once each.

use crate::event::{Notice, NoticeKind, SpaceKnown, Subject};
use crate::space::{Observation, Person, Seen, SpaceId, SpaceState, UserId};

use super::Desk;

impl Desk<'_> {
    /// Tells of a Space's state, unless people were told before.
    pub(super) fn notice(&mut self, it: &Observation, seen: &Seen, known: &mut SpaceKnown) {
        let Some(kind) = untold(self.live, known) else { return };
        let host = it.description.hosts.as_ref().and_then(|hosts| hosts.first());
        let host = host.copied().or(it.description.creator);
        let person = host.and_then(|host| seen.users.iter().find(|user| user.id == host));
        self.notices.push(Notice {
            kind,
            space: it.id,
            title: it
                .description
                .title
                .clone()
                .filter(|_| !self.is_forgotten(Subject::Space(it.id))),
            host: person
                .filter(|person| !self.is_forgotten(Subject::User(person.id)))
                .and_then(|person| person.username.clone()),
            followers: self.followers(host, person),
            participants: it.participants,
            starts: it.description.scheduled_start,
            ran: (it.description.started_at, it.description.ended_at),
            inferred: false,
        });
    }

    /// Tells of an end that was inferred. The answer says nothing of the Space but its id, and
    /// neither does the notice.
    pub(super) fn notice_absence(&mut self, id: SpaceId, known: &mut SpaceKnown) {
        let Some(kind) = untold(self.live, known) else { return };
        self.notices.push(Notice {
            kind,
            space: id,
            title: None,
            host: None,
            followers: None,
            participants: None,
            starts: None,
            ran: (None, None),
            inferred: true,
        });
    }

    fn followers(&self, host: Option<UserId>, person: Option<&Person>) -> Option<u64> {
        let said = person.and_then(|person| person.counts.followers);
        let known = || self.known.users.get(&host?).and_then(|user| user.counts.followers);
        said.or_else(known)
    }
}

/// Returns what people have not been told yet of a Space that an answer just showed, and notes
/// that they are; of what was recorded by others nobody is told.
pub(super) fn untold(live: bool, known: &mut SpaceKnown) -> Option<NoticeKind> {
    let (kind, place) = match known.state.as_ref().filter(|_| live)? {
        SpaceState::Scheduled => (NoticeKind::Scheduled, 0),
        SpaceState::Live => (NoticeKind::Live, 1),
        SpaceState::Ended => (NoticeKind::Ended, 2),
        SpaceState::Other(_) => return None,
    };
    // Nothing goes back: an ended Space that a late answer calls live is no news.
    if known.told[place..].contains(&true) {
        return None;
    }
    known.told[place] = true;
    Some(kind)
}
