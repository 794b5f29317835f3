//! What a connection is doing, and how long it may go on like that.
//!
//! hyper bounds neither the time before the first byte nor, apart from each other, the header of a
//! request and the wait for it; and it waits for a peer that does not read as long as that likes.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::Version;
use tokio::time::{Instant, Sleep};

/// How long a connection without requests stays open after it was told to close, so that a request
/// on its way or a response that is being written is not lost.
const GRACE: Duration = Duration::from_millis(200);

/// How often a connection is looked at that has no deadline of its own.
const RECHECK: Duration = Duration::from_secs(60);

/// Time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the header of a request.
    pub header: Duration,
    /// For the wait between requests.
    pub idle: Duration,
    /// For a peer that does not read.
    pub write: Duration,
}

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// No complete header of a request came in time.
    Header,
    /// No request came in time.
    Idle,
    /// The peer does not read a response.
    Stalled,
}

/// What a connection is doing.
pub struct Activity {
    limits: Limits,
    state: Mutex<State>,
}

struct State {
    requests: Vec<Request>,
    next_request: u64,
    /// Whether there was a request.
    served: bool,
    http2: bool,
    /// Since when nothing happens: the start, the end of a request, or of a write that had to wait.
    idle_since: Instant,
    /// Since when part of a header is there.
    header_since: Option<Instant>,
    /// Whether a write waits for the peer.
    blocked: bool,
    /// Whether part of a request's body will not be read.
    unread: bool,
    /// When the connection closes unless a request is under way.
    closes_at: Option<Instant>,
}

/// A request whose response is not yet complete.
struct Request {
    id: u64,
    /// Since when a part of the response waits for the peer.
    offered: Option<Instant>,
}

impl Activity {
    /// A connection that begins now.
    pub fn new(limits: Limits) -> Arc<Self> {
        let state = State {
            requests: Vec::new(),
            next_request: 0,
            served: false,
            http2: false,
            idle_since: Instant::now(),
            header_since: None,
            blocked: false,
            unread: false,
            closes_at: None,
        };
        Arc::new(Self { limits, state: Mutex::new(state) })
    }

    /// Something was read.
    pub fn received(&self) {
        let mut state = self.state();
        if state.requests.is_empty() && state.header_since.is_none() {
            state.header_since = Some(Instant::now());
        }
    }

    /// A write has to wait for the peer, or does not any more.
    pub fn blocked(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked = blocked;
        state.idle_since = Instant::now();
    }

    /// A request came.
    pub fn begin(self: &Arc<Self>, version: Version) -> Exchange {
        let mut state = self.state();
        let id = state.next_request;
        state.next_request += 1;
        state.requests.push(Request { id, offered: None });
        state.served = true;
        state.http2 = version == Version::HTTP_2;
        state.header_since = None;
        drop(state);
        Exchange { activity: Arc::clone(self), id }
    }

    /// Part of a request's body will not be read.
    pub fn leave_unread(&self) {
        self.state().unread = true;
    }

    /// Whether the peer may still be sending something that nobody reads: the rest of a body, or of
    /// a header that was rejected.
    pub fn has_unread(&self) -> bool {
        let state = self.state();
        !state.http2 && (state.unread || state.header_since.is_some())
    }

    /// Whether HTTP says that the connection is to close: by `Connection: close` on a response, or
    /// by GOAWAY.
    pub fn can_announce_close(&self) -> bool {
        let state = self.state();
        state.http2 || !state.requests.is_empty()
    }

    /// Closes the connection after `time`, or when its requests are answered.
    pub fn close_after(&self, time: Duration) {
        self.state().closes_at = Some(Instant::now() + time);
    }

