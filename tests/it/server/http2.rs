//! HTTP/2, which clients may begin without TLS.

use axum::http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::task::{JoinHandle, JoinSet};

use crate::support::{RawConnection, World, in_time};

pub struct Client {
    send: SendRequest<Empty<Bytes>>,
    /// Ends with the connection.
    connection: JoinHandle<hyper::Result<()>>,
}

impl Client {
    async fn connect(world: &World) -> Self {
        Self::over(RawConnection::connect(&world.base).await.stream).await
    }

    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let shaken = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (send, connection) = shaken.expect("an HTTP/2 connection");
        Self { send, connection: tokio::spawn(connection) }
    }

    pub async fn get(&mut self, path: &str, field: &str) -> Response<Incoming> {
        let request = Request::get(format!("http://postern{path}")).header("x-field", field);
        let request = request.body(Empty::new()).expect("a request");
        in_time("a response", self.send.send_request(request)).await.expect("a response")
    }
}

#[tokio::test]
async fn http2_requests_share_a_connection() {
    let world = World::new().await;
    let client = Client::connect(&world).await;
    let mut requests = JoinSet::new();
    for _ in 0..300 {
        let request = Request::get("http://postern/openapi.json").body(Empty::<Bytes>::new());
        let response = client.send.clone().send_request(request.expect("a request"));
        requests.spawn(async {
            let response = response.await.expect("a response");
            assert_eq!(response.status(), 200);
            response.into_body().collect().await.expect("a body").to_bytes()
        });
    }
    let bodies = in_time("all are answered", requests.join_all()).await;
    let whole = world.anonymous().get("/openapi.json").await.text;
    assert!(bodies.iter().all(|body| body == whole.as_bytes()));
}

#[tokio::test]
async fn an_http2_header_over_64_kib_is_rejected() {
    let world = World::new().await;
    let mut client = Client::connect(&world).await;
    assert_eq!(client.get("/healthz", &"x".repeat(60 * 1024)).await.status(), 200);
    assert_eq!(client.get("/healthz", &"x".repeat(65 * 1024)).await.status(), 431);
    assert_eq!(client.get("/healthz", "x").await.status(), 200);
}

#[tokio::test]
async fn an_idle_http2_connection_is_closed_with_goaway() {
    let world = World::with(&[("IDLE_TIMEOUT_SECONDS", "1")]).await;
    let mut client = Client::connect(&world).await;
    assert_eq!(client.get("/healthz", "x").await.status(), 200);
    let ended = in_time("the connection ends", client.connection).await.expect("the task");
    ended.expect("without an error");
}

#[tokio::test]
async fn an_http2_client_that_stops_reading_is_cut_off() {
    let world = World::with(&[("WRITE_TIMEOUT_SECONDS", "1")]).await;
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let settings = "\0\0\0\x04\0\0\0\0\0";
    // `GET /openapi.json` on stream 1 (RFC 7541): the response is larger than the window, which stays
    // as it is.
    let fields = [&[0x82, 0x86, 0x01, 1][..], b"x", &[0x04, 13], b"/openapi.json"].concat();
    let headers = [&[0, 0, fields.len() as u8, 0x01, 0x05, 0, 0, 0, 1][..], &fields].concat();
    raw.send(settings).await;
    raw.stream.write_all(&headers).await.expect("sent");
    let read = raw.closed().await;
    assert!((60_000..100_000).contains(&read.len()), "a window full: {}", read.len());
}
