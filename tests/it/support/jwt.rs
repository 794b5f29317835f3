//! The parts of JWTs, read without verification.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Reply;

/// The header (0) or the claims (1) of a token.
pub fn jwt_part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// The claims of the access token in a response of the token endpoint.
pub fn claims(reply: &Reply) -> Value {
    jwt_part(reply.body(200)["access_token"].as_str().expect("a token"), 1)
}
