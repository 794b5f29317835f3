//! What Postern is compared with, over the same parts: the limit, which knows no client; the plain
//! way; and one statement after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::credential;
use postern::app::App;
use postern::auth::ActiveClient;
use postern::clock::Clock;
use postern::config::Config;
use postern::random;
use postern::secret::{ClientSecret, QueueClass, Verdict};
use postern::store::{Db, Purpose};
use serde_json::{Value, json};

use crate::tokens;

#[derive(Clone)]
struct Peer {
    app: App,
    /// Whose token every answer is.
    client: Arc<ActiveClient>,
    kind: Kind,
    key: Arc<Key>,
    known: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Parses what was sent and signs a token.
    Limit,
    /// Hashes the secret of each request; a SELECT and an UPDATE for each.
    Plain,
    /// Knows secrets again, as Postern does; a SELECT and an UPDATE for each request.
    OneByOne,
}

/// Serves until it is killed.
pub async fn serve(kind: &str, client_id: &str) {
    let kind = match kind {
        "limit" => Kind::Limit,
        "plain" => Kind::Plain,
        "one-by-one" => Kind::OneByOne,
        other => unreachable!("no peer is called {other}"),
    };
    let config = Config::load(None, std::env::vars(), &[]).expect("settings");
    let db = Db::connect(&config.database, Purpose::Serve).await.expect("a database");
    let app = App::new(config, Clock::System, db).expect("an app");
    app.keys.load().await.expect("keys");
    let client = app.auth.lookup.by_client_id(client_id).await.expect("an answer");
    let client = client.expect("an active client");
    let listener = tokio::net::TcpListener::bind(&app.config.listen).await.expect("an address");
    let key = Arc::new(Key::new(HMAC_SHA256, &random::bytes(32)));
    let peer = Peer { app, client, kind, key, known: Arc::default() };
    let routes = Router::new()
        .route("/readyz", get(async || Json(json!({}))))
        .route("/oauth/token", post(issue))
        .with_state(peer);
    axum::serve(listener, routes).await.expect("it serves");
}

async fn issue(
    State(peer): State<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, StatusCode> {
    let form: HashMap<_, _> = url::form_urlencoded::parse(&body).collect();
    if form.get("grant_type").map(AsRef::as_ref) != Some("client_credentials") {
        return Err(StatusCode::BAD_REQUEST);
    }
    let (client_id, secret) = basic(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    if peer.kind != Kind::Limit && !peer.prove(&client_id, &secret).await {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let issued = peer
        .app
        .auth
        .issue(&peer.client.credential, &peer.app.auth.own_terms(None))
        .expect("a token");
    Ok(Json(json!({ "access_token": issued.token, "token_type": "Bearer", "expires_in": 3600 })))
}

impl Peer {
    async fn prove(&self, client_id: &str, secret: &str) -> bool {
        let db = &self.app.db;
        let row = credential::Entity::any_tenant_by_client_id(client_id).one(db.reader()).await;
        let Some(row) = row.expect("an answer") else { return false };
        let Some(secret) = ClientSecret::parse(secret) else { return false };
        let Some(hash) = row.secret_hash.as_deref() else { return false };
        let proven = [row.id.as_str(), hash, secret.reveal()].join(" ");
        let digest = sign(&self.key, proven.as_bytes()).as_ref().to_vec();
        let known = self.known.lock().expect("the known").get(client_id) == Some(&digest);
        if self.kind == Kind::Plain || !known {
            let verdict = self.app.hasher.verify(QueueClass::Operator, &secret, Some(hash)).await;
            if !matches!(verdict, Ok(Verdict::Right { .. })) {
                return false;
            }
            self.known.lock().expect("the known").insert(client_id.to_owned(), digest);
        }
        tokens::stamp(&self.app, &row.id).await.is_ok_and(|rows| rows == 1)
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let given = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(given).ok()?).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((client_id.to_owned(), secret.to_owned()))
}
