//! Simpler token endpoints with the same parts: a ceiling without clients, one statement per
//! request, and a baseline that also hashes each secret.

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
use postern::secret::{ClientSecret, QueueClass, SecretVerification};
use postern::store::{ConnectMode, Db};
use serde_json::{Value, json};

use crate::tokens;

#[derive(Clone)]
struct Peer {
    app: App,
    /// The client of every token.
    client: Arc<ActiveClient>,
    kind: Kind,
    key: Arc<Key>,
    verified: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Parses each request and signs a token.
    Ceiling,
    /// Hashes the secret of each request; one SELECT and one UPDATE for each.
    Baseline,
    /// Caches verified secrets, as Postern does; one SELECT and one UPDATE for each request.
    OneByOne,
}

/// Serves until the process is killed.
pub async fn serve(kind: &str, client_id: &str) {
    let kind = match kind {
        "ceiling" => Kind::Ceiling,
        "baseline" => Kind::Baseline,
        "one-by-one" => Kind::OneByOne,
        other => unreachable!("unknown peer {other}"),
    };
    let config = Config::load(None, std::env::vars(), &[]).expect("settings");
    let db = Db::connect(&config.database, ConnectMode::Serve).await.expect("a database");
    let app = App::new(config, Clock::System, db).expect("an app");
    app.keys.load().await.expect("keys");
    let client = app.auth.lookup.by_client_id(client_id).await.expect("a result");
    let client = client.expect("an active client");
    let listener = tokio::net::TcpListener::bind(&app.config.listen).await.expect("an address");
    let key = Arc::new(Key::new(HMAC_SHA256, &random::bytes(32)));
    let peer = Peer { app, client, kind, key, verified: Arc::default() };
    let routes = Router::new()
        .route("/readyz", get(async || Json(json!({}))))
        .route("/oauth/token", post(issue))
        .with_state(peer);
    axum::serve(listener, routes).await.expect("a server");
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
    if peer.kind != Kind::Ceiling && !peer.authenticate(&client_id, &secret).await {
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
    async fn authenticate(&self, client_id: &str, secret: &str) -> bool {
        let db = &self.app.db;
        let row = credential::Entity::any_tenant_by_client_id(client_id).one(db.reader()).await;
        let Some(row) = row.expect("a result") else { return false };
        let Some(secret) = ClientSecret::parse(secret) else { return false };
        let Some(hash) = row.secret_hash.as_deref() else { return false };
        let verified = [row.id.as_str(), hash, secret.reveal()].join(" ");
        let digest = sign(&self.key, verified.as_bytes()).as_ref().to_vec();
        let is_cached = self.verified.lock().expect("a lock").get(client_id) == Some(&digest);
        if self.kind == Kind::Baseline || !is_cached {
            let verdict = self.app.hasher.verify(QueueClass::Operator, &secret, Some(hash)).await;
            if !matches!(verdict, Ok(SecretVerification::Match { .. })) {
                return false;
            }
            self.verified.lock().expect("a lock").insert(client_id.to_owned(), digest);
        }
        tokens::record_usage(&self.app, &row.id).await.is_ok_and(|rows| rows == 1)
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((client_id.to_owned(), secret.to_owned()))
}
