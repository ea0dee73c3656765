//! What the server promises beyond the replies themselves.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::*;
use crate::simulate::{Fault, WorldSettings};
use crate::space::Moment;

async fn started() -> Simulation {
    let clock = Clock::held(Moment(1_790_000_000_000).to_utc());
    let world = WorldSettings::new(1, Moment(1_790_000_000_000));
    Simulation::start(Settings::new(world), clock).await.unwrap()
}

/// Sends one request and returns the stream.
async fn ask(simulation: &Simulation, method: &str, target: &str) -> TcpStream {
    let mut stream = TcpStream::connect(simulation.address).await.unwrap();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn text(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn an_answer_over_the_wire_is_the_one_in_process() {
    let simulation = started().await;
    let target = "/2/spaces/search?query=AI%20regulation";
    let text = text(ask(&simulation, "GET", target).await).await;
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.contains("x-rate-limit-remaining: 299"));
    let own = simulation.handle(target, Some("t")).body;
    assert!(text.ends_with(std::str::from_utf8(&own).unwrap()));
    assert!(simulation.url().starts_with("http://127.0.0.1:"));
    simulation.stop().await.unwrap();
}

#[tokio::test]
async fn only_get_is_answered() {
    let simulation = started().await;
    let text = text(ask(&simulation, "POST", "/2/spaces/search?query=x").await).await;
    assert!(text.starts_with("HTTP/1.1 405"), "{text}");
    simulation.stop().await.unwrap();
}

#[tokio::test]
async fn a_silent_answer_never_comes_and_does_not_hold_up_the_stop() {
    let simulation = started().await;
    simulation.faults().next(1, Fault::Silence, None);
    let mut stream = ask(&simulation, "GET", "/2/spaces/search?query=x").await;
    let waited = deadline(Duration::from_millis(50), stream.read_u8()).await;
    assert!(waited.is_none());
    let stopped = deadline(Duration::from_secs(1), simulation.stop()).await;
    assert!(matches!(stopped, Some(Ok(()))));
}

#[tokio::test]
async fn a_slow_answer_comes_byte_by_byte() {
    let simulation = started().await;
    simulation.faults().next(1, Fault::SlowBytes, None);
    let mut stream = ask(&simulation, "GET", "/2/spaces/search?query=news").await;
    let mut seen = Vec::new();
    let ended = deadline(Duration::from_millis(120), stream.read_to_end(&mut seen)).await;
    assert!(ended.is_none() && seen.starts_with(b"HTTP/1.1 200 OK"));
    let stopped = deadline(Duration::from_secs(1), simulation.stop()).await;
    assert!(matches!(stopped, Some(Ok(()))));
}
