//! The load generator: a number of connections, each with one request under way at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::http;

/// Rendered requests.
pub type Requests = Arc<Vec<Vec<u8>>>;

/// The interval of the probes of `/healthz`.
const PROBE_INTERVAL: Duration = Duration::from_millis(5);

/// The end of a run.
#[derive(Clone, Copy)]
pub enum Until {
    /// Each request was sent once.
    AllSent,
    /// The duration has passed; requests are repeated.
    Elapsed(Duration),
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Responses with status 200 per second.
    pub rate: f64,
    /// The median latency of these responses, in milliseconds.
    pub p50: f64,
    /// The 99th percentile of their latency, in milliseconds.
    pub p99: f64,
    /// The number of responses with status 200.
    pub succeeded: usize,
    /// The number of other responses.
    pub errors: usize,
}

/// Sends `requests` over a number of connections. Each starts at another request, so that no two
/// equal requests are under way at once while there are more requests than connections.
pub async fn run(
    address: SocketAddr,
    requests: &Requests,
    connections: usize,
    until: Until,
) -> Outcome {
    let began = Instant::now();
    let connections: Vec<_> = (0..connections)
        .map(|first| {
            let requests = Arc::clone(requests);
            tokio::spawn(run_connection(address, requests, first, connections, until))
        })
        .collect();
    let (mut latencies, mut errors) = (Vec::new(), 0);
    for connection in connections {
        let (of_connection, failed) = connection.await.expect("a finished connection");
        latencies.extend(of_connection);
        errors += failed;
    }
    Outcome::new(latencies, errors, began.elapsed())
}

/// Runs one connection; returns the latencies of its successful responses, and the number of
/// others.
async fn run_connection(
    address: SocketAddr,
    requests: Requests,
    first: usize,
    step: usize,
    until: Until,
) -> (Vec<u32>, usize) {
    let mut stream = http::connect(address).await;
    let (mut latencies, mut errors, mut buffer) = (Vec::new(), 0, Vec::with_capacity(1 << 16));
    let began = Instant::now();
    for index in (first..).step_by(step) {
        let is_done = match until {
            Until::AllSent => index >= requests.len(),
            Until::Elapsed(time) => began.elapsed() >= time,
        };
        if is_done {
            break;
        }
        let sent = Instant::now();
        let request = &requests[index % requests.len()];
        if http::exchange(&mut stream, request, &mut buffer).await == 200 {
            latencies.push(micros_since(sent));
        } else {
            errors += 1;
        }
    }
    (latencies, errors)
}

/// Requests `/healthz` periodically on one connection.
pub async fn probe(address: SocketAddr, time: Duration) -> Outcome {
    let request = http::request("GET", "/healthz", &[], "");
    let mut stream = http::connect(address).await;
    let (mut ticks, mut latencies) = (tokio::time::interval(PROBE_INTERVAL), Vec::new());
    let (began, mut buffer) = (Instant::now(), Vec::new());
    while began.elapsed() < time {
        ticks.tick().await;
        let sent = Instant::now();
        assert_eq!(http::exchange(&mut stream, &request, &mut buffer).await, 200);
        latencies.push(micros_since(sent));
    }
    Outcome::new(latencies, 0, began.elapsed())
}

/// The microseconds since an instant.
pub fn micros_since(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX)
}

impl Outcome {
    /// The outcome of successful responses with these latencies, in microseconds, and of `errors`
    /// others.
    pub fn new(mut latencies: Vec<u32>, errors: usize, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        let percentile = |share: f64| {
            let last = latencies.len().saturating_sub(1);
            let index = ((latencies.len() as f64 * share) as usize).min(last);
            latencies.get(index).map_or(0.0, |micros| f64::from(*micros) / 1e3)
        };
        let succeeded = latencies.len();
        let rate = succeeded as f64 / elapsed.as_secs_f64();
        Self { rate, p50: percentile(0.5), p99: percentile(0.99), succeeded, errors }
    }
}
