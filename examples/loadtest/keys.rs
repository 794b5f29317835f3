//! Rotation of the signing key and of secrets under load: no request may fail, and a verifier with
//! a copy of the published keys must know the key of each token for as long as it may use the copy.

mod verifier;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entity::credential;
use postern::context::OpContext;
use postern::domain::credentials::rotation::{self, StartInput};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::generator::Requests;
use crate::http;
use crate::installation::Installation;
use crate::process::{Server, output};
use crate::report::print_line;
use crate::tokens;
use verifier::Verifier;

/// The number of verifiers, each with a copy of another age.
const VERIFIERS: usize = 4;
/// The number of connections whose tokens each verifier verifies.
const CONNECTIONS: usize = 4;
/// The number of rotated secrets.
const SECRETS: usize = 200;
/// The duration of the load before each step and after the last one.
const PHASE: Duration = Duration::from_secs(4);

/// The results of the requests.
#[derive(Default)]
struct Tally {
    requests: usize,
    failed: usize,
    unverifiable: usize,
    /// The number of tokens that each key signed.
    signed: BTreeMap<String, usize>,
}

/// Rotates keys of two servers under load; returns whether every request succeeded.
pub async fn run(of: &Installation) -> bool {
    let max_age = verifier::MAX_AGE;
    let settings = of.settings_with(&[("JWKS_MAX_AGE_SECONDS", &max_age.as_secs().to_string())]);
    let servers =
        [Server::start(&["serve"], &settings).await, Server::start(&["serve"], &settings).await];
    let (send, requests) = watch::channel(tokens::requests(of, of.cheap_client_ids()));
    let (stop, mut clients) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for nth in 0..VERIFIERS {
        let verifier = Arc::new(Verifier::new(servers[nth % servers.len()].address));
        for first in 0..CONNECTIONS {
            // Each verifier has the keys of one server, and the tokens of both.
            let address = servers[first % servers.len()].address;
            let (requests, verifier) = (requests.clone(), Arc::clone(&verifier));
            clients.spawn(run_client(address, requests, first, verifier, Arc::clone(&stop)));
        }
        tokio::time::sleep(max_age / VERIFIERS as u32).await;
    }
    tokio::time::sleep(PHASE).await;
    let printed = output(&["keys", "rotate"], &settings).await;
    // A key signs after twice the maximum age and the leeway of clocks.
    tokio::time::sleep(2 * max_age + Duration::from_secs(5) + PHASE).await;
    rotate_secrets(of, &send).await;
    stop.store(true, Ordering::SeqCst);
    let tally = clients.join_all().await.into_iter().fold(Tally::default(), Tally::add);
    tally.print(printed.trim());
    tally.failed == 0 && tally.unverifiable == 0 && tally.signed.len() == 2
}

/// Starts a rotation of some credentials, lets their clients use the new ones, and finishes it.
async fn rotate_secrets(of: &Installation, send: &watch::Sender<Requests>) {
    let (op, organization) = (OpContext::operator(&of.app), &of.admin.organization.id);
    let (mut requests, mut old) = (send.borrow().to_vec(), Vec::new());
    for (request, client_id) in requests.iter_mut().zip(of.cheap_client_ids()).take(SECRETS) {
        let row =
            credential::Entity::any_tenant_by_client_id(client_id).one(of.app.db.reader()).await;
        let row = row.expect("a result").expect("a credential");
        let start =
            rotation::start(&op, organization, None, &row.id, StartInput::default(), None).await;
        let (row, new) = start.expect("a rotation");
        let secret = new.secret().expect("a secret");
        *request = tokens::request(&new.credential.client_id, secret.reveal());
        old.push(row.id);
    }
    tokio::time::sleep(PHASE).await;
    send.send_replace(Arc::new(requests));
    tokio::time::sleep(PHASE).await;
    for id in &old {
        rotation::finish(&op, organization, None, id).await.expect("a finished rotation");
    }
    tokio::time::sleep(PHASE).await;
}

/// Fetches tokens over one connection, one after the other, and has each verified.
async fn run_client(
    address: SocketAddr,
    requests: watch::Receiver<Requests>,
    first: usize,
    verifier: Arc<Verifier>,
    stop: Arc<AtomicBool>,
) -> Tally {
    let mut stream = http::connect(address).await;
    let (mut tally, mut body) = (Tally::default(), Vec::new());
    let mut next = first * requests.borrow().len() / CONNECTIONS;
    while !stop.load(Ordering::SeqCst) {
        let all = Arc::clone(&requests.borrow());
        let request = &all[next % all.len()];
        next += 1;
        tally.requests += 1;
        if http::exchange(&mut stream, request, &mut body).await != 200 {
            tally.failed += 1;
            continue;
        }
        let response: Value = serde_json::from_slice(&body).expect("JSON");
        match verifier.verify(response["access_token"].as_str().expect("a token")).await {
            Some(kid) => *tally.signed.entry(kid).or_default() += 1,
            None => tally.unverifiable += 1,
        }
    }
    tally
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.requests += other.requests;
        self.failed += other.failed;
        self.unverifiable += other.unverifiable;
        for (kid, count) in other.signed {
            *self.signed.entry(kid).or_default() += count;
        }
        self
    }

    fn print(&self, printed: &str) {
        print_line(&format!(
            "\n### Rotation of a signing key and {SECRETS} secrets under load\n\n`keys rotate`: {printed}\n"
        ));
        print_line("| requests | failed | unverifiable | signed by each key |");
        print_line("|---:|---:|---:|---|");
        let Self { requests, failed, unverifiable, signed } = self;
        let signed: Vec<_> = signed.values().map(usize::to_string).collect();
        print_line(&format!("| {requests} | {failed} | {unverifiable} | {} |", signed.join(", ")));
    }
}
