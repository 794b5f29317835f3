//! Passing a request of a connection to the router.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::{Body as _, Incoming};
use tower::Service;

use super::request_body::RequestBody;
use super::response_body::ResponseBody;
use super::state::{ConnectionState, Exchange};
use super::{MAX_HEADER, ServerState};

/// Passes a request to the router. If the response precedes the end of the request body, the rest of
/// the body is read first, or the response announces that the connection closes.
pub async fn respond(
    server: &ServerState,
    state: &ConnectionState,
    exchange: Exchange,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Response<ResponseBody> {
    let http2 = request.version() == Version::HTTP_2;
    let is_too_large = header_size(&request) > MAX_HEADER;
    request.extensions_mut().insert(ConnectInfo(peer));
    let (parts, body) = request.into_parts();
    let (body, unread) = if body.is_end_stream() {
        (Body::empty(), None)
    } else {
        let (body, unread) = RequestBody::new(body, &parts.headers);
        (Body::new(body), Some(unread))
    };
    let mut response = if is_too_large {
        drop(body);
        header_too_large()
    } else {
        let response = server.router.clone().call(Request::from_parts(parts, body)).await;
        response.unwrap_or_else(|never| match never {})
    };
    let mut close = server.app.stopping.load(Ordering::Relaxed);
    if let Some(unread) = unread.and_then(|mut unread| unread.try_recv().ok())
        && !unread.discard().await
    {
        state.leave_unread();
        close = true;
    }
    if close && !http2 && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| ResponseBody::new(body, exchange, http2))
}

fn header_too_large() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response
}

/// Size of the header of a request in HTTP/1 format, in bytes.
fn header_size(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let fields = request.headers().iter();
    target + fields.map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
}
