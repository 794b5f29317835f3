//! Floods: many connections from one address, each with one request at a time.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::connect;

/// The number of responses of each status; 0 stands for a closed connection.
pub type Statuses = BTreeMap<u16, usize>;

/// The request for the index of a connection and the index of a request.
pub type NextRequest = Arc<dyn Fn(usize, usize) -> Vec<u8> + Send + Sync>;

/// Sends the requests of `next` over a number of connections from `source`, regardless of
/// responses.
pub async fn flood(
    server: SocketAddr,
    source: Ipv4Addr,
    connections: usize,
    time: Duration,
    next: NextRequest,
) -> Statuses {
    let mut tasks = JoinSet::new();
    for connection in 0..connections {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            let (began, mut statuses) = (Instant::now(), Statuses::new());
            let mut stream = None;
            for nth in 0.. {
                let remaining = time.saturating_sub(began.elapsed());
                let exchange = exchange(&mut stream, server, source, next(connection, nth));
                let Ok(status) = tokio::time::timeout(remaining, exchange).await else { break };
                *statuses.entry(status.unwrap_or_default()).or_default() += 1;
            }
            statuses
        });
    }
    let mut all = Statuses::new();
    while let Some(statuses) = tasks.join_next().await {
        for (status, count) in statuses.expect("no panic") {
            *all.entry(status).or_default() += count;
        }
    }
    all
}

/// Sends one request, on a new connection after a closed one; returns the status of the response.
async fn exchange(
    stream: &mut Option<TcpStream>,
    server: SocketAddr,
    source: Ipv4Addr,
    request: Vec<u8>,
) -> Option<u16> {
    let mut connection = match stream.take() {
        Some(open) => open,
        None => connect(server, source).await.ok()?,
    };
    connection.write_all(&request).await.ok()?;
    let mut buffer = Vec::new();
    let head = loop {
        if connection.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = std::str::from_utf8(&buffer[..head]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|it| it.trim().parse().ok()).unwrap_or_default();
    while buffer.len() < head + length {
        if connection.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    }
    if !text.contains("connection: close") {
        *stream = Some(connection);
    }
    text[9..12].parse().ok()
}

/// The rate of each status, for a table.
pub fn rates(statuses: &Statuses, time: Duration) -> String {
    let rate = |count: usize| count as f64 / time.as_secs_f64();
    let each = statuses.iter().map(|(status, count)| match status {
        0 => format!("closed {:.0}/s", rate(*count)),
        status => format!("{status} {:.0}/s", rate(*count)),
    });
    each.collect::<Vec<_>>().join(", ")
}
