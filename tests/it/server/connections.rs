//! Limits of connections: how many, and how long each may take for what.

use std::time::Duration;

use crate::cli::{Server, Shell};
use crate::support::{RawConnection, World, eventually, in_time};

const HALF_HEADER: &str = "GET /healthz HTTP/1.1\r\nhost: pos";

/// Whether a client at `address` is served.
async fn is_served(address: &str, base: &str) -> bool {
    let client =
        reqwest::Client::builder().local_address(Some(address.parse().expect("an address")));
    let client = client.build().expect("a client");
    let reply = client.get(format!("{base}/healthz")).send().await;
    reply.is_ok_and(|reply| reply.status() == 200)
}

#[tokio::test]
async fn half_sent_headers_from_one_address_do_not_block_others() {
    let limits = [("MAX_CONNECTIONS_PER_ADDRESS", "8"), ("HEADER_TIMEOUT_SECONDS", "600")];
    let world = World::with(&limits).await;
    let mut half_sent = Vec::new();
    for _ in 0..8 {
        let mut raw = RawConnection::connect(&world.base).await;
        raw.send(HALF_HEADER).await;
        half_sent.push(raw);
    }
    for _ in 0..20 {
        let mut beyond = RawConnection::connect(&world.base).await;
        assert_eq!(beyond.closed().await, "", "closed at once");
    }
    assert!(is_served("127.0.0.2", &world.base).await);
    half_sent[3].send("tern\r\n\r\n").await;
    assert_eq!(half_sent[3].response().await.status(), 200);
    half_sent.pop();
    eventually("the place is free again", || is_served("127.0.0.1", &world.base)).await;
}

#[tokio::test]
async fn one_address_cannot_exhaust_the_file_descriptors() {
    let shell = Shell::new().await;
    let server = Server::start_with_open_files(&shell, 160, &["dev"]).await;
    let base = format!("http://{}", server.address);
    let mut half_sent = Vec::new();
    for _ in 0..200 {
        let raw = RawConnection::connect(&base).await;
        // Those beyond the limit may be closed already.
        let _ = raw.stream.try_write(HALF_HEADER.as_bytes());
        half_sent.push(raw);
    }
    assert!(is_served("127.0.0.2", &base).await);
    server.stops_by_sigterm();
}

#[tokio::test]
async fn a_connection_beyond_the_total_limit_is_closed_at_once() {
    let world = World::with(&[("MAX_CONNECTIONS", "4")]).await;
    let mut open = Vec::new();
    for address in ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2"] {
        let mut raw = RawConnection::connect_from(address, &world.base).await;
        assert_eq!(raw.get("/healthz").await.status(), 200);
        open.push(raw);
    }
    assert_eq!(RawConnection::connect_from("127.0.0.3", &world.base).await.closed().await, "");
    open.pop();
    eventually("the place is free again", || is_served("127.0.0.3", &world.base)).await;
}

#[tokio::test]
async fn a_trusted_proxy_has_no_connection_limit_per_address() {
    let limits = [("MAX_CONNECTIONS_PER_ADDRESS", "2"), ("TRUSTED_PROXIES", "127.0.0.1")];
    let world = World::with(&limits).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut raw = RawConnection::connect(&world.base).await;
        assert_eq!(raw.get("/healthz").await.status(), 200);
        open.push(raw);
    }
}

#[tokio::test]
async fn an_incomplete_header_is_cut_off_at_the_header_timeout() {
    let world = World::with(&[("HEADER_TIMEOUT_SECONDS", "1")]).await;
    let mut silent = RawConnection::connect(&world.base).await;
    assert_eq!(silent.closed().await, "");
    for before in ["", "GET /healthz HTTP/1.1\r\nhost: postern\r\n\r\n", "PRI * HTTP/2.0"] {
        let mut slow = RawConnection::connect(&world.base).await;
        slow.send(before).await;
        if before.starts_with("GET") {
            assert_eq!(slow.response().await.status(), 200);
        }
        let (mut reader, mut writer) = slow.stream.split();
        let trickle = async {
            use tokio::io::AsyncWriteExt;
            writer.write_all(HALF_HEADER.as_bytes()).await?;
            // A byte now and then: slower than any client, faster than the timeout.
            let mut pace = tokio::time::interval(Duration::from_millis(50));
            while writer.write_all(b"x").await.is_ok() {
                pace.tick().await;
            }
            std::io::Result::Ok(())
        };
        let mut rest = Vec::new();
        let closed = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut rest);
        in_time("the slow header is cut off", async {
            tokio::select! {
                // A peer that goes on sending may see the end as an error.
                _ = closed => {}
                _ = trickle => {}
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_idle_keep_alive_connection_is_closed() {
    let world = World::with(&[("IDLE_TIMEOUT_SECONDS", "1")]).await;
    let mut raw = RawConnection::connect(&world.base).await;
    for _ in 0..3 {
        let reply = raw.get("/healthz").await;
        assert_eq!((reply.status(), reply.header("connection")), (200, None));
    }
    assert_eq!(raw.closed().await, "");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_at_the_write_timeout() {
    let limits = [("WRITE_TIMEOUT_SECONDS", "1"), ("MAX_CONNECTIONS_PER_ADDRESS", "1")];
    let world = World::with(&limits).await;
    let mut raw = RawConnection::connect(&world.base).await;
    // More than the buffers of the kernel hold.
    let requests = "GET /openapi.json HTTP/1.1\r\nhost: postern\r\n\r\n".repeat(100);
    raw.send(&requests).await;
    assert!(!is_served("127.0.0.1", &world.base).await, "it has the only place");
    eventually("its place is free", || is_served("127.0.0.1", &world.base)).await;
    let read = raw.closed().await;
    assert!(read.starts_with("HTTP/1.1 200 OK"));
    assert!(read.matches("HTTP/1.1 200 OK").count() < 100);
}

#[tokio::test]
async fn a_header_over_64_kib_is_rejected() {
    let world = World::new().await;
    let request = |size: usize| {
        let field = "x".repeat(size);
        format!("GET /healthz HTTP/1.1\r\nhost: postern\r\nx-large: {field}\r\n\r\n")
    };
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(&request(60 * 1024)).await;
    assert_eq!(raw.response().await.status(), 200);
    for size in [65, 500] {
        let mut raw = RawConnection::connect(&world.base).await;
        raw.send(&request(size * 1024)).await;
        let reply = raw.response().await;
        assert_eq!((reply.status(), reply.header("connection")), (431, Some("close")), "{size}");
        assert_eq!(raw.closed().await, "");
    }
}
