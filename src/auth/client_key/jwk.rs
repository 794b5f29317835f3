//! JWKs (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::numbers::Numbers;
use super::{ClientAlgorithm, refused};
use crate::error::Result;

/// The members of private keys.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// The JWK of a key that can verify assertions, with nothing in it but what that takes.
pub fn read(text: &str) -> Result<Map<String, Value>> {
    let given: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| refused("is no JSON object"))?;
    if PRIVATE.iter().any(|member| given.contains_key(*member)) {
        return Err(refused("is a private key: give the public half alone, and keep this secret"));
    }
    let numbers = match (text_of(&given, "kty")?, text_of(&given, "crv")?) {
        (Some("EC"), Some("P-256")) => Numbers::p256(bytes(&given, "x")?, bytes(&given, "y")?),
        (Some("OKP"), Some("Ed25519")) => Numbers::ed25519(bytes(&given, "x")?),
        (Some("RSA"), _) => Numbers::rsa(bytes(&given, "n")?, bytes(&given, "e")?),
        (Some("EC" | "OKP"), _) => Err(refused("has another curve than P-256 or Ed25519")),
        (Some("oct"), _) => Err(refused("is a secret, not a public key")),
        (Some(_), _) => Err(refused("has another kty than EC, OKP or RSA")),
        (None, _) => Err(refused("is no JWK: it has no kty")),
    }?;
    let mut jwk = numbers.jwk();
    if let Some(algorithm) = algorithm(&given, &numbers)? {
        jwk.insert("alg".to_owned(), json!(algorithm));
    }
    if let Some(id) = text_of(&given, "kid")? {
        jwk.insert("kid".to_owned(), json!(id));
    }
    may_verify(&given)?;
    Ok(jwk)
}

/// The algorithm that it is for, if it names one.
fn algorithm(given: &Map<String, Value>, numbers: &Numbers) -> Result<Option<ClientAlgorithm>> {
    let Some(named) = given.get("alg") else { return Ok(None) };
    let named = serde_json::from_value::<ClientAlgorithm>(named.clone()).ok();
    let named = named.filter(|named| numbers.algorithms().contains(named));
    named.map(Some).ok_or_else(|| refused("has an alg that such a key is not taken for here"))
}

/// Whether that is what it is for (RFC 7517, sections 4.2 and 4.3).
fn may_verify(given: &Map<String, Value>) -> Result<()> {
    if text_of(given, "use")?.is_some_and(|of| of != "sig") {
        return Err(refused("has another use than sig"));
    }
    let operations = given.get("key_ops");
    let verifies = |it: &Value| it.as_array().is_some_and(|all| all.contains(&json!("verify")));
    if operations.is_some_and(|it| !verifies(it)) {
        return Err(refused("has key_ops without verify"));
    }
    Ok(())
}

fn text_of<'a>(given: &'a Map<String, Value>, member: &str) -> Result<Option<&'a str>> {
    let Some(value) = given.get(member) else { return Ok(None) };
    value.as_str().map(Some).ok_or_else(|| refused(&format!("has a {member} that is no text")))
}

fn bytes(given: &Map<String, Value>, member: &str) -> Result<Vec<u8>> {
    let text = text_of(given, member)?;
    let bytes = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes.ok_or_else(|| refused(&format!("has no {member} in base64url")))
}
