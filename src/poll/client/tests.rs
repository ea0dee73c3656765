//! The client against answers made up in this process, on a held clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::DateTime;
use serde_json::json;

use super::*;
use crate::poll::RawReply;
use crate::space::SearchState;

const SENTINEL: &str = "AAAAAAAAAAAAsentinel%3Dtoken";

fn client(transport: Transport) -> Client {
    let clock = Clock::held(DateTime::from_timestamp(1_795_459_350, 0).unwrap());
    Client::new(transport, SENTINEL.into(), "main", clock).unwrap()
}

fn search() -> Target {
    Target::Query { text: "x".to_owned(), state: SearchState::All, max_results: 100 }
}

fn reply(status: u16, body: &serde_json::Value) -> RawReply {
    RawReply { status, body: body.to_string().into_bytes(), ..RawReply::default() }
}

/// A server that takes none of `refused`, names one of them in each 400, and counts requests.
fn picky(refused: &'static [&'static str]) -> (Transport, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let transport = Transport::in_process(move |path| {
        counted.fetch_add(1, Ordering::Relaxed);
        let named = refused.iter().find(|field| path.contains(**field));
        let reply = match named {
            Some(field) => reply(
                400,
                &json!({"errors": [{
                    "parameters": {"space.fields": [field]},
                    "message": format!("The `space.fields` query parameter value [{field}] is not one of [id,state]"),
                }]}),
            ),
            None => reply(200, &json!({"data": [{"id": "a"}], "meta": {}})),
        };
        async move { reply }
    });
    (transport, count)
}

fn class(polled: &Polled) -> Option<FailureClass> {
    match &polled.answer.outcome {
        Outcome::Seen(_) => None,
        Outcome::Failed(failure) => Some(failure.class),
    }
}

#[tokio::test]
async fn an_answer_says_what_was_asked_and_when() {
    let (transport, _) = picky(&[]);
    let polled = client(transport).ask(search(), Some(6_000)).await;
    let asked = polled.answer.asked;
    assert_eq!((asked.endpoint, asked.target), (Endpoint::Search, search()));
    assert_eq!(asked.observed_at, Moment(1_795_459_350_000));
    assert_eq!((asked.credential.as_str(), asked.holding_ms), ("main", Some(6_000)));
    assert!(polled.body.unwrap().starts_with(b"{\"data\""));
    let Outcome::Seen(seen) = polled.answer.outcome else { panic!("no answer") };
    assert_eq!(seen.spaces[0].id.as_str(), "a");
}

#[tokio::test]
async fn a_400_that_names_a_field_is_believed_and_remembered() {
    let (transport, count) = picky(&["subscriber_count", "is_ticketed"]);
    let client = client(transport);
    let polled = client.ask(search(), None).await;
    assert_eq!(class(&polled), None);
    assert_eq!(polled.retried_without, ["subscriber_count", "is_ticketed"]);
    assert_eq!(count.load(Ordering::Relaxed), 3);
    assert!(client.ask(search(), None).await.retried_without.is_empty());
    assert_eq!(count.load(Ordering::Relaxed), 4);
    let other = client.ask(Target::Space("a".parse().unwrap()), None).await;
    assert_eq!(other.retried_without.len(), 2);
}

#[tokio::test]
async fn a_request_is_repeated_at_most_twice() {
    let (transport, count) = picky(&["title", "lang", "started_at", "ended_at"]);
    let client = client(transport);
    let polled = client.ask(search(), None).await;
    assert_eq!(class(&polled), Some(FailureClass::InvalidRequest));
    assert_eq!(polled.retried_without, ["title", "lang"]);
    assert_eq!(count.load(Ordering::Relaxed), 3);
    let polled = client.ask(search(), None).await;
    assert_eq!((class(&polled), polled.retried_without), (None, vec!["ended_at".to_owned()]));
}

#[tokio::test]
async fn a_400_that_names_none_of_our_fields_is_not_repeated() {
    let body = json!({"errors": [{"parameters": {"query": ["x"]}, "message": "no"}]});
    let transport = Transport::in_process(move |_| {
        let reply = reply(400, &body);
        async move { reply }
    });
    let polled = client(transport).ask(search(), None).await;
    let Outcome::Failed(failure) = polled.answer.outcome else { panic!("an answer") };
    assert_eq!(
        (failure.class, failure.field.as_deref()),
        (FailureClass::InvalidRequest, Some("query"))
    );
    assert!(polled.retried_without.is_empty());
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_a_failure_of_its_class() {
    for (error, expected) in [
        (TransportError::Timeout, FailureClass::Timeout),
        (TransportError::Network("refused".into()), FailureClass::Network),
        (TransportError::TooLarge, FailureClass::TooLarge),
    ] {
        let transport = Transport::in_process(move |_| {
            let error = error.clone();
            async move { Err::<RawReply, _>(error) }
        });
        let polled = client(transport).ask(search(), None).await;
        assert_eq!((class(&polled), polled.body), (Some(expected), None));
    }
}

#[tokio::test]
async fn a_request_x_would_refuse_for_its_size_never_leaves() {
    let (transport, count) = picky(&[]);
    let polled = client(transport).ask(Target::Spaces(Vec::new()), None).await;
    assert_eq!(class(&polled), Some(FailureClass::InvalidRequest));
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_token_shows_nowhere() {
    let transport = Transport::in_process(|_| async {
        reply(403, &json!({"title": "no", "detail": format!("Bearer {SENTINEL} is refused")}))
    });
    let client = client(transport);
    let polled = client.ask(search(), None).await;
    let shown =
        format!("{client:?} {polled:?} {}", String::from_utf8_lossy(polled.body.as_ref().unwrap()));
    assert!(!shown.contains("sentinel"), "{shown}");
}

#[tokio::test]
async fn how_long_a_request_took_is_told_by_the_steady_clock_whatever_the_wall_does() {
    let clock = Clock::held(DateTime::from_timestamp(1_795_459_350, 0).unwrap());
    for by in [chrono::TimeDelta::hours(-1), chrono::TimeDelta::hours(8)] {
        let moved = clock.clone();
        let transport = Transport::in_process(move |_path| {
            moved.advance(Duration::from_millis(250));
            moved.step(by);
            let reply = reply(200, &json!({"data": [{"id": "a"}], "meta": {}}));
            async move { reply }
        });
        let client = Client::new(transport, SENTINEL.into(), "main", clock.clone()).unwrap();
        let asked = client.ask(search(), None).await.answer.asked;
        let took_ms = asked.observed_at.since(asked.sent_at.unwrap());
        assert_eq!(took_ms, 250, "{by}");
    }
}
