//! An API that verifies tokens by the published keys, as libraries do: it fetches them again when
//! its copy is older than it may be, and never because of a token.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::Value;

use super::{JWKS, header};
use crate::support::Caller;

pub struct Verifier {
    at: Caller,
    keys: JwkSet,
    until: DateTime<Utc>,
}

impl Verifier {
    pub fn new(at: &Caller) -> Self {
        Self { at: at.clone(), keys: JwkSet { keys: Vec::new() }, until: DateTime::default() }
    }

    /// Why the token is not a good one at `now`.
    pub async fn refuses(&mut self, token: &str, now: DateTime<Utc>) -> Option<String> {
        if now >= self.until {
            self.fetch(now).await;
        }
        let header = header(token);
        let Some(key) = self.keys.find(&header.kid.expect("a kid")) else {
            return Some("the key is not known".to_owned());
        };
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&["https://postern.test"]);
        validation.set_issuer(&["https://postern.test"]);
        // The test has a clock of its own.
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(key).expect("a key");
        match decode::<Value>(token, &key, &validation) {
            Ok(data) if data.claims["exp"].as_i64() > Some(now.timestamp()) => None,
            Ok(_) => Some("the token has expired".to_owned()),
            Err(error) => Some(error.to_string()),
        }
    }

    async fn fetch(&mut self, now: DateTime<Utc>) {
        let reply = self.at.get(JWKS).await;
        let control = reply.header("cache-control").expect("how long it may be kept");
        let max_age = control.strip_prefix("public, max-age=").expect("a max-age");
        self.until = now + TimeDelta::seconds(max_age.parse().expect("seconds"));
        self.keys = serde_json::from_str(&reply.text).expect("keys");
    }
}
