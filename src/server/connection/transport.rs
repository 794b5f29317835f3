//! Byte stream of a connection, with a write timeout and a lingering close.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::state::ConnectionState;

/// Time limit for reading the rest of the input before the connection closes.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum length of the rest of the input, in bytes.
const MAX_LINGER: usize = 16 * 1024 * 1024;

/// Byte stream of a connection.
pub struct Transport<S> {
    stream: S,
    state: Arc<ConnectionState>,
    write_timeout: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether a write waits for the peer while the timer runs.
    is_blocked: bool,
    /// Number of bytes read since this side closed.
    lingered: Option<usize>,
}

impl<S> Transport<S> {
    pub fn new(stream: S, state: Arc<ConnectionState>, write_timeout: Duration) -> Self {
        Self { stream, state, write_timeout, timer: None, is_blocked: false, lingered: None }
    }

    /// Fails a write that is pending beyond the write timeout.
    fn limit<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if std::mem::take(&mut self.is_blocked) {
                self.state.set_blocked(false);
            }
            return written;
        }
        if !std::mem::replace(&mut self.is_blocked, true) {
            self.state.set_blocked(true);
            self.start_timer(self.write_timeout);
        }
        ready!(self.poll_timer(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn start_timer(&mut self, time: Duration) {
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(Instant::now() + time),
            None => self.timer = Some(Box::pin(tokio::time::sleep(time))),
        }
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.timer.as_mut().map_or(Poll::Ready(()), |timer| timer.as_mut().poll(cx))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport<S> {
    /// Reads until the peer closes. Closing a socket with unread bytes resets the connection, and the
    /// peer may lose a response that it has not read yet.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut discarded = [0; 16 * 1024];
        loop {
            let read = self.lingered.unwrap_or_default();
            if read > MAX_LINGER || self.poll_timer(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::new(&mut discarded);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    self.lingered = Some(read + buffer.filled().len());
                }
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Transport<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.state.record_received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Transport<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buffer);
        self.limit(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.limit(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.limit(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingered.is_none() {
            let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
            ready!(self.limit(cx, shut))?;
            if !self.state.has_unread() {
                return Poll::Ready(Ok(()));
            }
            self.start_timer(LINGER_TIMEOUT);
            self.lingered = Some(0);
        }
        self.poll_linger(cx)
    }
}
