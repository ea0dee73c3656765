//! Server-sent events: the log as it grows, from any seq on; or only how far it has grown.
//!
//! A stream has a cursor and no queue: its next piece is read from the log when the connection can
//! take it, so that a slow reader holds up nobody and fills no memory.

use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use tokio::sync::OwnedSemaphorePermit;

use super::Shared;
use super::kept::Asks;
use crate::export::Format;
use crate::question::Question;
use crate::sheet::{Sheet, Value};
use crate::space::Moment;

/// Streams open at a time.
pub const STREAMS_MAX: usize = 64;

/// How often a stream looks whether the log has grown.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Without news for so many looks, a comment tells that the stream is alive.
const QUIET_LOOKS: u32 = 30;

/// After so long a stream ends by itself; whoever listens comes again with the last seq.
const LASTS: Duration = Duration::from_hours(1);

/// What a browser waits before it comes again, in milliseconds.
const RETRY_MS: u32 = 2_000;

/// What a stream tells.
#[derive(Clone, Debug)]
pub enum Tells {
    /// Events, as this question asks for them; its `from` is the cursor.
    Events(Question),
    /// Where the log ends.
    Head(u64),
}

/// A stream being read.
struct Stream {
    shared: Arc<Shared>,
    tells: Tells,
    begun: std::time::Instant,
    is_new: bool,
    /// Held until the stream ends.
    _place: OwnedSemaphorePermit,
}

type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Stream)>> + Send>>;

/// A stream as a body: each piece is made when it is asked for.
struct Pieces(Option<Next>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(next) = &mut self.0 else { return Poll::Ready(None) };
        match next.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.0 = None;
                Poll::Ready(None)
            }
            Poll::Ready(Some((piece, stream))) => {
                self.0 = Some(Box::pin(stream.next()));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
        }
    }
}

/// Returns the body of a stream, which holds its place until it ends.
pub fn body(shared: Arc<Shared>, tells: Tells, place: OwnedSemaphorePermit) -> Body {
    let begun = shared.asker.time().now();
    let stream = Stream { shared, tells, begun, is_new: true, _place: place };
    Body::new(Pieces(Some(Box::pin(stream.next()))))
}

impl Stream {
    /// Returns the next piece; `None` when the stream is over.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if std::mem::take(&mut self.is_new) {
            return Some((format!("retry: {RETRY_MS}\n\n").into(), self));
        }
        let time = self.shared.asker.time().clone();
        for _look in 0..QUIET_LOOKS {
            if time.now() - self.begun > LASTS {
                return None;
            }
            // Whoever listens comes again, and is told then what is wrong.
            let text = self.news().await?;
            if !text.is_empty() {
                return Some((text.into(), self));
            }
            time.sleep(LOOK_EVERY).await;
        }
        Some((Bytes::from_static(b": nothing new\n\n"), self))
    }

    /// Returns what came since the cursor, and moves it; nothing when nothing did, `None` when
    /// that cannot be told.
    async fn news(&mut self) -> Option<String> {
        let (seq, recorded_at) = head(&*self.shared.status(Asks::Again).await.ok()?);
        match &mut self.tells {
            Tells::Head(told) if seq > *told => {
                *told = seq;
                let at = recorded_at.map(|at| format!(",\"recorded_at\":\"{}\"", Moment(at)));
                let data = format!("{{\"seq\":{seq}{}}}", at.unwrap_or_default());
                Some(format!("id: {seq}\nevent: head\ndata: {data}\n\n"))
            }
            Tells::Events(question @ Question::Events { .. }) if seq >= cursor(question) => {
                let sheet = self.shared.asker.ask(question.clone(), None).await.ok()?;
                let Question::Events { from, .. } = question else { return None };
                *from = sheet.next.unwrap_or(seq + 1).max(*from);
                lines(&sheet)
            }
            Tells::Head(_) | Tells::Events(_) => Some(String::new()),
        }
    }
}

fn cursor(question: &Question) -> u64 {
    match question {
        Question::Events { from, .. } => *from,
        _ => u64::MAX,
    }
}

/// Returns where the log ends, and when it was last written to, of the answer to `status`.
pub fn head(status: &Sheet) -> (u64, Option<i64>) {
    let value = |name| status.index(name).and_then(|at| status.rows.first()?.get(at));
    let seq = match value("seq") {
        Some(Value::Int(seq)) => u64::try_from(*seq).unwrap_or_default(),
        _ => 0,
    };
    let recorded_at = match value("recorded_at") {
        Some(Value::Time(at)) => Some(*at),
        _ => None,
    };
    (seq, recorded_at)
}

/// Returns events as they go over the wire, each with its seq to come again by.
fn lines(sheet: &Sheet) -> Option<String> {
    let (seq, kind) = (sheet.index("seq")?, sheet.index("kind")?);
    let mut objects = Vec::new();
    Format::JsonLines.exporter().write(sheet, &mut objects).ok()?;
    let objects = String::from_utf8(objects).ok()?;
    let mut out = String::with_capacity(objects.len() * 2);
    for (row, object) in sheet.rows.iter().zip(objects.lines()) {
        let (Value::Int(seq), Value::Text(kind)) = (&row[seq], &row[kind]) else { continue };
        // Writing to a String cannot fail.
        write!(out, "id: {seq}\nevent: {kind}\ndata: {object}\n\n").unwrap_or_default();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Column, Unit};

    #[test]
    fn an_event_is_one_line_of_data_whatever_its_text() {
        let mut sheet = Sheet::new(vec![
            Column::new("seq", Unit::None),
            Column::new("kind", Unit::None),
            Column::new("data", Unit::None),
        ]);
        let hostile = "a\r\n\r\nid: 9\nevent: x\u{2028}\u{202e}\u{1b}[2J<script>";
        sheet.push(vec![Value::Int(7), "SpaceDescribed".into(), hostile.into()]);
        let text = lines(&sheet).unwrap();
        assert_eq!(text.lines().count(), 4, "{text:?}");
        assert!(text.starts_with("id: 7\nevent: SpaceDescribed\ndata: {\"seq\":7,"), "{text}");
        assert!(!text.contains(['\r', '\u{2028}', '\u{202e}', '\u{1b}']), "{text:?}");
    }
}
