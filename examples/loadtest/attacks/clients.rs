//! Attacks of those who have no token: connections, and clients that fail.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postern::random;
use postern::secret::ClientSecret;
use tokio::io::AsyncWriteExt;

use super::bystanders::ELSEWHERE;
use super::flood::{Next, flood, shown};
use super::{ATTACKERS, Came, connect};
use crate::drive::{self, Outcome};
use crate::installation::{HEAVY, Installation};
use crate::tokens;

/// Connections of the attackers, more than one address may have.
const CONNECTIONS: usize = 700;

/// Headers that never end: how many connections there were, and how many were still open in the end.
pub async fn half_sent_headers(server: SocketAddr, time: Duration) -> Came {
    let (began, mut open) = (Instant::now(), Vec::new());
    for nth in 0..CONNECTIONS {
        let source = ATTACKERS[nth % ATTACKERS.len()];
        let mut stream = connect(server, source).await.expect("the backlog takes it");
        // It may have been closed for being one too many.
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: load\r\nx-rest:").await;
        open.push(stream);
    }
    tokio::time::sleep(time.saturating_sub(began.elapsed())).await;
    let is_open = |stream: &mut tokio::net::TcpStream| {
        let told = stream.try_read(&mut [0; 256]);
        matches!(told, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let left = open.iter_mut().filter_map(|stream| is_open(stream).then_some(())).count();
    format!("{CONNECTIONS} connections, {left} of them open in the end").into()
}

/// Secrets with a right checksum for clients that do not exist, and meanwhile clients elsewhere whose
/// secrets have to be hashed.
pub async fn made_up(of: &Installation, server: SocketAddr, time: Duration) -> Came {
    let next: Next =
        Arc::new(|_, _| tokens::request(&random::base62(21), ClientSecret::generate().reveal()));
    let each = CONNECTIONS / ATTACKERS.len();
    let attackers = ATTACKERS.map(|source| flood(server, source, each, time, Arc::clone(&next)));
    let [first, second] = attackers;
    let (mut answers, other, cold) = tokio::join!(first, second, cold(of, server, time));
    for (status, count) in other {
        *answers.entry(status).or_default() += count;
    }
    Came { answers: shown(&answers, time), cold: Some(cold) }
}

/// Tokens of one client after the other whose secret is not known yet, from elsewhere.
async fn cold(of: &Installation, server: SocketAddr, time: Duration) -> Outcome {
    let (began, every) = (Instant::now(), time / HEAVY as u32);
    let (mut ticks, mut times, mut errors) = (tokio::time::interval(every), Vec::new(), 0);
    let mut buffer = Vec::new();
    for client_id in &of.client_ids[..HEAVY] {
        ticks.tick().await;
        let sent = Instant::now();
        let mut stream = connect(server, ELSEWHERE).await.expect("the server takes connections");
        let request = tokens::request(client_id, of.secret.reveal());
        stream.write_all(&request).await.expect("the server reads");
        if drive::answer(&mut stream, &mut buffer).await == 200 {
            times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            errors += 1;
        }
    }
    assert_eq!(errors, 0, "a right secret from elsewhere is never refused");
    Outcome::of(times, errors, began.elapsed())
}

/// Failures that cost nothing, of another client each: in the first fifth of the time, and in the last.
pub async fn failures(server: SocketAddr, time: Duration) -> Came {
    let next: Next = Arc::new(|_, _| tokens::request(&random::base62(21), "x"));
    let (mut rates, part) = (Vec::new(), time / 5);
    for _ in 0..5 {
        let answers = flood(server, ATTACKERS[0], 64, part, Arc::clone(&next)).await;
        rates.push(answers.values().sum::<usize>() as f64 / part.as_secs_f64());
    }
    format!("{:.0}/s, in the end {:.0}/s", rates[0], rates[4]).into()
}
