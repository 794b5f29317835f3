//! Those who are not concerned, and what they notice: `/healthz` and the tokens of a client that is
//! known, each asked for every 20 milliseconds, whether or not those before were answered, from a network
//! of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::connect;
use crate::drive::{self, Outcome};

/// How often each asks.
const EVERY: Duration = Duration::from_millis(20);

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

/// Sends the request again and again, over as many connections as are needed: a server that stands
/// still for a second is noticed by all who come within that second.
async fn ask(server: SocketAddr, request: &[u8], stop: &AtomicBool) -> Outcome {
    let request: Arc<[u8]> = request.into();
    let (mut ticks, began) = (tokio::time::interval(EVERY), Instant::now());
    let (idle, mut asking) = (Arc::new(Mutex::new(Vec::new())), JoinSet::new());
    while !stop.load(Ordering::SeqCst) {
        let due = ticks.tick().await;
        let (idle, request) = (Arc::clone(&idle), Arc::clone(&request));
        asking.spawn(async move {
            let open: Option<TcpStream> = idle.lock().expect("the idle ones").pop();
            let mut stream = match open {
                Some(stream) => stream,
                None => connect(server, ELSEWHERE).await.expect("the server takes connections"),
            };
            stream.write_all(&request).await.expect("the server reads");
            let is_good = drive::answer(&mut stream, &mut Vec::new()).await == 200;
            idle.lock().expect("the idle ones").push(stream);
            is_good.then(|| u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX))
        });
    }
    let answers = asking.join_all().await;
    let times: Vec<_> = answers.iter().copied().flatten().collect();
    let errors = answers.len() - times.len();
    Outcome::of(times, errors, began.elapsed())
}
