//! What X lists of a Space page by page: buyers, with a user's token, and posts.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::answers::{both, streams};
use super::moving::without_moments;
use super::program::{Folder, Output, Running};
use super::secrets::clean_of;
use super::server::{Reply, Request, Server};
use super::shown::hold;

const USER: &str = "user-sentinel/token+of%ours0123456789";

const UNSUPPORTED: &str = r#"{"title":"Unsupported Authentication","status":403,
    "detail":"Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
    "type":"https://api.twitter.com/2/problems/unsupported-authentication"}"#;

/// An X with a ticketed Space: three pages of buyers, two of posts, under the older name alone.
fn x(asked: Arc<Mutex<Vec<Request>>>) -> Server {
    Server::start(move |request| {
        asked.lock().unwrap().push(request.clone());
        let page = request.list("pagination_token").pop();
        let place = match page.as_deref() {
            None => 0,
            Some(word) => word.strip_prefix("0000000000page0").unwrap().parse::<u64>().unwrap(),
        };
        let next = |last| (place < last).then(|| format!("0000000000page0{}", place + 1));
        let token = request.authorization.clone().unwrap_or_default();
        let body = match request.path.as_str() {
            "/2/spaces/1ticket/buyers" if token != format!("Bearer {USER}") => {
                return Reply::new(403, UNSUPPORTED);
            }
            "/2/spaces/1ticket/buyers" => {
                let user = |it: u64| {
                    let id = (place * 2 + it + 1).to_string();
                    json!({"id": id, "username": format!("buyer{id}"), "name": token,
                        "verified": it == 0, "public_metrics": {"followers_count": 10 + it}})
                };
                json!({"data": [user(0), user(1)], "meta": {"result_count": 2,
                    "next_token": next(2)}})
            }
            "/2/spaces/1ticket/tweets" if request.query.contains("post.fields") => {
                let message = "The query parameter [post.fields] is not one of [tweet.fields,id]";
                let body = json!({"errors": [{"parameters": {"post.fields": []},
                    "message": message}], "title": "Invalid Request"});
                return Reply::new(400, body.to_string());
            }
            "/2/spaces/1ticket/tweets" => {
                assert!(request.query.contains("tweet.fields=author_id"), "{}", request.query);
                json!({"data": [{"id": (100 + place).to_string(), "text": "words"}],
                    "meta": {"result_count": 1, "next_token": next(1)}})
            }
            path => panic!("{path} was asked"),
        };
        Reply::new(200, body.to_string()).with_window(14_000, 900)
    })
}

fn with_user(folder: &Folder, token: &str, args: &[&str]) -> Output {
    let data = folder.data();
    let args = [args, &["--data", data.to_str().unwrap()]].concat();
    let mut command = folder.command(super::program::PROGRAM, &args);
    command.env("SPACELOG_USER_TOKEN", token);
    Running::of(command).end()
}

fn rows(output: &Output) -> Vec<Value> {
    serde_json::from_str(&output.out).unwrap_or_else(|error| panic!("{error}: {output:#?}"))
}

