//! Databases that are away, stop or hang: each request is answered, and nothing is needed to go on.

use std::process::Command;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::cli::KEY;
use crate::support::{Caller, PrivatePostgres, Process, Reply, TestDatabase, eventually, in_time};

/// The longest that an answer may take here: more than what is promised (2 s), as other tests run on
/// the same machine, and less than any timeout of a connection.
const SOON: Duration = Duration::from_secs(5);

fn settings(url: &str) -> Vec<(String, String)> {
    let settings = [
        ("DATABASE_URL", url),
        ("MASTER_KEY", KEY),
        ("ARGON2_MEMORY_KIB", "64"),
        ("ARGON2_ITERATIONS", "1"),
        ("RATE_LIMIT", "off"),
    ];
    settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), (*value).to_owned())).collect()
}

fn run(settings: &[(String, String)], arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    let output = command.args(arguments).envs(settings.iter().cloned()).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// A client of a server, with a token.
struct Client {
    caller: Caller,
    id: String,
    secret: String,
}

impl Client {
    async fn new(server: &Process, settings: &[(String, String)]) -> Self {
        let made = run(settings, &["bootstrap", "--organization", "acme", "--json"]);
        let made: Value = serde_json::from_str(&made).expect("JSON");
        let text = |name: &str| made[name].as_str().expect(name).to_owned();
        let caller = Caller::anonymous(&server.base);
        let client = Self { caller, id: text("client_id"), secret: text("client_secret") };
        let reply = client.token().await;
        let token = reply.body(200)["access_token"].as_str().expect("a token").to_owned();
        Self { caller: client.caller.with_token(&token), ..client }
    }

    async fn token(&self) -> Reply {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.id),
            ("client_secret", &self.secret),
        ];
        Caller { token: None, ..self.caller.clone() }.ask_token(&form).await
    }

    /// Asks every surface, many times at once, and expects each to be unavailable for a moment.
    async fn is_unavailable(&self) {
        let each = (0..60).map(async |nth| {
            let ask = async {
                match nth % 5 {
                    0 => self.caller.graphql("{ viewer { scopes } }", json!({})).await,
                    1 => self.caller.get("/organizations").await,
                    2 => self.caller.patch("/organizations/acme", &json!({ "name": "x" })).await,
                    3 => self.caller.get("/readyz").await,
                    _ => self.token().await,
                }
            };
            let reply = tokio::time::timeout(SOON, ask).await;
            let reply = reply.unwrap_or_else(|_| panic!("request {nth} was not answered"));
            assert_eq!(reply.status, 503, "request {nth}: {reply:?}");
            assert!(nth % 5 == 3 || reply.header("retry-after").is_some(), "{reply:?}");
        });
        join_all(each).await;
    }

    /// Waits until it is served again; from then on, each request is.
    async fn is_served_again(&self) {
        let ready = || async { self.caller.get("/readyz").await.status == 200 };
        eventually("the server is ready again", ready).await;
        for _ in 0..20 {
            self.token().await.body(200);
            self.caller.get("/organizations").await.body(200);
        }
    }
}

async fn serve(postgres: &PrivatePostgres) -> (Process, Client) {
    let settings = settings(&postgres.url);
    run(&settings, &["migrate", "up"]);
    let server = Process::start(&settings).await;
    let client = Client::new(&server, &settings).await;
    (server, client)
}

#[tokio::test]
async fn requests_get_503_while_the_database_is_stopped() {
    let Some(postgres) = PrivatePostgres::start() else { return };
    let (_server, client) = serve(&postgres).await;
    postgres.stop();
    client.is_unavailable().await;
    client.is_unavailable().await;
    postgres.restart();
    client.is_served_again().await;
}

#[tokio::test]
async fn requests_get_503_while_the_database_is_frozen() {
    let Some(postgres) = PrivatePostgres::start() else { return };
    let (_server, client) = serve(&postgres).await;
    postgres.signal("-STOP", true);
    client.is_unavailable().await;
    client.is_unavailable().await;
    postgres.signal("-CONT", true);
    client.is_served_again().await;
}

#[tokio::test]
async fn frozen_connections_are_replaced_if_new_ones_work() {
    let Some(postgres) = PrivatePostgres::start() else { return };
    let (_server, client) = serve(&postgres).await;
    postgres.signal("-STOP", false);
    let served = || async { client.token().await.status == 200 };
    eventually("a token is issued on a new connection", served).await;
    client.is_served_again().await;
}

#[tokio::test]
async fn a_server_listens_before_migration_and_becomes_ready_after_it() {
    let database = TestDatabase::new().await;
    let settings = settings(&database.url);
    let mut server = Process::spawn(&settings);
    let caller = Caller::anonymous(&server.base);
    let alive = format!("{}/healthz", server.base);
    let listens = || async { reqwest::get(&alive).await.is_ok_and(|it| it.status() == 200) };
    eventually("the server listens", listens).await;
    assert_eq!(caller.get("/readyz").await.status, 503);
    let secret = postern::secret::ClientSecret::generate();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "svfV9ibqCbm8tB15SdaiE"),
        ("client_secret", secret.reveal()),
    ];
    caller.ask_token(&form).await.is_oauth_error(503, "temporarily_unavailable");
    run(&settings, &["migrate", "up"]);
    server.wait_until_ready().await;
    Client::new(&server, &settings).await;
}

#[tokio::test]
async fn a_server_without_a_database_exits_after_the_configured_wait() {
    let database = TestDatabase::new().await;
    let mut settings = settings(&database.url);
    settings.push(("POSTERN_DATABASE_WAIT_SECONDS".to_owned(), "1".to_owned()));
    let mut server = Process::spawn(&settings);
    let ended = tokio::task::spawn_blocking(move || server.child.wait().expect("its end"));
    assert_eq!(in_time("the server ends", ended).await.expect("a code").code(), Some(1));
}
