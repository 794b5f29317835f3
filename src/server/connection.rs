//! One connection: its TLS handshake, its requests, and its end.

mod activity;
mod request_body;
mod response_body;
mod transport;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service;

use super::tls::Tls;
use crate::app::App;
pub use activity::Limits;
use activity::{Activity, Exchange, Expiry};
use request_body::RequestBody;
use response_body::ResponseBody;
use transport::Transport;

/// The largest header of a request, in bytes.
const MAX_HEADER: usize = 64 * 1024;

/// Requests at once on an HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// How much an HTTP/2 client may send of one body, in bytes, before it is read.
const STREAM_WINDOW: u32 = 64 * 1024;

/// How much of all bodies of a connection.
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// How often an HTTP/2 peer is asked whether it is there, and how soon it must reply.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long a connection that was told to close may take for it.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long a client that is about to send a request may take for it while the server stops.
const LAST_REQUEST: Duration = Duration::from_millis(200);

/// What all connections have in common.
pub struct Front {
    pub app: App,
    pub router: Router,
    pub limits: Limits,
    pub tls: Option<Tls>,
    pub http: auto::Builder<TokioExecutor>,
}

/// What is to become of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// They are served.
    Open,
    /// They end with the requests under way.
    Closing,
    /// They end now.
    Cut,
}

/// HTTP/1 and HTTP/2 with their limits.
pub fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    // The header timeout of hyper would also be the limit of the wait between requests.
    http.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(MAX_HEADER);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADER as u32)
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL);
    http
}

/// Serves a connection to its end.
pub async fn run(
    front: Arc<Front>,
    stream: TcpStream,
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    // Responses leave whole: there is nothing to wait for. Without it, they only leave later.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &front.tls else { return serve(&front, stream, peer, phase).await };
    let handshake = tokio::time::timeout(front.limits.header, tls.accept(stream));
    let closing = async {
        // An error means that the server is gone.
        let _ = phase.wait_for(|phase| *phase >= Phase::Closing).await;
    };
    let stream = tokio::select! {
        done = handshake => done,
        () = closing => return,
    };
    match stream {
        Ok(Ok(stream)) => serve(&front, stream, peer, phase).await,
        Ok(Err(error)) => {
            tracing::debug!(client.address = %peer.ip(), error.cause = %error, "TLS handshake failed")
        }
        Err(_) => tracing::debug!(client.address = %peer.ip(), "TLS handshake timed out"),
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    front: &Arc<Front>,
    stream: S,
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    let activity = Activity::new(front.limits);
    let transport = Transport::new(stream, Arc::clone(&activity), front.limits.write);
    let service = {
        let (front, activity) = (Arc::clone(front), Arc::clone(&activity));
        service_fn(move |request| {
            let (front, exchange) = (Arc::clone(&front), activity.begin(request.version()));
            let activity = Arc::clone(&activity);
            async move { Ok::<_, Infallible>(respond(&front, &activity, exchange, peer, request).await) }
        })
    };
    let io = TokioIo::new(transport);
    let mut connection = pin!(front.http.serve_connection_with_upgrades(io, service));
    let mut timer = pin!(tokio::time::sleep(front.limits.header));
    let mut announced = false;
    loop {
        // The connection comes first: what it does may move its deadline.
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            expiry = std::future::poll_fn(|op| activity.poll_expiry(op, timer.as_mut())) => {
                if announced || expiry != Expiry::Idle {
                    return;
                }
                activity.close_after(FAREWELL);
            }
            changed = phase.changed() => {
                if changed.is_err() || *phase.borrow_and_update() == Phase::Cut {
                    return;
                }
                if !activity.can_announce_close() {
                    activity.close_after(LAST_REQUEST);
                    continue;
                }
                activity.close_after(FAREWELL);
            }
        }
        connection.as_mut().graceful_shutdown();
        announced = true;
    }
}

/// Passes a request to the router. A response before the end of the request's body waits until the
/// rest is read, or closes the connection and says so.
async fn respond(
    front: &Front,
    activity: &Activity,
    exchange: Exchange,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Response<ResponseBody> {
    let http2 = request.version() == Version::HTTP_2;
    let too_large = header_size(&request) > MAX_HEADER;
    request.extensions_mut().insert(ConnectInfo(peer));
    let (parts, body) = request.into_parts();
    let (body, rest) = if body.is_end_stream() {
        (Body::empty(), None)
    } else {
        let (body, rest) = RequestBody::new(body, &parts.headers);
        (Body::new(body), Some(rest))
    };
    let mut response = if too_large {
        drop(body);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        response
    } else {
        let answered = front.router.clone().call(Request::from_parts(parts, body)).await;
        answered.unwrap_or_else(|never| match never {})
    };
    let mut close = front.app.stopping.load(Ordering::Relaxed);
    if let Some(rest) = rest.and_then(|mut rest| rest.try_recv().ok())
        && !rest.discard().await
    {
        activity.leave_unread();
        close = true;
    }
    if close && !http2 && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| ResponseBody::new(body, exchange, http2))
}

/// The size of a request's header as HTTP/1 spells it, in bytes.
fn header_size(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let fields = request.headers().iter();
    target + fields.map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
}
