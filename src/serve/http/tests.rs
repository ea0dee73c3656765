//! What the server promises whoever connects.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::{Refusal, RefusalKind, Reply, Request as Asked};
use super::paced::within;
use super::*;
use crate::sheet::{Column, Unit, Value};

/// An owner with one event a seq, and a title that somebody hostile wrote.
struct Small {
    head: AtomicU64,
    asked: Mutex<Vec<Question>>,
}

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m=cmd()\r\n\r\nid: 5";

impl Owner for Small {
    fn handle(&self, request: Asked, reply: &mut dyn FnMut(Reply) -> bool) {
        let Asked::Ask { question, .. } = request else { return };
        self.asked.lock().unwrap().push(question.clone());
        let names: &[&str] = match &question {
            Question::Events { .. } => &["seq", "kind", "title"],
            Question::Status => &["seq", "recorded_at", "running", "stalled"],
            _ => &["space_id", "title"],
        };
        let mut sheet =
            Sheet::new(names.iter().map(|name| Column::new(name, Unit::None)).collect());
        let head = self.head.load(Ordering::SeqCst);
        match question {
            Question::Status => {
                sheet.push(vec![head.into(), Value::Time(0), true.into(), false.into()]);
            }
            Question::Events { kind: Some(kind), .. } if kind == "None" => {
                let message = "no event is of kind `None`".to_owned();
                let causes = vec!["it is none".to_owned()];
                let kind = RefusalKind::Usage;
                reply(Reply::Refused(Refusal { kind, message, causes }));
                return;
            }
            Question::Events { from, .. } if from <= head => {
                for seq in from..=head {
                    sheet.push(vec![seq.into(), "SpaceDescribed".into(), HOSTILE.into()]);
                }
                sheet.next = Some(head + 1);
            }
            Question::Events { .. } => {}
            _ => sheet.push(vec!["1abc".into(), HOSTILE.into()]),
        }
        reply(Reply::Sheet(sheet));
    }
}

struct Server {
    address: SocketAddr,
    owner: Arc<Small>,
    task: tokio::task::JoinHandle<io::Result<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn time() -> Time {
    Arc::new(TokioTimer::new())
}

fn hints(denied: &Denied) -> Option<String> {
    matches!(denied, Denied::Method).then(|| "ask with GET".to_owned())
}

fn started(token: Option<&str>) -> Server {
    let token = token.map(|token| blake3::hash(token.as_bytes()));
    let http = Http::open("127.0.0.1:0".parse().unwrap(), token, hints).unwrap();
    let address = http.address;
    let owner = Arc::new(Small { head: AtomicU64::new(3), asked: Mutex::default() });
    let run: Runner = Arc::new(|work| work());
    let task = tokio::spawn(http.serve(owner.clone(), run, time()));
    Server { address, owner, task }
}

impl Server {
    /// Sends lines and returns the connection.
    async fn send(&self, lines: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(lines.as_bytes()).await.unwrap();
        stream
    }

