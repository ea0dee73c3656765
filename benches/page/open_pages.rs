//! Open pages, as their script behaves: each listens how far the log has grown, and fetches its
//! part again, every two seconds at most.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use spacelog::clock::Stopwatch;

use super::scripted_x::id;
use crate::common::Outcome;

/// A page fetches its part so often at most.
const EVERY: Duration = Duration::from_secs(2);

/// Pages that are open.
pub struct Pages {
    threads: Vec<JoinHandle<()>>,
    closed: Arc<AtomicBool>,
    fetched: Arc<AtomicU64>,
}

impl Pages {
    /// Opens pages: one of each kind, and of Spaces and of what is on air as many as are left.
    pub fn open(host: &str, count: u64) -> Outcome<Self> {
        let kinds = ["/spaces", "/hosts", "/speakers", "/keywords", "/polls", "/gaps", "/spend"];
        let mut paths: Vec<String> = kinds.map(ToOwned::to_owned).to_vec();
        paths.push("/health".to_owned());
        paths.push("/schedule".to_owned());
        for at in 0.. {
            if paths.len() as u64 >= count {
                break;
            }
            paths.push(if at % 2 == 0 { "/".to_owned() } else { format!("/space/{}", id(at)) });
        }
        let (closed, fetched): (Arc<AtomicBool>, Arc<AtomicU64>) = Default::default();
        let mut threads = Vec::new();
        for path in paths {
            get(host, &path, "")?;
            let (host, closed, fetched) = (host.to_owned(), closed.clone(), fetched.clone());
            threads.push(thread::spawn(move || {
                // A page whose stream ends opens another one.
                while !closed.load(Ordering::Relaxed) {
                    drop(listen(&host, &path, &closed, &fetched));
                }
            }));
        }
        Ok(Self { threads, closed, fetched })
    }

    /// Closes them, and returns how often they were fetched.
    pub fn close(self) -> Outcome<u64> {
        self.closed.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().map_err(|_| "a page broke")?;
        }
        Ok(self.fetched.load(Ordering::Relaxed))
    }
}

fn listen(host: &str, path: &str, closed: &AtomicBool, fetched: &AtomicU64) -> Outcome<()> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(stream, "GET /api/live HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
    let mut lines = BufReader::new(stream).lines();
    let mut last: Option<Stopwatch> = None;
    while let Some(line) = lines.next().transpose()? {
        if closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        if line.starts_with("event: head") {
            if let Some(watch) = &last {
                thread::sleep(EVERY.saturating_sub(watch.elapsed()));
            }
            last = Some(Stopwatch::start());
            get(host, path, "X-Part: main\r\n")?;
            fetched.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

/// Fetches an address, and returns what came.
pub fn get(host: &str, path: &str, headers: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(host)?;
    let accept = "Accept: text/html\r\nConnection: close\r\n";
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{accept}\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no answer")?;
    if !head.contains(" 200 ") {
        return Err(format!("{path}: {head}").into());
    }
    Ok(body.to_owned())
}

/// Lets so many fetch a page every two seconds, for a while.
pub fn fetch_for(host: &str, pages: u64, span: Duration) -> Outcome<()> {
    let watch = Stopwatch::start();
    while watch.elapsed() < span {
        let turn = Stopwatch::start();
        for _page in 0..pages {
            get(host, "/index.html", "")?;
        }
        thread::sleep(EVERY.saturating_sub(turn.elapsed()));
    }
    Ok(())
}
