//! Proxies on this machine: what goes through them, and what they were told of who asks.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a proxy was asked, a line a request: where to, and as whom.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A running proxy; it lives as long as the test.
pub struct Proxy {
    address: SocketAddr,
    seen: Seen,
}

impl Proxy {
    /// Starts one that speaks HTTP; without this `Proxy-Authorization` it answers 407.
    pub fn http(wanted: Option<String>) -> Self {
        Self::start(move |stream, seen| http(stream, wanted.as_deref(), seen))
    }

    /// Starts one that speaks SOCKS 5 and wants user and password.
    pub fn socks(user: &'static str, password: &'static str) -> Self {
        Self::start(move |stream, seen| socks(stream, user, password, seen))
    }

    fn start(
        serve: impl Fn(TcpStream, &Seen) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, serve) = (Seen::default(), Arc::new(serve));
        let told = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serve, told) = (serve.clone(), told.clone());
                // A client that goes away in the middle is its own business.
                std::thread::spawn(move || drop(serve(stream, &told)));
            }
        });
        Self { address, seen }
    }

    /// Returns host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what it was asked: where to, and as whom.
    pub fn seen(&self) -> Vec<(String, Option<String>)> {
        self.seen.lock().unwrap().clone()
    }
}

fn http(stream: TcpStream, wanted: Option<&str>, seen: &Seen) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let url = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let rest = url.strip_prefix("http://").unwrap_or_default().to_owned();
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let of_proxy = |line: &&String| line.to_ascii_lowercase().starts_with("proxy-authorization:");
    let told = lines.iter().find(of_proxy).and_then(|line| line.split_once(": "));
    let told = told.map(|(_, value)| value.to_owned());
    seen.lock().unwrap().push((host.to_owned(), told.clone()));
    let mut stream = stream;
    if wanted.is_some() && told.as_deref() != wanted {
        let said = told.unwrap_or_default();
        let head = format!("HTTP/1.1 407 Proxy\r\ncontent-length: {}\r\n\r\n{said}", said.len());
        return stream.write_all(head.as_bytes());
    }
    let mut onward = TcpStream::connect(host)?;
    let kept = lines[1..].iter().filter(|line| {
        let line = line.to_ascii_lowercase();
        !line.starts_with("proxy-") && !line.starts_with("connection:")
    });
    let mut request = format!("GET /{path} HTTP/1.1\r\n");
    kept.for_each(|line| request.extend([line, "\r\n"]));
    onward.write_all(format!("{request}connection: close\r\n\r\n").as_bytes())?;
    std::io::copy(&mut onward, &mut stream).map(drop)
}

fn socks(mut stream: TcpStream, user: &str, password: &str, seen: &Seen) -> std::io::Result<()> {
    let mut two = [0; 2];
    stream.read_exact(&mut two)?;
    let mut methods = vec![0; usize::from(two[1])];
    stream.read_exact(&mut methods)?;
    // Of the ways to say who one is: user and password.
    stream.write_all(&[5, 2])?;
    stream.read_exact(&mut two)?;
    let told_user = text(&mut stream, two[1])?;
    let mut one = [0];
    stream.read_exact(&mut one)?;
    let told_password = text(&mut stream, one[0])?;
    let is_known = told_user == user && told_password == password;
    stream.write_all(&[1, u8::from(!is_known)])?;
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    assert_eq!((head[1], head[3]), (1, 1), "a connection to an address of four bytes");
    let mut to = [0; 6];
    stream.read_exact(&mut to)?;
    let port = u16::from_be_bytes([to[4], to[5]]);
    let address = SocketAddr::from(([to[0], to[1], to[2], to[3]], port));
    seen.lock().unwrap().push((address.to_string(), Some(format!("{told_user}:{told_password}"))));
    let mut onward = TcpStream::connect(address)?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let (mut from, mut back) = (stream.try_clone()?, onward.try_clone()?);
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut onward)));
    std::io::copy(&mut back, &mut stream).map(drop)
}

fn text(stream: &mut TcpStream, length: u8) -> std::io::Result<String> {
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