    /// Asks for something, with more headers, and returns all that comes back.
    async fn get(&self, target: &str, headers: &str) -> String {
        let host = self.address;
        let head =
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        all(self.send(&head).await).await
    }
}

async fn all(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    // A connection that is reset has said what it had to say.
    drop(stream.read_to_end(&mut text).await);
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads until there is this.
async fn until(stream: &mut TcpStream, needle: &str) -> String {
    let mut seen = Vec::new();
    let time = time();
    let read = within(&time, Duration::from_secs(20), async {
        loop {
            let mut buffer = [0; 1024];
            let count = stream.read(&mut buffer).await.unwrap();
            seen.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&seen).into_owned();
            if count == 0 || text.contains(needle) {
                return text;
            }
        }
    });
    read.await.expect("in time")
}

#[tokio::test]
async fn every_answer_and_every_refusal_carries_the_headers_that_keep_other_sites_out() {
    let server = started(None);
    let targets =
        ["/api/spaces", "/api/openapi.json", "/metrics", "/healthz", "/nothing", "/api/x"];
    for target in targets.into_iter().chain(["/schedule.ics", "/feeds/live.atom"]) {
        let text = server.get(target, "").await;
        for header in [
            "content-security-policy: default-src 'none'; style-src 'sha256-",
            "; script-src 'sha256-",
            "; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; \
             form-action 'self'",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "referrer-policy: no-referrer",
        ] {
            assert!(text.contains(header), "{target}: {header}: {text}");
        }
        let lower = text.to_lowercase();
        assert!(!lower.contains("access-control-allow"), "no other site may read: {text}");
        assert!(!lower.contains("set-cookie"), "{text}");
    }
}

#[tokio::test]
async fn a_foreign_host_is_refused_before_its_path_is_looked_at() {
    let server = started(None);
    let head = "GET /nothing HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n";
    let text = all(server.send(head).await).await;
    assert!(text.starts_with("HTTP/1.1 421 "));
    let text = server.get("/api/spaces", "Origin: http://evil.example\r\n").await;
    assert!(text.starts_with("HTTP/1.1 403 "), "{text}");
    assert!(!server.owner.asked.lock().unwrap().iter().any(|it| *it != Question::Status));
}

#[tokio::test]
async fn a_refusal_says_what_why_and_what_now() {
    let server = started(None);
    let host = server.address;
    let post = format!(
        "POST /api/spaces HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let text = all(server.send(&post).await).await;
    assert!(text.starts_with("HTTP/1.1 405 ") && text.contains("allow: GET, HEAD"), "{text}");
    let body = text.split("\r\n\r\n").nth(1).unwrap();
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(told["what"], "only GET and HEAD are answered");
    assert_eq!((&told["why"], &told["now"]), (&serde_json::json!([]), &"ask with GET".into()));
    let text = server.get("/api/spaces?sort=size", "").await;
    assert!(text.starts_with("HTTP/1.1 400 ") && text.contains("`size` is no order"), "{text}");
    let text = server.get("/api/events?kind=None", "").await;
    assert!(text.contains("\"what\":\"no event is of kind `None`\",\"why\":[\"it is none\"]"));
}

#[tokio::test]
async fn without_the_access_token_nothing_is_answered() {
    let server = started(Some("open-sesame-open"));
    let targets = ["/", "/api/spaces", "/metrics", "/healthz", "/api/openapi.json", "/api/live"];
    for target in targets.into_iter().chain(["/schedule.ics", "/feeds/announced.atom"]) {
        let text = server.get(target, "").await;
        assert!(text.starts_with("HTTP/1.1 401 "), "{target}: {text}");
        assert!(text.contains("www-authenticate: Basic"), "{text}");
    }
    let text = server.get("/api/spaces", "Authorization: Bearer open-sesame-open\r\n").await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
}

#[tokio::test]
async fn the_head_of_a_request_has_a_bound_in_length_and_in_headers() {
    let server = started(None);
    let long = format!("X-Long: {}\r\n", "x".repeat(BUFFER_BYTES_MAX));
    assert!(server.get("/healthz", &long).await.starts_with("HTTP/1.1 431 "));
    let many = "X-Many: 1\r\n".repeat(HEADERS_MAX + 1);
    assert!(server.get("/healthz", &many).await.starts_with("HTTP/1.1 431 "));
    assert!(server.get("/healthz", "").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn hostile_text_comes_out_of_json_and_streams_as_harmless_text() {
    let server = started(None);
    let text = server.get("/api/spaces", "").await;
    let body = text.split_once("\r\n\r\n").unwrap().1;
    let rows: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(rows[0]["title"], HOSTILE, "JSON keeps every character");
    assert!(!body.contains(['\u{202e}', '\u{1b}', '\r']), "{body:?}");
    let mut stream = server
        .send(&format!(
            "GET /api/events/stream?from=3 HTTP/1.1\r\nHost: {}\r\n\r\n",
            server.address
        ))
        .await;
    let text = until(&mut stream, "\"seq\":3").await;
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text:?}");
    assert_eq!(text.matches("\nid: ").count(), 1, "{text:?}");
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event_that_came_and_tells_what_is_appended() {
    let server = started(None);
    let ask = |headers: &str| {
        let host = server.address;
        format!("GET /api/events/stream HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n")
    };
    let mut stream = server.send(&ask("Last-Event-ID: 1\r\n")).await;
    let text = until(&mut stream, "id: 3").await;
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    assert!(text.contains("id: 2\nevent: SpaceDescribed\ndata: {") && !text.contains("id: 1\n"));
    server.owner.head.store(4, Ordering::SeqCst);
    let text = until(&mut stream, "id: 4").await;
    assert!(!text.contains("id: 3\n"), "each event comes once: {text}");
    let refused = server.get("/api/events/stream", "Last-Event-ID: x\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let refused = server.get("/api/events/stream?kind=None", "").await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
}

#[tokio::test]
async fn streams_are_of_a_bounded_number_and_a_place_is_free_when_one_ends() {
    let server = started(None);
    let ask = format!("GET /api/live HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let mut open = Vec::new();
    for _ in 0..stream::STREAMS_MAX {
        let mut stream = server.send(&ask).await;
        until(&mut stream, "retry: ").await;
        open.push(stream);
    }
    let text = server.get("/api/live", "").await;
    assert!(text.starts_with("HTTP/1.1 503 ") && text.contains("as many streams"), "{text}");
    assert!(server.get("/healthz", "").await.starts_with("HTTP/1.1 200 "), "all else goes on");
    open.clear();
    let time = time();
    let again = within(&time, Duration::from_secs(20), async {
        loop {
            let mut stream = server.send(&ask).await;
            if until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 200 ") {
                return;
            }
        }
    });
    assert!(again.await.is_some());
}

#[tokio::test]
async fn a_calendar_and_feeds_are_served_as_such_and_under_no_other_name() {
    let server = started(None);
    for (target, kind) in [
        ("/schedule.ics", "text/calendar; charset=utf-8"),
        ("/schedule.ics?host=@nasa&last=7d", "text/calendar; charset=utf-8"),
        ("/feeds/announced.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/live.atom?keyword=climate", "application/atom+xml; charset=utf-8"),
    ] {
        let text = server.get(target, "").await;
        assert!(text.starts_with("HTTP/1.1 200 "), "{target}: {text}");
        assert!(text.contains(&format!("content-type: {kind}\r\n")), "{target}: {text}");
    }
    for (target, status) in [
        ("/feeds/other.atom", 404),
        ("/schedule.ics?colour=red", 400),
        ("/feeds/live.atom?last=1d", 400),
    ] {
        let text = server.get(target, "").await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {text}");
    }
    let foreign = server.get("/schedule.ics", "Sec-Fetch-Site: cross-site\r\n").await;
    assert!(foreign.starts_with("HTTP/1.1 403 "), "{foreign}");
}
