//! Response bodies, each of which holds its exchange until it is complete.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body as Inner;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::state::Exchange;

/// Maximum length of a frame of an HTTP/2 response, in bytes: hyper buffers a frame as a whole once the
/// peer accepts one byte of it.
const MAX_FRAME: usize = 16 * 1024;

/// Body of a response.
pub struct ResponseBody {
    inner: Inner,
    rest: Bytes,
    max_frame: usize,
    exchange: Exchange,
}

impl ResponseBody {
    pub fn new(inner: Inner, exchange: Exchange, http2: bool) -> Self {
        let max_frame = if http2 { MAX_FRAME } else { usize::MAX };
        Self { inner, rest: Bytes::new(), max_frame, exchange }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            self.exchange.set_writing(false);
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(self.max_frame);
        let data = self.rest.split_to(length);
        self.exchange.set_writing(true);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Version;
    use http_body_util::BodyExt;

    use super::super::state::ConnectionState;
    use super::super::timeouts::Timeouts;
    use super::*;

    #[tokio::test]
    async fn a_long_response_is_split_into_frames_for_http_2_alone() {
        let second = Duration::from_secs(1);
        let timeouts = Timeouts { header: second, idle: second, write: second };
        let state = ConnectionState::new(timeouts);
        for (version, frames) in [(Version::HTTP_11, 1), (Version::HTTP_2, 3)] {
            let whole = Bytes::from(vec![b'x'; 2 * MAX_FRAME + 1]);
            let exchange = state.begin_exchange(version);
            let http2 = version == Version::HTTP_2;
            let mut body = ResponseBody::new(Inner::from(whole.clone()), exchange, http2);
            let (mut read, mut count) = (Vec::new(), 0);
            while let Some(frame) = body.frame().await {
                assert!(!read.is_empty() || !body.is_end_stream() || frames == 1);
                read.extend_from_slice(&frame.expect("a frame").into_data().expect("data"));
                count += 1;
                assert_eq!(body.size_hint().exact(), Some((whole.len() - read.len()) as u64));
            }
            assert_eq!((read.len(), count), (whole.len(), frames));
        }
    }
}