#[test]
fn buyers_are_asked_for_page_by_page_and_listed_from_the_log() {
    let (folder, asked) = (Folder::new(), Arc::default());
    let server = x(Arc::clone(&asked));
    let url = server.url();
    let ask = ["participants", "1ticket", "--api-url", &url, "--json"];
    let output = with_user(&folder, USER, &ask);
    assert_eq!(output.code, Some(0), "{output:#?}");
    let found = rows(&output);
    let ids: Vec<&str> = found.iter().map(|row| row["user_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6"]);
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    let wanted = ["space_id", "user_id", "username", "name", "followers", "verified", "first_seen"];
    assert_eq!(keys, [&wanted[..], &["seq"]].concat());
    assert_eq!((&found[1]["username"], &found[1]["followers"]), (&json!("buyer2"), &json!(11)));
    let polls = folder.rows(&["polls"]);
    assert_eq!(polls.len(), 3);
    assert!(polls.iter().all(|poll| poll["endpoint"] == "buyers" && poll["cost_usd"] == 0.02));
    assert_eq!(polls[0]["target"], "1ticket");
    assert_eq!(polls[1]["target"], "1ticket page 0000000000page01");
    // Without the token, what was seen is listed and nobody is asked.
    let again = folder.run(&["participants", "1ticket", "--api-url", &url, "--json"]);
    assert_eq!(rows(&again), found);
    assert!(again.err.contains("--user-token-file"), "{again:#?}");
    assert_eq!(asked.lock().unwrap().len(), 3);
    let table = with_user(&folder, USER, &["participants", "1ticket", "--api-url", &url]);
    let of_test = |text: &str| without_moments(&text.replace(&url, "https://api.x.com"));
    hold("cli_participants", &folder, &of_test(&streams(&table)));
    let without = folder.run(&["participants", "1ticket", "--api-url", &url]);
    hold("cli_participants_no_token", &folder, &of_test(&streams(&without)));
    // Asked once more, at most one page: nobody is listed twice, and first seen stays.
    let once = with_user(&folder, USER, &[&ask[..], &["--pages", "1"]].concat());
    assert_eq!(rows(&once), found);
    assert!(once.err.contains("there are more"), "{once:#?}");
    assert_eq!(folder.rows(&["gaps"]), Vec::<Value>::new(), "nobody watches buyers");
    folder.hold();
    clean_of(USER, &folder, &[output, again, once]);
}

#[test]
fn with_an_apps_token_the_refusal_says_what_is_needed() {
    let folder = Folder::new();
    let server = x(Arc::default());
    let url = server.url();
    let wrong = "user-sentinel/token+of%others0123456";
    let output = with_user(&folder, wrong, &["participants", "1ticket", "--api-url", &url]);
    super::refusals::refused(&output, 3, &["forbidden (HTTP 403)", "user token", "space.read"]);
    let polls = folder.rows(&["polls"]);
    assert_eq!((polls.len(), &polls[0]["error"]), (1, &json!("forbidden")));
    clean_of(wrong, &folder, &[output]);
    let unknown = folder.run(&["participants", "1nobody"]);
    super::refusals::refused(&unknown, 7, &["`1nobody` is not in the log"]);
}

#[test]
fn posts_are_asked_for_where_it_is_wished_and_under_the_older_name_too() {
    let (folder, asked) = (Folder::new(), Arc::default());
    let server = x(Arc::clone(&asked));
    let url = server.url();
    let found = folder.rows(&["tweets", "1ticket", "--ask", "--api-url", &url]);
    let ids: Vec<&Value> = found.iter().map(|row| &row["post_id"]).collect();
    assert_eq!(ids, ["100", "101"]);
    assert_eq!(found[0]["url"], "https://x.com/i/web/status/100");
    let polls = folder.rows(&["polls"]);
    assert_eq!((polls.len(), &polls[0]["endpoint"]), (2, &json!("tweets")));
    assert_eq!(asked.lock().unwrap().len(), 3, "one was refused for a field");
    assert_eq!(folder.rows(&["tweets", "1ticket"]), found);
    hold("cli_tweets", &folder, &without_moments(&both(&folder, &["tweets", "1ticket"])));
    assert_eq!(asked.lock().unwrap().len(), 3);
    let events = folder.well(&["events", "--json"]);
    assert!(!events.contains("words"), "what is said in posts is not kept");
    folder.hold();
}

#[test]
fn a_page_is_recorded_through_a_monitor_that_runs() {
    let folder = Folder::new();
    let server = x(Arc::default());
    let url = server.url();
    let still = super::x::X::new();
    let monitor = folder.start(&["run", "--api-url", &still.url(), "--query", "coast"]);
    monitor.talks_of("watching");
    super::program::until("the socket", || folder.data().join("socket").exists().then_some(()));
    let ask = ["participants", "1ticket", "--api-url", &url, "--pages", "1", "--json"];
    let output = with_user(&folder, USER, &ask);
    assert_eq!(rows(&output).len(), 2, "{output:#?}");
    let ended = monitor.stop();
    clean_of(USER, &folder, &[output, ended]);
}
