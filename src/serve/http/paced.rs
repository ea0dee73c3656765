//! A connection whose reader must keep up: what was begun to be written is taken in time, or the
//! connection ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Sleep, Timer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Real time, handed in by whoever may name a clock.
pub type Time = Arc<dyn Timer + Send + Sync>;

/// A connection with a deadline for its reader.
pub struct Paced<S> {
    stream: S,
    time: Time,
    /// A full buffer is taken by the reader within this time, however it drips.
    limit: Duration,
    /// Runs from the first write that had to wait until all is written.
    stalled: Option<Pin<Box<dyn Sleep>>>,
}

impl<S> Paced<S> {
    /// Returns the connection with its deadline.
    pub fn new(stream: S, time: Time, limit: Duration) -> Self {
        Self { stream, time, limit, stalled: None }
    }

    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let (time, limit) = (&self.time, self.limit);
        let stalled = self.stalled.get_or_insert_with(|| time.sleep(limit));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, bytes) {
            Poll::Pending => self.wait(cx),
            written @ Poll::Ready(_) => written,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => self.wait(cx),
            flushed @ Poll::Ready(_) => {
                self.stalled = None;
                flushed
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Runs `work` for at most `limit`; `None` when the limit came first.
pub async fn within<T>(time: &Time, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        it = work => Some(it),
        () = time.sleep(limit) => None,
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::TokioTimer;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LIMIT: Duration = Duration::from_millis(60);

    fn time() -> Time {
        Arc::new(TokioTimer::new())
    }

    #[tokio::test]
    async fn who_takes_nothing_in_time_is_dropped_and_who_takes_it_all_is_not() {
        let (ours, reader) = tokio::io::duplex(8);
        let mut paced = Paced::new(ours, time(), LIMIT);
        let stuck = paced.write_all(&[1; 64]).await.map_err(|error| error.kind());
        assert_eq!(stuck, Err(io::ErrorKind::TimedOut));
        drop(reader);

        let (ours, reader) = tokio::io::duplex(8);
        let mut paced = Paced::new(ours, time(), Duration::from_mins(1));
        let mut taken = Vec::new();
        let mut limited = reader.take(64);
        let (written, read) = tokio::join!(
            async {
                paced.write_all(&[1; 64]).await?;
                paced.flush().await
            },
            limited.read_to_end(&mut taken)
        );
        assert!(written.is_ok() && read.is_ok());
        assert!(paced.stalled.is_none(), "the deadline ends with the write");
    }

    #[tokio::test]
    async fn who_takes_a_byte_now_and_then_is_dropped_too() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut paced = Paced::new(ours, time(), LIMIT);
        let dripping = tokio::spawn(async move {
            while theirs.read_u8().await.is_ok() {
                time().sleep(LIMIT / 6).await;
            }
        });
        let stuck = paced.write_all(&[1; 640]).await.map_err(|error| error.kind());
        assert_eq!(stuck, Err(io::ErrorKind::TimedOut));
        dripping.abort();
    }
}