    /// Ready when the connection has to end.
    pub fn poll_expiry(&self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<Expiry> {
        loop {
            let now = Instant::now();
            let next = match self.deadline() {
                Some((deadline, expiry)) if deadline <= now => return Poll::Ready(expiry),
                Some((deadline, _)) => deadline,
                None => now + RECHECK,
            };
            // A timer that fires too early costs less than one that is set with each request.
            if timer.is_elapsed() || next < timer.deadline() {
                timer.as_mut().reset(next);
            }
            ready!(timer.as_mut().poll(cx));
        }
    }

    fn deadline(&self) -> Option<(Instant, Expiry)> {
        let state = self.state();
        if !state.requests.is_empty() {
            let offered = state.requests.iter().filter_map(|request| request.offered).min()?;
            return Some((offered + self.limits.write, Expiry::Stalled));
        }
        if state.blocked {
            // The transport has a timer for that.
            return None;
        }
        let (deadline, expiry) = match state.header_since {
            _ if !state.served => (state.idle_since + self.limits.header, Expiry::Header),
            // Frames of HTTP/2 are not always part of a header.
            Some(since) if !state.http2 => (since + self.limits.header, Expiry::Header),
            _ => (state.idle_since + self.limits.idle, Expiry::Idle),
        };
        let closes_at = state.closes_at.map(|at| at.max(state.idle_since + GRACE));
        Some((closes_at.map_or(deadline, |at| at.min(deadline)), expiry))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request and its response, until that is complete.
pub struct Exchange {
    activity: Arc<Activity>,
    id: u64,
}

impl Exchange {
    /// A part of the response waits for the peer, or the response waits for its next part.
    pub fn offered(&self, offered: bool) {
        let mut state = self.activity.state();
        if let Some(request) = state.requests.iter_mut().find(|request| request.id == self.id) {
            request.offered = offered.then(Instant::now);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.requests.retain(|request| request.id != self.id);
        state.idle_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        header: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        write: Duration::from_secs(30),
    };

    /// After how many seconds the connection has to end, and why.
    async fn expiry(activity: &Activity) -> (u64, Expiry) {
        let began = Instant::now();
        let mut timer = Box::pin(tokio::time::sleep(Duration::from_secs(1)));
        let expiry = std::future::poll_fn(|cx| activity.poll_expiry(cx, timer.as_mut())).await;
        (began.elapsed().as_secs(), expiry)
    }

    async fn seconds(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_header_of_a_request_must_come_in_time_however_slowly() {
        let activity = Activity::new(LIMITS);
        assert_eq!(expiry(&activity).await, (10, Expiry::Header), "the first, and nothing came");
        let activity = Activity::new(LIMITS);
        drop(activity.begin(Version::HTTP_11));
        seconds(50).await;
        activity.received();
        seconds(6).await;
        activity.received();
        assert_eq!(expiry(&activity).await, (4, Expiry::Header), "the next one");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_requests_is_idle_for_a_limited_time() {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let activity = Activity::new(LIMITS);
            activity.received();
            let exchange = activity.begin(version);
            seconds(300).await;
            drop(exchange);
            if version == Version::HTTP_2 {
                seconds(10).await;
                activity.received();
                assert_eq!(expiry(&activity).await, (50, Expiry::Idle), "frames are no requests");
            } else {
                assert_eq!(expiry(&activity).await, (60, Expiry::Idle));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_is_read_in_time_or_the_connection_ends() {
        let activity = Activity::new(LIMITS);
        let (slow, _working) = (activity.begin(Version::HTTP_2), activity.begin(Version::HTTP_2));
        slow.offered(true);
        seconds(20).await;
        slow.offered(false);
        seconds(20).await;
        slow.offered(true);
        assert_eq!(expiry(&activity).await, (30, Expiry::Stalled));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closing_connection_answers_its_requests_and_ends() {
        let activity = Activity::new(LIMITS);
        let exchange = activity.begin(Version::HTTP_11);
        activity.close_after(Duration::ZERO);
        seconds(5).await;
        activity.blocked(true);
        drop(exchange);
        assert!(activity.deadline().is_none(), "the response is being written");
        activity.blocked(false);
        assert_eq!(expiry(&activity).await, (0, Expiry::Idle));
        let activity = Activity::new(LIMITS);
        activity.close_after(Duration::from_secs(1));
        assert_eq!(expiry(&activity).await, (1, Expiry::Header));
    }
}
