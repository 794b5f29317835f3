//! Bodies of responses, which keep their exchange until they are complete.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body as Inner;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::activity::Exchange;

/// The largest part of a response that HTTP/2 is given at once, in bytes: it buffers a part whole
/// as soon as the peer takes one byte of it.
const MAX_PART: usize = 16 * 1024;

/// The body of a response.
pub struct ResponseBody {
    inner: Inner,
    rest: Bytes,
    max_part: usize,
    exchange: Exchange,
}

impl ResponseBody {
    pub fn new(inner: Inner, exchange: Exchange, http2: bool) -> Self {
        let max_part = if http2 { MAX_PART } else { usize::MAX };
        Self { inner, rest: Bytes::new(), max_part, exchange }
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
            self.exchange.offered(false);
            match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                ended => return Poll::Ready(ended),
            }
        }
        let length = self.rest.len().min(self.max_part);
        let part = self.rest.split_to(length);
        self.exchange.offered(true);
        Poll::Ready(Some(Ok(Frame::data(part))))
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

    use super::super::activity::{Activity, Limits};
    use super::*;

    #[tokio::test]
    async fn a_long_response_comes_in_parts_for_http_2_alone() {
        let second = Duration::from_secs(1);
        let activity = Activity::new(Limits { header: second, idle: second, write: second });
        for (version, parts) in [(Version::HTTP_11, 1), (Version::HTTP_2, 3)] {
            let whole = Bytes::from(vec![b'x'; 2 * MAX_PART + 1]);
            let exchange = activity.begin(version);
            let http2 = version == Version::HTTP_2;
            let mut body = ResponseBody::new(Inner::from(whole.clone()), exchange, http2);
            let (mut read, mut count) = (Vec::new(), 0);
            while let Some(frame) = body.frame().await {
                assert!(!read.is_empty() || !body.is_end_stream() || parts == 1);
                read.extend_from_slice(&frame.expect("a frame").into_data().expect("data"));
                count += 1;
                assert_eq!(body.size_hint().exact(), Some((whole.len() - read.len()) as u64));
            }
            assert_eq!((read.len(), count), (whole.len(), parts));
        }
    }
}
