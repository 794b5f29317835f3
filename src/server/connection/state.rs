//! State of a connection, and the timeout that applies to it.
//!
//! hyper does not limit the time before the first byte, has one limit for both the header of a request
//! and the wait for it, and waits without a limit for a peer that does not read.

mod exchange;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::Version;
use tokio::time::{Instant, Sleep};

use super::timeouts::{Timeout, Timeouts};
pub use exchange::Exchange;
use exchange::InProgress;

/// Time that a closing connection stays open without requests, so that a request in transit or a
/// response that is being written is not lost.
const CLOSE_GRACE: Duration = Duration::from_millis(200);

/// Interval at which a connection without a deadline is checked.
const RECHECK_INTERVAL: Duration = Duration::from_secs(60);

/// State of a connection.
pub struct ConnectionState {
    timeouts: Timeouts,
    inner: Mutex<Inner>,
}

struct Inner {
    requests: Vec<InProgress>,
    next_request: u64,
    /// Whether a request has begun on the connection.
    has_served: bool,
    http2: bool,
    /// Start of the connection, or end of the last request or blocked write.
    idle_since: Instant,
    /// Arrival of the first bytes of a header.
    header_since: Option<Instant>,
    /// Whether a write waits for the peer.
    is_blocked: bool,
    /// Whether part of a request body is not read.
    has_unread: bool,
    /// Time at which the connection closes if no request is in progress.
    closes_at: Option<Instant>,
}

impl ConnectionState {
    /// State of a new connection.
    pub fn new(timeouts: Timeouts) -> Arc<Self> {
        let inner = Inner {
            requests: Vec::new(),
            next_request: 0,
            has_served: false,
            http2: false,
            idle_since: Instant::now(),
            header_since: None,
            is_blocked: false,
            has_unread: false,
            closes_at: None,
        };
        Arc::new(Self { timeouts, inner: Mutex::new(inner) })
    }

    /// Records that bytes were received.
    pub fn record_received(&self) {
        let mut inner = self.inner();
        if inner.requests.is_empty() && inner.header_since.is_none() {
            inner.header_since = Some(Instant::now());
        }
    }

    /// Sets whether a write waits for the peer.
    pub fn set_blocked(&self, is_blocked: bool) {
        let mut inner = self.inner();
        inner.is_blocked = is_blocked;
        inner.idle_since = Instant::now();
    }

    /// Begins the exchange of a request that has arrived.
    pub fn begin_exchange(self: &Arc<Self>, version: Version) -> Exchange {
        let mut inner = self.inner();
        let id = inner.next_request;
        inner.next_request += 1;
        inner.requests.push(InProgress { id, write_since: None });
        inner.has_served = true;
        inner.http2 = version == Version::HTTP_2;
        inner.header_since = None;
        drop(inner);
        Exchange::new(Arc::clone(self), id)
    }

    /// Records that part of a request body is not read.
    pub fn leave_unread(&self) {
        self.inner().has_unread = true;
    }

    /// Whether the peer may still send unread bytes: the rest of a body, or of a rejected header.
    pub fn has_unread(&self) -> bool {
        let inner = self.inner();
        !inner.http2 && (inner.has_unread || inner.header_since.is_some())
    }

    /// Whether HTTP can announce a close: by `Connection: close` on a response, or by GOAWAY.
    pub fn can_announce_close(&self) -> bool {
        let inner = self.inner();
        inner.http2 || !inner.requests.is_empty()
    }

    /// Closes the connection after `time`, or later with the last response in progress.
    pub fn close_after(&self, time: Duration) {
        self.inner().closes_at = Some(Instant::now() + time);
    }

    /// Ready when the connection must close.
    pub fn poll_timeout(&self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<Timeout> {
        loop {
            let now = Instant::now();
            let next = match self.deadline() {
                Some((deadline, timeout)) if deadline <= now => return Poll::Ready(timeout),
                Some((deadline, _)) => deadline,
                None => now + RECHECK_INTERVAL,
            };
            // An early wake-up costs less than a reset of the timer with each request.
            if timer.is_elapsed() || next < timer.deadline() {
                timer.as_mut().reset(next);
            }
            ready!(timer.as_mut().poll(cx));
        }
    }

    fn deadline(&self) -> Option<(Instant, Timeout)> {
        let inner = self.inner();
        if !inner.requests.is_empty() {
            let since = inner.requests.iter().filter_map(|request| request.write_since).min()?;
            return Some((since + self.timeouts.write, Timeout::Write));
        }
        if inner.is_blocked {
            // The transport has a timer for blocked writes.
            return None;
        }
        let (deadline, timeout) = match inner.header_since {
            _ if !inner.has_served => (inner.idle_since + self.timeouts.header, Timeout::Header),
            // HTTP/2 frames are not always part of a header.
            Some(since) if !inner.http2 => (since + self.timeouts.header, Timeout::Header),
            _ => (inner.idle_since + self.timeouts.idle, Timeout::Idle),
        };
        let closes_at = inner.closes_at.map(|at| at.max(inner.idle_since + CLOSE_GRACE));
        Some((closes_at.map_or(deadline, |at| at.min(deadline)), timeout))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
