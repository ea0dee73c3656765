//! Of whom and what was forgotten no text is stored again, and all else goes on.

use super::*;
use crate::event::Subject;

/// What is known once the host and the Space were forgotten.
fn forgotten() -> Desks {
    let mut desks = Desks::default();
    desks.known.forgotten = [Subject::User(UserId(7)), Subject::Space(id())].into();
    desks
}

/// An answer in which both say more than usual.
fn wordy() -> Seen {
    let mut space = observed("live");
    space.description.extra = Some("{\"new\":1}".to_owned());
    let host = Person {
        name: Some("NASA".to_owned()),
        description: Some("space".to_owned()),
        location: Some("Earth".to_owned()),
        url: Some("https://t.co/x".to_owned()),
        extra: Some("{\"new\":1}".to_owned()),
        verified: Some(true),
        ..host()
    };
    Seen { users: vec![host], ..seen(vec![space]) }
}

#[test]
fn nothing_that_forgotten_people_and_spaces_say_is_stored_live_or_imported() {
    let imported = PollId::of_import(Endpoint::Spaces, seconds(0), b"body");
    for source in [Source::Live, Source::Imported(imported)] {
        let mut desks = forgotten();
        let batch = desks.tell(&answered(Endpoint::Spaces, 0, wordy()), source).batch;
        let events =
            ["PollSucceeded", "UserDescribed", "UserCounted", "SpaceDescribed", "SpaceObserved"];
        assert_eq!(kinds(&batch), events);
        assert_eq!(batch.texts, []);
        let (user, space) = (&batch.known.users[&UserId(7)], &batch.known.spaces[&id()]);
        assert_eq!((user.text, space.text), (None, None));
        assert!(user.fields.keys().all(|number| *number >= crate::event::UserKnown::TEXTS));
        assert!(space.fields.keys().all(|number| *number >= SpaceKnown::TEXTS));
        assert!(batch.notices.iter().all(|it| it.title.is_none() && it.host.is_none()));
        assert_eq!(user.counts.followers, Some(1_000));
        let again = desks.look_up(3, wordy());
        assert_eq!(kinds(&again), ["PollSucceeded", "SpaceObserved"], "other words are no news");
    }
}

#[test]
fn what_is_not_forgotten_is_told_as_ever() {
    let mut desks = forgotten();
    desks.known.forgotten = [Subject::User(UserId(8))].into();
    let batch = desks.look_up(0, wordy());
    assert_eq!(batch.texts.len(), 2);
    assert_eq!(batch.notices[0].host.as_deref(), Some("nasa"));
}

#[test]
fn a_name_that_an_answer_shows_to_be_a_forgotten_users_is_not_stored_as_asked_for() {
    let mut answer = answered(Endpoint::UsersBy, 0, Seen { users: vec![host()], ..seen(vec![]) });
    let lines = |answer: &Answer| -> Vec<String> {
        let batch = forgotten().tell(answer, Source::Live).batch;
        batch.texts.iter().filter_map(|it| it.text.line().map(ToOwned::to_owned)).collect()
    };
    assert_eq!(lines(&answer), [""; 0]);
    answer.asked.target = Target::Usernames(vec!["NASA".to_owned(), "esa".to_owned()]);
    assert_eq!(lines(&answer), ["esa"]);
}
