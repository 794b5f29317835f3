//! Signing keys and secrets that are rotated under load: nobody is refused, and whoever verifies tokens
//! by a copy of the published keys, for as long as it may be used, knows the key of each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use entity::credential;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use postern::context::OpContext;
use postern::domain::credentials::rotation::{self, Start};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::drive::{self, Requests};
use crate::installation::{HEAVY, Installation};
use crate::process::{Server, output};
use crate::report::say;
use crate::tokens;

/// How long a copy of the keys may be used, in seconds.
const MAX_AGE: u64 = 2;
/// How many verify tokens, each by a copy of another age.
const VERIFIERS: usize = 4;
/// Over how many connections each of them is sent tokens.
const CONNECTIONS: usize = 4;
/// How many secrets are rotated.
const SECRETS: usize = 200;
/// How long the load goes on before each step, and after the last.
const AROUND: Duration = Duration::from_secs(4);

/// The published keys by their ids.
type Keys = Arc<HashMap<String, DecodingKey>>;

/// What came of the requests.
#[derive(Default)]
struct Tally {
    requests: usize,
    refused: usize,
    unverifiable: usize,
    /// How many tokens each key has signed.
    signed: BTreeMap<String, usize>,
}

/// Rotates the signing key of two servers under load; whether all went well.
pub async fn run(of: &Installation) -> bool {
    let settings = of.settings_with(&[("JWKS_MAX_AGE_SECONDS", &MAX_AGE.to_string())]);
    let servers =
        [Server::start(&["serve"], &settings).await, Server::start(&["serve"], &settings).await];
    let (tell, told) = watch::channel(tokens::requests(of, &of.client_ids[HEAVY..]));
    let (stop, mut clients) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for nth in 0..VERIFIERS {
        let at = servers[nth % servers.len()].address;
        let verifier = Arc::new(Verifier { at, copy: Mutex::default() });
        for first in 0..CONNECTIONS {
            // The tokens of each server are verified by the keys of both.
            let asked = servers[first % servers.len()].address;
            let (requests, verifier) = (told.clone(), Arc::clone(&verifier));
            clients.spawn(client(asked, requests, first, verifier, Arc::clone(&stop)));
        }
        tokio::time::sleep(Duration::from_secs(MAX_AGE) / VERIFIERS as u32).await;
    }
    tokio::time::sleep(AROUND).await;
    let printed = output(&["keys", "rotate"], &settings).await;
    tokio::time::sleep(Duration::from_secs(2 * MAX_AGE + 5) + AROUND).await;
    rotate_secrets(of, &tell).await;
    stop.store(true, Ordering::SeqCst);
    let tally = clients.join_all().await.into_iter().fold(Tally::default(), Tally::and);
    say(&format!(
        "\n### A signing key and {SECRETS} secrets are rotated under load\n\n`keys rotate`: {}\n",
        printed.trim()
    ));
    say("| requests | refused | unverifiable | signed by each key |\n|---:|---:|---:|---|");
    let Tally { requests, refused, unverifiable, signed } = &tally;
    let each: Vec<_> = signed.values().map(usize::to_string).collect();
    say(&format!("| {requests} | {refused} | {unverifiable} | {} |", each.join(", ")));
    *refused == 0 && *unverifiable == 0 && signed.len() == 2
}

/// Gives each of some clients a new credential, lets them use it, and retires the old ones.
async fn rotate_secrets(of: &Installation, tell: &watch::Sender<Requests>) {
    let (op, organization) = (OpContext::operator(&of.app), &of.admin.organization.id);
    let (mut requests, mut old) = (tell.borrow().to_vec(), Vec::new());
    for (request, client_id) in requests.iter_mut().zip(&of.client_ids[HEAVY..]).take(SECRETS) {
        let row =
            credential::Entity::any_tenant_by_client_id(client_id).one(of.app.db.reader()).await;
        let row = row.expect("an answer").expect("a credential");
        let start = rotation::start(&op, organization, None, &row.id, Start::default(), None).await;
        let (row, new) = start.expect("a rotation");
        let secret = new.secret().expect("a secret");
        *request = tokens::request(&new.credential.client_id, secret.reveal());
        old.push(row.id);
    }
    tokio::time::sleep(AROUND).await;
    tell.send_replace(Arc::new(requests));
    tokio::time::sleep(AROUND).await;
    for id in &old {
        rotation::finish(&op, organization, None, id).await.expect("the end of it");
    }
    tokio::time::sleep(AROUND).await;
}

/// Fetches tokens over one connection, one after the other, and has each verified.
async fn client(
    address: std::net::SocketAddr,
    requests: watch::Receiver<Requests>,
    first: usize,
    verifier: Arc<Verifier>,
    stop: Arc<AtomicBool>,
) -> Tally {
    let mut stream = TcpStream::connect(address).await.expect("the server takes connections");
    stream.set_nodelay(true).expect("a socket that does not wait");
    let (mut tally, mut buffer) = (Tally::default(), Vec::new());
    let mut next = first * requests.borrow().len() / CONNECTIONS;
    while !stop.load(Ordering::SeqCst) {
        let all = Arc::clone(&requests.borrow());
        let request = &all[next % all.len()];
        next += 1;
        tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.expect("the server reads");
        tally.requests += 1;
        if drive::answer(&mut stream, &mut buffer).await != 200 {
            tally.refused += 1;
            continue;
        }
        let answer: Value = serde_json::from_slice(&buffer).expect("JSON");
        match verifier.key_of(answer["access_token"].as_str().expect("a token")).await {
            Some(kid) => *tally.signed.entry(kid).or_default() += 1,
            None => tally.unverifiable += 1,
        }
    }
    tally
}

impl Tally {
    fn and(mut self, other: Self) -> Self {
        self.requests += other.requests;
        self.refused += other.refused;
        self.unverifiable += other.unverifiable;
        for (kid, count) in other.signed {
            *self.signed.entry(kid).or_default() += count;
        }
        self
    }
}

/// An API that verifies tokens: it fetches the keys again when its copy is older than it may be,
/// and never because of a token.
struct Verifier {
    at: std::net::SocketAddr,
    copy: Mutex<Option<(Keys, Instant)>>,
}

impl Verifier {
    /// The key that has signed a token; none, if it is not known or has not.
    async fn key_of(&self, token: &str) -> Option<String> {
        let header = decode_header(token).ok()?;
        let (keys, kid) = (self.keys().await, header.kid?);
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&["https://load.test"]);
        validation.set_issuer(&["https://load.test"]);
        decode::<Value>(token, keys.get(&kid)?, &validation).ok()?;
        Some(kid)
    }

    async fn keys(&self) -> Keys {
        let mut copy = self.copy.lock().await;
        if let Some((keys, fetched)) = copy.as_ref()
            && fetched.elapsed() < Duration::from_secs(MAX_AGE)
        {
            return Arc::clone(keys);
        }
        let request = drive::request("GET", "/.well-known/jwks.json", &[], "");
        let set: JwkSet =
            serde_json::from_slice(&drive::ask(self.at, &request).await).expect("keys");
        let keys = set.keys.iter().map(|key| {
            let kid = key.common.key_id.clone().expect("a kid");
            (kid, DecodingKey::from_jwk(key).expect("a key"))
        });
        let keys: Keys = Arc::new(keys.collect());
        *copy = Some((Arc::clone(&keys), Instant::now()));
        keys
    }
}
