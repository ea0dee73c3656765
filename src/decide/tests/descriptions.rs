//! When a description says something new, and which text it refers to.

use super::*;
use crate::event::SpaceDescribed;

fn description(batch: &NewBatch) -> Option<&SpaceDescribed> {
    batch.events.iter().find_map(|event| match event {
        Event::SpaceDescribed(it) => Some(it),
        _ => None,
    })
}

fn changed(change: impl FnOnce(&mut Description)) -> Seen {
    let mut observation = observed("live");
    change(&mut observation.description);
    seen(vec![observation])
}

#[test]
fn a_new_title_is_described_with_a_text_of_its_own() {
    let mut desks = Desks::default();
    let before = desks.look_up(0, seen(vec![observed("live")]));
    let batch = desks.look_up(3, changed(|it| it.title = Some("Climate, later".to_owned())));
    assert_eq!(kinds(&batch), ["PollSucceeded", "SpaceDescribed", "SpaceObserved"]);
    let [text] = batch.texts.as_slice() else { panic!("{} texts", batch.texts.len()) };
    assert_eq!(text.owner, Owner::Space(id()));
    assert_eq!(description(&batch).unwrap().text, Some(text.reference));
    assert_ne!(text.reference, before.texts[0].reference);
}

#[test]
fn another_new_field_is_described_with_the_text_there_is() {
    let mut desks = Desks::default();
    let before = desks.look_up(0, seen(vec![observed("live")]));
    let title = before.texts[0].reference;
    let changes: [fn(&mut Description); 4] = [
        |it| it.lang = Some("pt".to_owned()),
        |it| it.hosts = Some(vec![UserId(7), UserId(8)]),
        |it| it.started_at = Some(Moment(5)),
        |it| it.topics = Some(vec![TopicId::new("10058").unwrap()]),
    ];
    for (at, change) in (3..).zip(changes) {
        let batch = desks.look_up(at, changed(change));
        assert_eq!(description(&batch).unwrap().text, Some(title));
        assert!(batch.texts.is_empty());
    }
}

#[test]
fn what_x_leaves_out_is_not_undone() {
    let mut desks = Desks::default();
    desks.look_up(0, with_host(vec![observed("live")]));
    let partial = desks.look_up(3, seen(vec![bare("live")]));
    assert_eq!(kinds(&partial), ["PollSucceeded", "SpaceObserved"]);
    let nameless =
        Seen { users: vec![Person { id: UserId(7), ..Person::default() }], ..seen(vec![]) };
    assert_eq!(kinds(&desks.look_up(6, nameless)), ["PollSucceeded"]);
    let full = desks.look_up(9, with_host(vec![observed("live")]));
    assert_eq!(kinds(&full), ["PollSucceeded", "SpaceObserved"], "nothing of it is new");
}

#[test]
fn a_field_that_comes_later_is_described_without_the_title_where_x_gave_none() {
    let mut desks = Desks::default();
    desks.look_up(0, seen(vec![observed("live")]));
    let mut late = bare("live");
    late.description.ended_at = Some(Moment(9));
    let batch = desks.look_up(3, seen(vec![late]));
    let said = description(&batch).unwrap();
    assert_eq!((said.text, said.ended_at, said.lang.as_ref()), (None, Some(Moment(9)), None));
}

#[test]
fn an_empty_list_is_another_description_than_none() {
    let mut desks = Desks::default();
    desks.look_up(0, seen(vec![bare("live")]));
    let mut emptied = bare("live");
    emptied.description.hosts = Some(Vec::new());
    let batch = desks.look_up(3, seen(vec![emptied]));
    assert_eq!(description(&batch).unwrap().hosts, Some(Vec::new()));
}

#[test]
fn a_user_whose_followers_changed_is_counted_and_not_described_again() {
    let mut desks = Desks::default();
    desks.look_up(0, with_host(vec![]));
    let counts = Counts { followers: Some(1_001), ..Counts::default() };
    let grown = Seen { users: vec![Person { counts, ..host() }], ..seen(vec![]) };
    assert_eq!(kinds(&desks.look_up(3, grown.clone())), ["PollSucceeded", "UserCounted"]);
    assert_eq!(kinds(&desks.look_up(6, grown)), ["PollSucceeded"]);
}

#[test]
fn a_topic_is_described_when_its_label_changes() {
    let mut desks = Desks::default();
    let topic = |name: &str| {
        let (id, name) = (TopicId::new("10058").unwrap(), Some(name.to_owned()));
        Seen { topics: vec![Topic { id, name, description: None }], ..seen(vec![]) }
    };
    let described = |batch: &NewBatch| kinds(batch).contains(&"TopicDescribed");
    assert!(described(&desks.look_up(0, topic("Finance"))));
    assert!(!described(&desks.look_up(3, topic("Finance"))));
    assert!(described(&desks.look_up(6, topic("Money"))));
}

#[test]
fn a_space_twice_in_one_answer_is_described_once_and_looked_at_twice() {
    let mut desks = Desks::default();
    let batch = desks.look_up(0, seen(vec![observed("live"), observed("live")]));
    assert_eq!(
        kinds(&batch),
        ["PollSucceeded", "SpaceDescribed", "SpaceObserved", "SpaceObserved"]
    );
}
