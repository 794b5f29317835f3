//! Those who are not concerned, and what they notice: `/healthz` and the tokens of a client that is
//! known, each asked for every five milliseconds from a network of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::connect;
use crate::drive::{self, Outcome};

/// How often each asks.
const EVERY: Duration = Duration::from_millis(5);

/// Where they are: in another network than the attackers.
pub const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 1);

/// Those who ask, on a thread of their own: what the generator does beside does not delay them.
pub struct Bystanders {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(Outcome, Outcome)>,
}

impl Bystanders {
    /// They begin to ask the server, also for tokens by this request.
    pub fn start(server: SocketAddr, token: Vec<u8>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let health = drive::request("GET", "/healthz", &[], "");
            runtime.expect("a runtime").block_on(async {
                tokio::join!(ask(server, &health, &stopped), ask(server, &token, &stopped))
            })
        });
        Self { stop, thread }
    }

    /// What they have noticed: of `/healthz`, and of tokens.
    pub fn end(self) -> (Outcome, Outcome) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("they come to their end")
    }
}

/// Sends the request again and again. An answer takes as long as it is late, so that a server that
/// stands still for a second is seen by all who would have come within that second.
async fn ask(server: SocketAddr, request: &[u8], stop: &AtomicBool) -> Outcome {
    let mut stream = connect(server, ELSEWHERE).await.expect("the server takes connections");
    let (mut ticks, began) = (tokio::time::interval(EVERY), Instant::now());
    let (mut times, mut errors, mut buffer) = (Vec::new(), 0, Vec::new());
    while !stop.load(Ordering::SeqCst) {
        let due = ticks.tick().await;
        stream.write_all(request).await.expect("the server reads");
        if drive::answer(&mut stream, &mut buffer).await == 200 {
            times.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            errors += 1;
        }
    }
    Outcome::of(times, errors, began.elapsed())
}
