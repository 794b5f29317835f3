//! Probes from another network during an attack: `/healthz`, and tokens of a client with a cached
//! secret. They measure what uninvolved clients notice.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::connect;
use crate::generator::{Outcome, micros_since};
use crate::http;

/// The interval of each probe, whether or not the responses before have arrived.
const INTERVAL: Duration = Duration::from_millis(20);

/// The address of the probes, in another network than the attackers.
pub const OTHER_NETWORK: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 1);

/// Probes on a thread of their own, which the generator does not delay.
pub struct Probes {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(Outcome, Outcome)>,
}

impl Probes {
    /// Starts the probes; `token` is the token request.
    pub fn start(server: SocketAddr, token: Vec<u8>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let health = http::request("GET", "/healthz", &[], "");
            runtime.expect("a runtime").block_on(async {
                tokio::join!(probe(server, &health, &stopped), probe(server, &token, &stopped))
            })
        });
        Self { stop, thread }
    }

    /// Stops the probes; returns the outcomes of `/healthz` and of tokens.
    pub fn stop(self) -> (Outcome, Outcome) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("no panic")
    }
}

/// Sends the request periodically, over as many connections as necessary: so a server that blocks
/// for a second delays every request of that second.
async fn probe(server: SocketAddr, request: &[u8], stop: &AtomicBool) -> Outcome {
    let request: Arc<[u8]> = request.into();
    let (mut ticks, began) = (tokio::time::interval(INTERVAL), Instant::now());
    let (idle, mut responses) = (Arc::new(Mutex::new(Vec::new())), JoinSet::new());
    while !stop.load(Ordering::SeqCst) {
        let due = ticks.tick().await.into_std();
        let (idle, request) = (Arc::clone(&idle), Arc::clone(&request));
        responses.spawn(async move {
            let open: Option<TcpStream> = idle.lock().expect("a lock").pop();
            let mut stream = match open {
                Some(stream) => stream,
                None => connect(server, OTHER_NETWORK).await.expect("a connection"),
            };
            let status = http::exchange(&mut stream, &request, &mut Vec::new()).await;
            idle.lock().expect("a lock").push(stream);
            (status == 200).then(|| micros_since(due))
        });
    }
    let responses = responses.join_all().await;
    let latencies: Vec<_> = responses.iter().copied().flatten().collect();
    let errors = responses.len() - latencies.len();
    Outcome::new(latencies, errors, began.elapsed())
}
