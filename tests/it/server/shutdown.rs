//! Stopping: not ready, then no new connections, then the end of those that are open.

use std::time::{Duration, Instant};

use crate::cli::{Server, Shell};
use crate::support::{RawConnection, eventually, in_time};

/// The longest that a server may take to stop, with room for a busy machine.
const IN_TIME: Duration = Duration::from_secs(10);

async fn start(shell: &Shell, delay: &str) -> (Server, String) {
    let server = Server::start(shell, &["dev"], &[("SHUTDOWN_DELAY_SECONDS", delay)]).await;
    let base = format!("http://{}", server.address);
    (server, base)
}

async fn is_listening(base: &str) -> bool {
    let address = base.trim_start_matches("http://").parse().expect("an address");
    RawConnection::try_connect_from("127.0.0.1", address).await.is_ok()
}

#[tokio::test]
async fn idle_connections_and_half_sent_headers_do_not_delay_shutdown() {
    let shell = Shell::new().await;
    let (server, base) = start(&shell, "0").await;
    let mut open = Vec::new();
    for before in ["", "GET /healthz HTTP/1.1\r\nhost: pos", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut raw = RawConnection::connect(&base).await;
        raw.send(before).await;
        open.push(raw);
        let mut idle = RawConnection::connect(&base).await;
        assert_eq!(idle.get("/healthz").await.status(), 200);
        if before.starts_with("GET") {
            idle.send(before).await;
        }
        open.push(idle);
    }
    let began = Instant::now();
    server.signal("TERM");
    assert!(in_time("the server ends", server.end()).await.success());
    // Without them it takes some tenths of a second; the drain timeout alone is five.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_request_in_progress_is_completed_during_shutdown() {
    let shell = Shell::new().await;
    let (server, base) = start(&shell, "0").await;
    let body = "grant_type=client_credentials&client_id=nobody&client_secret=nothing";
    let mut raw = RawConnection::connect(&base).await;
    let kind = "application/x-www-form-urlencoded";
    let length = body.len();
    raw.send(&format!("POST /oauth/token HTTP/1.1\r\nhost: postern\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"))
        .await;
    raw.send(&body[..10]).await;
    // Answered after the half request was received.
    assert_eq!(RawConnection::connect(&base).await.get("/healthz").await.status(), 200);
    server.signal("TERM");
    eventually("the listener is closed", || async { !is_listening(&base).await }).await;
    raw.send(&body[10..]).await;
    let reply = raw.response().await;
    assert_eq!((reply.status(), reply.header("connection")), (401, Some("close")), "{reply:?}");
    assert_eq!(raw.closed().await, "");
    assert!(in_time("the server ends", server.end()).await.success());
}

#[tokio::test]
async fn a_stopping_server_is_not_ready_and_accepts_connections_during_the_delay() {
    let shell = Shell::new().await;
    let (server, base) = start(&shell, "3").await;
    let mut kept = RawConnection::connect(&base).await;
    assert_eq!(kept.get("/readyz").await.header("connection"), None);
    server.signal("TERM");
    eventually("it is not ready", || async {
        RawConnection::connect(&base).await.get("/readyz").await.status() == 503
    })
    .await;
    let reply = kept.get("/healthz").await;
    assert_eq!((reply.status(), reply.header("connection")), (200, Some("close")));
    let reply = RawConnection::connect(&base).await.get("/healthz").await;
    assert_eq!((reply.status(), reply.header("connection")), (200, Some("close")));
    eventually("the listener is closed", || async { !is_listening(&base).await }).await;
    assert!(in_time("the server ends", server.end()).await.success());
}

#[tokio::test]
async fn an_endless_request_is_cut_off_at_shutdown() {
    let shell = Shell::new().await;
    let (server, base) = start(&shell, "0").await;
    let mut raw = RawConnection::connect(&base).await;
    raw.send("POST /oauth/token HTTP/1.1\r\nhost: postern\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n")
        .await;
    assert_eq!(RawConnection::connect(&base).await.get("/healthz").await.status(), 200);
    let began = Instant::now();
    server.signal("TERM");
    assert!(in_time("the server ends", server.end()).await.success());
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
}
