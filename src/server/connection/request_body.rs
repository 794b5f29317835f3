//! Request bodies, and the rest of a body that the response did not wait for.
//!
//! hyper closes a connection without notice when a body is unread, and the next request of a client
//! with pooled connections fails.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;

/// Maximum length of an unread body that is discarded, in bytes.
const MAX_DISCARDED: u64 = 1024 * 1024;

/// Time limit for discarding an unread body.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

/// Body of a request. Dropped before its end, it sends the unread rest to a channel.
pub struct RequestBody {
    body: Option<Incoming>,
    /// Whether the client sends the body without waiting for "100 Continue".
    is_requested: bool,
    unread: Option<oneshot::Sender<UnreadBody>>,
}

/// Unread rest of a body.
pub struct UnreadBody {
    body: Incoming,
    is_requested: bool,
}

impl RequestBody {
    /// The body, and the channel for its unread rest.
    pub fn new(body: Incoming, headers: &HeaderMap) -> (Self, oneshot::Receiver<UnreadBody>) {
        let (unread, receiver) = oneshot::channel();
        // A client that expects "100 Continue" sends the body once the server begins to read it.
        let is_requested = !headers.contains_key(header::EXPECT);
        (Self { body: Some(body), is_requested, unread: Some(unread) }, receiver)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_requested = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let (body, unread) = (self.body.take(), self.unread.take());
        if let (Some(body), Some(unread)) = (body.filter(|body| !body.is_end_stream()), unread) {
            // An error means that the request was cancelled.
            let _ = unread.send(UnreadBody { body, is_requested: self.is_requested });
        }
    }
}

impl UnreadBody {
    /// Reads to the end of the body, within limits of length and time. Returns whether the end was
    /// reached.
    pub async fn discard(mut self) -> bool {
        if !self.is_requested || self.body.size_hint().lower() > MAX_DISCARDED {
            return false;
        }
        let discarded = async {
            let mut length = 0;
            while let Some(frame) = self.body.frame().await {
                let Ok(frame) = frame else { return false };
                length += frame.data_ref().map_or(0, Bytes::len) as u64;
                if length > MAX_DISCARDED {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(DISCARD_TIMEOUT, discarded).await.unwrap_or(false)
    }
}
