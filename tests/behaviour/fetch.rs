//! The local server as its clients meet it: asked over a plain connection, byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::program::{Folder, PROGRAM, Running, until};

/// A server that was started by the program, and where it is.
pub struct Site {
    running: Running,
    /// Its address and port.
    pub host: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, as they were sent.
    pub head: String,
    /// The body, out of its chunks.
    pub body: String,
}

impl Answer {
    /// Returns the body as rows.
    pub fn rows(&self) -> Vec<Value> {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Site {
    /// Starts a command on a folder that serves pages on a free port.
    pub fn of(folder: &Folder, args: &[&str]) -> Self {
        let listen: &[&str] =
            if args.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
        let running = folder.start(&[args, listen].concat());
        let host = until("the address of the page", || {
            let told = running.err();
            let (_, rest) = told.split_once("page and API at http://")?;
            rest.split_once('\n').map(|(host, _)| host.trim().to_owned())
        });
        Self { running, host }
    }

    /// Starts a demo that goes on until it is stopped.
    pub fn demo(folder: &Folder) -> Self {
        let world = ["--speed", "60", "--seed", "3", "--spaces", "40"];
        Self::of(folder, &[&["demo", "--for", "1h"], &world[..]].concat())
    }

    /// Returns its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Asks for something as a browser does that reads pages.
    pub fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, "Accept: text/html\r\n")
    }

    /// Asks with a method and more headers.
    pub fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        let host = &self.host;
        self.send(&format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"
        ))
    }

    /// Sends bytes as they are, and reads until the server has nothing more to say.
    pub fn send(&self, text: &str) -> Answer {
        let mut stream = self.connect();
        // A server that refuses in the middle closes before it has read all.
        drop(stream.write_all(text.as_bytes()));
        let mut bytes = Vec::new();
        drop(stream.read_to_end(&mut bytes));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Connects to it.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Stops it: a monitor ends well, and any other command as one that was told to end.
    pub fn stop(self) {
        self.running.signal("TERM");
        let output = self.running.end();
        assert!(matches!(output.code, Some(0 | 143)), "{output:?}");
    }
}

/// Returns the search path of whoever runs the tests, for programs that are not ours.
pub fn path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// Returns a command of the program that serves and must be refused at its start.
pub fn refused_at_start(folder: &Folder, args: &[&str]) -> (Option<i32>, String) {
    let data = folder.data();
    let args = [args, &["--data", data.to_str().unwrap()]].concat();
    let output = Running::of(folder.command(PROGRAM, &args)).end();
    (output.code, output.err)
}
