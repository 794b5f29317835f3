//! Attacks on the hashing of secrets, and what they must not do to other clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use postern::random;
use postern::secret::ClientSecret;
use tokio::task::JoinSet;

use crate::support::{Caller, Reply, World, eventually};

/// The network of the attacker, and two addresses elsewhere and within it.
const ATTACKER: &str = "203.0.113.66";
const NEIGHBOUR: &str = "203.0.113.9";
const ELSEWHERE: &str = "198.51.100.7";

/// Hashes that take some milliseconds, and few places to wait.
const SLOW: [(&str, &str); 4] = [
    ("ARGON2_MEMORY_KIB", "4096"),
    ("ARGON2_ITERATIONS", "2"),
    ("SECRET_QUEUE", "4"),
    ("TRUSTED_PROXIES", "127.0.0.1"),
];

/// A token request from an address.
async fn ask(caller: &Caller, address: &str, form: &[(&str, &str)]) -> Reply {
    let request = caller.request(reqwest::Method::POST, "/oauth/token");
    Reply::of(request.header("x-forwarded-for", address).form(form)).await
}

/// The status of a token request of the attacker, with a made-up client.
async fn made_up(caller: &Caller) -> u16 {
    let (client_id, secret) = (random::base62(21), ClientSecret::generate());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id.as_str()),
        ("client_secret", secret.reveal()),
    ];
    ask(caller, ATTACKER, &form).await.status
}

/// Token requests with a made-up client each, over many connections of one address.
struct Attack {
    stop: Arc<AtomicBool>,
    rejected: Arc<AtomicUsize>,
    callers: JoinSet<()>,
}

impl Attack {
    /// Starts it, and waits until some of its requests were rejected for want of a place.
    async fn start(world: &World) -> Self {
        let mut attack =
            Self { stop: Arc::default(), rejected: Arc::default(), callers: JoinSet::new() };
        for _ in 0..40 {
            let (stop, rejected) = (Arc::clone(&attack.stop), Arc::clone(&attack.rejected));
            let caller = Caller::anonymous(&world.base);
            attack.callers.spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let status = made_up(&caller).await;
                    assert!(matches!(status, 401 | 429 | 503), "{status}");
                    rejected.fetch_add(usize::from(status != 401), Ordering::SeqCst);
                }
            });
        }
        let rejected = &attack.rejected;
        eventually("the queue is full", || async { rejected.load(Ordering::SeqCst) > 50 }).await;
        attack
    }

    async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.callers.join_all().await;
    }
}

#[tokio::test]
async fn clients_without_cached_secrets_get_tokens_while_another_network_fills_the_hash_queue() {
    // Without a limit, the attacker waits in the same queue as everybody else.
    let world = World::with(&[&SLOW[..], &[("RATE_LIMIT", "off")]].concat()).await;
    let accounts = world.accounts(10).await;
    let (accounts, neighbours) = accounts.split_at(8);
    let attack = Attack::start(&world).await;
    for account in accounts {
        ask(&world.anonymous(), ELSEWHERE, &account.form()).await.body(200);
    }
    // Neighbours of the attacker have turns of their own, too.
    for account in neighbours {
        ask(&world.anonymous(), NEIGHBOUR, &account.form()).await.body(200);
    }
    // Credentials are created in a class of their own, wherever the request comes from.
    world.account(&[]).await;
    attack.end().await;
}

#[tokio::test]
async fn a_failing_network_is_hashed_last_and_its_correct_secrets_are_accepted() {
    let mut settings = SLOW.to_vec();
    // 20 failures a minute for a network.
    settings.push(("RATE_LIMIT", "2"));
    let world = World::with(&settings).await;
    let caller = world.anonymous();
    let (known, accounts) = (world.account(&[]).await, world.accounts(7).await);
    ask(&caller, ATTACKER, &known.form()).await.body(200);
    let attack = Attack::start(&world).await;
    for account in &accounts[..5] {
        ask(&caller, ELSEWHERE, &account.form()).await.body(200);
    }
    for _ in 0..20 {
        ask(&caller, ATTACKER, &known.form()).await.body(200);
    }
    ask(&caller, NEIGHBOUR, &accounts[5].form()).await.body(200);
    eventually("a cold client of the same address has its token", || async {
        let reply = ask(&caller, ATTACKER, &accounts[6].form()).await;
        if reply.status != 200 {
            reply.is_oauth_error(429, "invalid_client");
            assert!(reply.header("retry-after").is_some());
        }
        reply.status == 200
    })
    .await;
    attack.end().await;
}

#[tokio::test]
async fn a_burst_of_correct_secrets_from_a_failing_network_is_accepted() {
    let mut settings = SLOW.to_vec();
    settings.push(("RATE_LIMIT", "1"));
    let world = World::with(&settings).await;
    let accounts = world.accounts(4).await;
    for _ in 0..20 {
        assert_eq!(made_up(&world.anonymous()).await, 401);
    }
    let mut requests = JoinSet::new();
    for account in accounts {
        let caller = world.anonymous();
        requests.spawn(async move { ask(&caller, ATTACKER, &account.form()).await.status });
    }
    assert_eq!(requests.join_all().await, [200; 4]);
}

#[tokio::test]
async fn failures_without_a_hash_do_not_make_a_network_a_failing_one() {
    let mut settings = SLOW.to_vec();
    settings.push(("RATE_LIMIT", "1"));
    let world = World::with(&settings).await;
    for nth in 0..40 {
        let form =
            [("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y")];
        let status = ask(&world.anonymous(), ATTACKER, &form).await.status;
        assert_eq!(status, if nth == 0 { 401 } else { 429 });
    }
    let address = ATTACKER.parse().expect("an address");
    assert!(!world.app.auth.rate_limit.class(address).is_failing());
}

#[tokio::test]
async fn requests_beyond_the_rate_limit_of_a_network_are_rejected_before_hashing() {
    let mut settings = SLOW.to_vec();
    // 10 failures a minute for a network.
    settings.push(("RATE_LIMIT", "1"));
    let world = World::with(&settings).await;
    // Up to twice the limit is counted: it stays over it for a minute.
    for _ in 0..20 {
        assert_eq!(made_up(&world.anonymous()).await, 401);
    }
    let before = world.app.hasher.hash_count();
    let mut requests = JoinSet::new();
    for _ in 0..300 {
        let caller = world.anonymous();
        requests.spawn(async move { made_up(&caller).await });
    }
    let statuses = requests.join_all().await;
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert!(count(429) > 0 && count(401) + count(429) == 300, "{statuses:?}");
    assert_eq!(world.app.hasher.hash_count() - before, count(401) as u64);
}

#[tokio::test]
async fn requests_beyond_the_hash_queue_get_503() {
    // A hash of some hundred milliseconds, one place before each worker.
    let world = World::with(&[
        ("ARGON2_MEMORY_KIB", "65536"),
        ("ARGON2_ITERATIONS", "3"),
        ("SECRET_QUEUE", "1"),
        ("SECRET_CACHE_ENTRIES", "0"),
    ])
    .await;
    let account = world.admin_account();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = (0..cores * 8).map(|_| {
        let (caller, account) = (world.anonymous(), account.clone());
        tokio::spawn(async move { caller.ask_token(&account.form()).await })
    });
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for reply in asked.collect::<Vec<_>>() {
        *statuses.entry(reply.await.expect("an answer").status).or_default() += 1;
    }
    assert!(statuses.keys().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains_key(&200) && statuses.contains_key(&503), "{statuses:?}");
}
