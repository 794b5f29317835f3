//! Attacks without a token: open connections, and clients that fail.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postern::random;
use postern::secret::ClientSecret;
use tokio::io::AsyncWriteExt;

use super::flood::{NextRequest, flood, rates};
use super::probes::OTHER_NETWORK;
use super::{ATTACKERS, AttackResult, connect};
use crate::generator::{Outcome, micros_since};
use crate::http;
use crate::installation::{DEFAULT_HASHES, Installation};
use crate::tokens;

/// The number of connections of the attackers, more than one address may have.
const CONNECTIONS: usize = 700;

/// Opens connections with incomplete headers; the result is the number that are open at the end.
pub async fn incomplete_headers(server: SocketAddr, time: Duration) -> AttackResult {
    let (began, mut open) = (Instant::now(), Vec::new());
    for nth in 0..CONNECTIONS {
        let source = ATTACKERS[nth % ATTACKERS.len()];
        let mut stream = connect(server, source).await.expect("a connection");
        // The server may have closed a connection beyond its limit.
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: load\r\nx-rest:").await;
        open.push(stream);
    }
    tokio::time::sleep(time.saturating_sub(began.elapsed())).await;
    let is_open = |stream: &mut tokio::net::TcpStream| {
        let read = stream.try_read(&mut [0; 256]);
        matches!(read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let open_count = open.iter_mut().filter_map(|stream| is_open(stream).then_some(())).count();
    format!("{CONNECTIONS} connections, {open_count} of them open at the end").into()
}

/// Sends secrets with a valid checksum for unknown clients; meanwhile, clients of another network
/// need hashes.
pub async fn unknown_clients(
    of: &Installation,
    server: SocketAddr,
    time: Duration,
) -> AttackResult {
    let next: NextRequest =
        Arc::new(|_, _| tokens::request(&random::base62(21), ClientSecret::generate().reveal()));
    let each = CONNECTIONS / ATTACKERS.len();
    let attackers = ATTACKERS.map(|source| flood(server, source, each, time, Arc::clone(&next)));
    let [first, second] = attackers;
    let (mut responses, other, cold_tokens) =
        tokio::join!(first, second, cold_tokens(of, server, time));
    for (status, count) in other {
        *responses.entry(status).or_default() += count;
    }
    AttackResult { responses: rates(&responses, time), cold_tokens: Some(cold_tokens) }
}

/// Fetches the first token of one client after the other, from another network.
async fn cold_tokens(of: &Installation, server: SocketAddr, time: Duration) -> Outcome {
    let (began, interval) = (Instant::now(), time / DEFAULT_HASHES as u32);
    let (mut ticks, mut latencies, mut errors) = (tokio::time::interval(interval), Vec::new(), 0);
    let mut buffer = Vec::new();
    for client_id in &of.client_ids[..DEFAULT_HASHES] {
        ticks.tick().await;
        let sent = Instant::now();
        let mut stream = connect(server, OTHER_NETWORK).await.expect("a connection");
        let request = tokens::request(client_id, of.secret.reveal());
        if http::exchange(&mut stream, &request, &mut buffer).await == 200 {
            latencies.push(micros_since(sent));
        } else {
            errors += 1;
        }
    }
    assert_eq!(errors, 0, "every right secret from another network is accepted");
    Outcome::new(latencies, errors, began.elapsed())
}

/// Sends malformed secrets, each for another client; the result is the rate of responses in the
/// first and in the last fifth of the time.
pub async fn failures(server: SocketAddr, time: Duration) -> AttackResult {
    let next: NextRequest = Arc::new(|_, _| tokens::request(&random::base62(21), "x"));
    let (mut per_second, part) = (Vec::new(), time / 5);
    for _ in 0..5 {
        let responses = flood(server, ATTACKERS[0], 64, part, Arc::clone(&next)).await;
        per_second.push(responses.values().sum::<usize>() as f64 / part.as_secs_f64());
    }
    format!("{:.0}/s, at the end {:.0}/s", per_second[0], per_second[4]).into()
}
