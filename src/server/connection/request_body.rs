//! Bodies of requests, and what becomes of one that was answered before it was read.
//!
//! hyper closes a connection silently when a body is left in it, and a client that pools its
//! connections meets that with its next request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;

/// How much of a body is read that nobody needs, in bytes.
const MAX_DISCARDED: u64 = 1024 * 1024;

/// How long.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

/// The body of a request; it comes back when it is dropped before its end.
pub struct RequestBody {
    body: Option<Incoming>,
    /// Whether the sender knows that the body is wanted.
    asked: bool,
    rest: Option<oneshot::Sender<Rest>>,
}

/// What was not read of a body.
pub struct Rest {
    body: Incoming,
    asked: bool,
}

impl RequestBody {
    /// The body, and where its rest comes to.
    pub fn new(body: Incoming, headers: &HeaderMap) -> (Self, oneshot::Receiver<Rest>) {
        let (rest, receiver) = oneshot::channel();
        // A client that expects "100 Continue" sends the body when the server begins to read it.
        let asked = !headers.contains_key(header::EXPECT);
        (Self { body: Some(body), asked, rest: Some(rest) }, receiver)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.asked = true;
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
        let (body, rest) = (self.body.take(), self.rest.take());
        if let (Some(body), Some(rest)) = (body.filter(|body| !body.is_end_stream()), rest) {
            // The request was given up: nobody waits for the rest.
            let _ = rest.send(Rest { body, asked: self.asked });
        }
    }
}

impl Rest {
    /// Reads the rest if it is short and comes soon. Whether nothing is left.
    pub async fn discard(mut self) -> bool {
        if !self.asked || self.body.size_hint().lower() > MAX_DISCARDED {
            return false;
        }
        let all = async {
            let mut read = 0;
            while let Some(frame) = self.body.frame().await {
                let Ok(frame) = frame else { return false };
                read += frame.data_ref().map_or(0, Bytes::len) as u64;
                if read > MAX_DISCARDED {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(DISCARD_TIMEOUT, all).await.unwrap_or(false)
    }
}
