//! A scripted X: every Space that is asked for by its id is live, with a count that changes. It
//! allows more than a request a second, so that pages have news whenever they look.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::common::Outcome;

/// Returns the id of a Space.
pub fn id(at: u64) -> String {
    format!("1page{at:08}")
}

/// Starts it on a free port, until the program ends; returns its origin.
pub fn start(spaces: u64) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    let answers = Arc::new(AtomicU64::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = answers.clone();
            // The monitor hangs up when it is stopped.
            thread::spawn(move || drop(converse(&stream, spaces, &answers)));
        }
    });
    Ok(origin)
}

fn converse(stream: &TcpStream, spaces: u64, answers: &AtomicU64) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut out = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        let target = first.split(' ').nth(1).unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let number = answers.fetch_add(1, Ordering::Relaxed);
        let ids = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ids");
        let data: Vec<Value> = match ids.filter(|_| path == "/2/spaces") {
            Some((_, ids)) => ids.split(',').map(|id| space(id, spaces, number)).collect(),
            None => Vec::new(),
        };
        let mut body = json!({"meta": {"result_count": data.len()}});
        if !data.is_empty() {
            body["data"] = data.into();
        }
        let body = body.to_string();
        write!(
            out,
            "HTTP/1.1 200 OK\r\nx-rate-limit-limit: 1500\r\nx-rate-limit-remaining: 1450\r\n\
             x-rate-limit-reset: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            chrono::Utc::now().timestamp() + 900,
            body.len()
        )?;
    }
}

fn space(id: &str, spaces: u64, number: u64) -> Value {
    let at: u64 = id.trim_start_matches("1page").parse().unwrap_or(0);
    let host = format!("{}", 1_000 + at % 500);
    json!({"id": id, "state": "live", "title": format!("Number {at} of {spaces} evenings on the radio"),
        "creator_id": host, "host_ids": [host], "lang": "en", "is_ticketed": false,
        "participant_count": 20 + (at * 7 + number * 3) % 900,
        "created_at": "2026-11-23T17:00:00.000Z", "started_at": "2026-11-23T18:00:00.000Z"})
}
