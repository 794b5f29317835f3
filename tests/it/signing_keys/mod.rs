//! Signing keys and master keys while they change.

mod algorithms;
mod expiry;
mod jwks_client;
mod master_key_rotation;
mod revocation;
mod rotation;

use entity::signing_key;
use jwks_client::Verifier;
use postern::app::App;
use postern::signing_keys;
use serde_json::{Value, json};

use crate::support::{Caller, VIEWER, World};

const JWKS: &str = "/.well-known/jwks.json";

/// The header of a token.
fn header(token: &str) -> jsonwebtoken::Header {
    jsonwebtoken::decode_header(token).expect("a header")
}

/// The ids of the keys that are published, in order.
async fn published(at: &Caller) -> Vec<String> {
    let keys = at.get(JWKS).await.body(200)["keys"].clone();
    let ids = keys.as_array().expect("keys").iter().map(|key| key["kid"].clone());
    ids.map(|id| id.as_str().expect("a kid").to_owned()).collect()
}

/// The keys that there are, the newest first.
async fn rows(world: &World) -> Vec<signing_key::Model> {
    let keys = signing_keys::all(world.app.db.reader()).await.expect("keys");
    keys.iter().cloned().collect()
}

/// A token of the admin, fetched there.
async fn token(world: &World, at: &Caller) -> String {
    let reply = at.ask_token(&world.admin_account().form()).await.body(200);
    reply["access_token"].as_str().expect("a token").to_owned()
}

/// Whether the API takes the token there.
async fn opens(at: &Caller, token: &str) -> bool {
    at.with_token(token).graphql(VIEWER, Value::Null).await.json()["data"] != json!(null)
}

/// What the server does each minute by itself.
async fn maintain(app: &App) {
    app.keys.maintain().await.expect("the keys are kept");
}
