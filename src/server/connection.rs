//! A connection: TLS handshake, requests, timeouts and close.

mod request_body;
mod respond;
mod response_body;
mod state;
mod timeouts;
mod transport;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::shutdown::Phase;
use super::tls::Tls;
use crate::app::App;
use respond::respond;
use state::ConnectionState;
use timeouts::Timeout;
pub use timeouts::Timeouts;
use transport::Transport;

/// Maximum size of the header of a request, in bytes.
const MAX_HEADER: usize = 64 * 1024;

/// Maximum number of concurrent requests of an HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// HTTP/2 flow-control window of a request, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;

/// HTTP/2 flow-control window of a connection, in bytes.
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// Interval of HTTP/2 pings, and time limit of their acknowledgement.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// Time for a connection to close after the close was announced.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Time for a last request on an idle HTTP/1 connection during a shutdown.
const LAST_REQUEST_TIMEOUT: Duration = Duration::from_millis(200);

/// State that all connections share.
pub struct ServerState {
    pub app: App,
    pub router: Router,
    pub timeouts: Timeouts,
    pub tls: Option<Tls>,
    pub http: auto::Builder<TokioExecutor>,
}

/// HTTP/1 and HTTP/2 with their limits.
pub fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    // The header timeout of hyper would also limit the time between requests.
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

/// Serves a connection until it closes.
pub async fn run(
    server: Arc<ServerState>,
    stream: TcpStream,
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    // Responses are written as a whole, so batching would only delay them. A failure is harmless.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &server.tls else { return serve(&server, stream, peer, phase).await };
    let handshake = tokio::time::timeout(server.timeouts.header, tls.accept(stream));
    let shutdown = async {
        // An error means that the server has stopped.
        let _ = phase.wait_for(|phase| *phase >= Phase::Draining).await;
    };
    let stream = tokio::select! {
        stream = handshake => stream,
        () = shutdown => return,
    };
    match stream {
        Ok(Ok(stream)) => serve(&server, stream, peer, phase).await,
        Ok(Err(error)) => {
            tracing::debug!(client.address = %peer.ip(), error.cause = %error, "TLS handshake failed")
        }
        Err(_) => tracing::debug!(client.address = %peer.ip(), "TLS handshake timed out"),
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    server: &Arc<ServerState>,
    stream: S,
    peer: SocketAddr,
    mut phase: watch::Receiver<Phase>,
) {
    let state = ConnectionState::new(server.timeouts);
    let transport = Transport::new(stream, Arc::clone(&state), server.timeouts.write);
    let service = {
        let (server, state) = (Arc::clone(server), Arc::clone(&state));
        service_fn(move |request| {
            let (server, state) = (Arc::clone(&server), Arc::clone(&state));
            let exchange = state.begin_exchange(request.version());
            async move { Ok::<_, Infallible>(respond(&server, &state, exchange, peer, request).await) }
        })
    };
    let io = TokioIo::new(transport);
    let mut connection = pin!(server.http.serve_connection_with_upgrades(io, service));
    let mut timer = pin!(tokio::time::sleep(server.timeouts.header));
    let mut is_closing = false;
    loop {
        // Progress of the connection may move its deadline, so it is polled first.
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            timeout = std::future::poll_fn(|cx| state.poll_timeout(cx, timer.as_mut())) => {
                if is_closing || timeout != Timeout::Idle {
                    return;
                }
                state.close_after(CLOSE_TIMEOUT);
            }
            changed = phase.changed() => {
                if changed.is_err() || *phase.borrow_and_update() == Phase::Aborted {
                    return;
                }
                if !state.can_announce_close() {
                    state.close_after(LAST_REQUEST_TIMEOUT);
                    continue;
                }
                state.close_after(CLOSE_TIMEOUT);
            }
        }
        connection.as_mut().graceful_shutdown();
        is_closing = true;
    }
}
