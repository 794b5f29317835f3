//! An API that verifies tokens with a copy of the published keys.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::http;

/// The maximum age of a copy.
pub const MAX_AGE: Duration = Duration::from_secs(2);

/// Published keys by their ids.
type Keys = Arc<HashMap<String, DecodingKey>>;

/// A verifier. It fetches the keys when its copy is too old, and never because of a token.
pub struct Verifier {
    address: SocketAddr,
    copy: Mutex<Option<(Keys, Instant)>>,
}

impl Verifier {
    /// A verifier of the keys of one server.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, copy: Mutex::default() }
    }

    /// The key that signed a valid token; `None` for any other token.
    pub async fn verify(&self, token: &str) -> Option<String> {
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
            && fetched.elapsed() < MAX_AGE
        {
            return Arc::clone(keys);
        }
        let request = http::request("GET", "/.well-known/jwks.json", &[], "");
        let body = http::fetch(self.address, &request).await;
        let set: JwkSet = serde_json::from_slice(&body).expect("a key set");
        let keys = set.keys.iter().map(|key| {
            let kid = key.common.key_id.clone().expect("a kid");
            (kid, DecodingKey::from_jwk(key).expect("a key"))
        });
        let keys: Keys = Arc::new(keys.collect());
        *copy = Some((Arc::clone(&keys), Instant::now()));
        keys
    }
}
