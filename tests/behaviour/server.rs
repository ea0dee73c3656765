//! A scripted server: it answers each request as a function says.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its path, such as `/2/spaces/search`.
    pub path: String,
    /// Its query, as it was sent.
    pub query: String,
    /// Its `Authorization`.
    pub authorization: Option<String>,
}

impl Request {
    /// Returns the values of a parameter that is a list.
    pub fn list(&self, name: &str) -> Vec<String> {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes());
        let found = pairs.into_iter().find(|(key, _)| key == name);
        found.map_or(Vec::new(), |(_, list)| list.split(',').map(ToOwned::to_owned).collect())
    }
}

/// What is sent back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status, headers and a body.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed without a word.
    HangUp,
    /// Nothing, until the server goes.
    Silence,
}

impl Reply {
    /// Returns an answer without headers of its own.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self::Whole(status, Vec::new(), body.into())
    }

    /// Adds X's headers of a window: requests left, and seconds to its reset.
    pub fn with_window(self, remaining: u32, ends_in: i64) -> Self {
        let Self::Whole(status, mut headers, body) = self else { return self };
        let reset = chrono::Utc::now().timestamp() + ends_in;
        headers.push(("x-rate-limit-limit", "15000".to_owned()));
        headers.push(("x-rate-limit-remaining", remaining.to_string()));
        headers.push(("x-rate-limit-reset", reset.to_string()));
        Self::Whole(status, headers, body)
    }
}

/// A running server; it goes when it is dropped.
pub struct Server {
    address: SocketAddr,
    going: Arc<AtomicBool>,
}

impl Server {
    /// Starts one on a free port of this machine.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let going: Arc<AtomicBool> = Arc::default();
        let (gone, answer) = (going.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if gone.load(Ordering::SeqCst) {
                    return;
                }
                let (answer, gone) = (answer.clone(), gone.clone());
                // A client that was killed in the middle is what some tests are about.
                std::thread::spawn(move || drop(converse(stream, &*answer, &gone)));
            }
        });
        Self { address, going }
    }

    /// Returns its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.going.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

fn converse(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Reply,
    gone: &AtomicBool,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut authorization = None;
    for line in lines {
        let line = line?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.trim().to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let request = Request { path: path.to_owned(), query: query.to_owned(), authorization };
    match answer(&request) {
        Reply::Whole(status, headers, body) => {
            let mut lines = vec![format!("HTTP/1.1 {status} Said")];
            lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
            lines.push(format!("content-length: {}", body.len()));
            let text = format!("{}\r\nconnection: close\r\n\r\n{body}", lines.join("\r\n"));
            stream.write_all(text.as_bytes())
        }
        Reply::HangUp => Ok(()),
        Reply::Silence => {
            while !gone.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        }
    }
}
