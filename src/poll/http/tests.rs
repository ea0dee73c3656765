//! The client against servers that misbehave, on loopback.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const SENTINEL: &str = "AAAAAAAAAAAAsentinel%3Dtoken";

fn bearer() -> Bearer {
    Bearer::new(SENTINEL.into()).unwrap()
}

/// Starts a server that reads one request a connection and writes `head`, then `piece` as often
/// as `times` says or until the client hangs up; it returns the request line by line.
async fn server(head: String, piece: Vec<u8>, times: usize) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            sender.send(read_request(&mut stream).await).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..times {
                if stream.write_all(&piece).await.is_err() {
                    break;
                }
            }
        }
    });
    (origin, requests)
}

type Requests = tokio::sync::mpsc::Receiver<String>;

async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !text.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the client hung up");
        text.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(text).unwrap()
}

async fn get(origin: &str, deadline: Duration) -> Result<RawReply, Lost> {
    Http::new(origin, deadline).unwrap().get("/2/spaces?ids=1", &bearer()).await
}

#[tokio::test]
async fn a_reply_is_read_whole_with_its_rate_headers() {
    let head = "HTTP/1.1 200 OK\r\nX-Rate-Limit-Limit: 300\r\nx-rate-limit-remaining: 299\r\n\
                x-rate-limit-reset: 1795459350\r\nContent-Length: 2\r\nRetry-After: 7\r\n\r\n{}";
    let (origin, mut requests) = server(head.to_owned(), Vec::new(), 0).await;
    let reply = get(&origin, DEADLINE).await.unwrap();
    let rate = reply.rate().unwrap();
    assert_eq!((rate.limit, rate.remaining, rate.reset.0), (300, 299, 1_795_459_350_000));
    assert_eq!(
        (reply.retry_after, reply.body.as_slice()),
        (Some(Duration::from_secs(7)), &b"{}"[..])
    );
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("GET /2/spaces?ids=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {SENTINEL}\r\n")), "{request}");
    assert!(request.contains(&format!("user-agent: {USER_AGENT}\r\n")), "{request}");
}

#[tokio::test]
async fn a_body_without_end_stops_at_8_mib() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned();
    let (origin, _requests) = server(head, vec![b' '; 1 << 16], usize::MAX).await;
    let lost = get(&origin, DEADLINE).await.unwrap_err();
    assert_eq!(lost.error, TransportError::TooLarge);
    assert_eq!(lost.head.unwrap().status, 200);
}

/// Zeros without end in little space: one literal, then matches of 258 bytes in fixed Huffman
/// codes, 13 bits each.
fn gzip_bomb(matches: usize) -> Vec<u8> {
    let code = |bits: u32, length: u32| (0..length).rev().map(move |at| bits >> at & 1);
    let mut bits: Vec<u32> = vec![0, 1, 0];
    bits.extend(code(0b0011_0000, 8));
    for _ in 0..matches {
        bits.extend(code(0b1100_0101, 8).chain(code(0, 5)));
    }
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bomb.extend(bits.chunks(8).map(|byte| {
        byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit == 1) << at)
    }));
    bomb
}

#[tokio::test]
async fn a_gzip_bomb_is_bounded_by_what_it_unpacks_to() {
    let bomb = gzip_bomb(100_000);
    assert!(bomb.len() < BODY_MAX / 40);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    );
    let (origin, _requests) = server(head, bomb, 1).await;
    let lost = get(&origin, DEADLINE).await.unwrap_err();
    assert_eq!(lost.error, TransportError::TooLarge);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, mut followed) = server(String::new(), Vec::new(), 0).await;
    let head =
        format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}/stolen\r\nContent-Length: 0\r\n\r\n");
    let (origin, _requests) = server(head, Vec::new(), 0).await;
    assert_eq!(get(&origin, DEADLINE).await.unwrap().status, 302);
    assert!(followed.try_recv().is_err());
}

#[tokio::test]
async fn silence_slow_bytes_and_half_a_body_end_at_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", silent.local_addr().unwrap());
    let lost = get(&origin, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!((lost.error, lost.head), (TransportError::Timeout, None));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let slow = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = "HTTP/1.1 429 Too Many\r\nContent-Length: 9999\r\n\r\n{";
        stream.write_all(head.as_bytes()).await.unwrap();
        while stream.write_all(b" ").await.is_ok() {
            clock::sleep_real(Duration::from_millis(10)).await;
        }
    });
    let lost = get(&origin, Duration::from_millis(80)).await.unwrap_err();
    assert_eq!((lost.error, lost.head.unwrap().status), (TransportError::Timeout, 429));
    slow.abort();
}

#[tokio::test]
async fn nobody_at_the_address_and_a_broken_body_are_network_failures_without_the_url() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let lost = get(&format!("http://{gone}"), DEADLINE).await.unwrap_err();
    let TransportError::Network(message) = lost.error else { panic!("{lost:?}") };
    assert!(message.contains("refused") && !message.contains("ids=1"), "{message}");

    let head = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\"".to_owned();
    let (origin, _requests) = server(head, Vec::new(), 0).await;
    let lost = get(&origin, DEADLINE).await.unwrap_err();
    assert!(matches!(lost.error, TransportError::Network(_)), "{lost:?}");
}

#[test]
fn the_token_goes_to_https_or_to_this_machine_only() {
    for origin in ["https://api.x.com", "https://api.x.com/", "http://127.0.0.1:80", "http://[::1]"]
    {
        // A machine without root certificates has no TLS, which is not the origin's fault.
        let taken = Http::new(origin, DEADLINE);
        assert!(matches!(taken, Ok(_) | Err(OriginError::Tls(_))), "{origin}");
    }
    for origin in ["http://api.x.com", "http://127.0.0.1.evil.example", "http://10.0.0.1"] {
        let refused = Http::new(origin, DEADLINE);
        assert!(matches!(refused, Err(OriginError::PlainHttp(_))), "{origin}");
    }
    for origin in ["api.x.com", "https://api.x.com/2", "https://u:p@api.x.com", "ftp://localhost"] {
        let refused = Http::new(origin, DEADLINE);
        assert!(matches!(refused, Err(OriginError::NotAnOrigin)), "{origin}");
    }
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let date = Some("Mon, 23 Nov 2026 18:42:30 GMT");
    assert_eq!(retry_after("15", None), Some(Duration::from_secs(15)));
    let until = "Mon, 23 Nov 2026 18:43:30 GMT";
    assert_eq!(retry_after(until, date), Some(Duration::from_mins(1)));
    assert_eq!(retry_after(until, None), None);
    assert_eq!(retry_after("soon", date), None);
}
