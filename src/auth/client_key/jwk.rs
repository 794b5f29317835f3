//! JWKs (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::parameters::KeyParameters;
use super::{ClientAlgorithm, invalid};
use crate::error::Result;

/// The members of private keys.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// The JWK of a key that can verify assertions, reduced to the members that verification needs.
pub fn read(text: &str) -> Result<Map<String, Value>> {
    let given: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| invalid("must be a JSON object"))?;
    if PRIVATE.iter().any(|member| given.contains_key(*member)) {
        return Err(invalid("must be a public key, not a private key"));
    }
    let parameters = match (text_of(&given, "kty")?, text_of(&given, "crv")?) {
        (Some("EC"), Some("P-256")) => {
            KeyParameters::p256(bytes(&given, "x")?, bytes(&given, "y")?)
        }
        (Some("OKP"), Some("Ed25519")) => KeyParameters::ed25519(bytes(&given, "x")?),
        (Some("RSA"), _) => KeyParameters::rsa(bytes(&given, "n")?, bytes(&given, "e")?),
        (Some("EC" | "OKP"), _) => Err(invalid("crv must be P-256 or Ed25519")),
        (Some("oct"), _) => Err(invalid("must be a public key, not a secret")),
        (Some(_), _) => Err(invalid("kty must be EC, OKP or RSA")),
        (None, _) => Err(invalid("kty is required")),
    }?;
    let mut jwk = parameters.jwk();
    if let Some(algorithm) = algorithm(&given, &parameters)? {
        jwk.insert("alg".to_owned(), json!(algorithm));
    }
    if let Some(id) = text_of(&given, "kid")? {
        jwk.insert("kid".to_owned(), json!(id));
    }
    permit_use(&given)?;
    Ok(jwk)
}

/// Its `alg`, if it has one.
fn algorithm(
    given: &Map<String, Value>,
    parameters: &KeyParameters,
) -> Result<Option<ClientAlgorithm>> {
    let Some(named) = given.get("alg") else { return Ok(None) };
    let named = serde_json::from_value::<ClientAlgorithm>(named.clone()).ok();
    let named = named.filter(|named| parameters.algorithms().contains(named));
    named.map(Some).ok_or_else(|| {
        invalid("alg must be one that this type of key supports: ES256, EdDSA, PS256 or RS256")
    })
}

/// Rejects keys for other uses (RFC 7517, sections 4.2 and 4.3).
fn permit_use(given: &Map<String, Value>) -> Result<()> {
    if text_of(given, "use")?.is_some_and(|of| of != "sig") {
        return Err(invalid("use must be sig"));
    }
    let operations = given.get("key_ops");
    let verifies = |it: &Value| it.as_array().is_some_and(|all| all.contains(&json!("verify")));
    if operations.is_some_and(|it| !verifies(it)) {
        return Err(invalid("key_ops must contain verify"));
    }
    Ok(())
}

fn text_of<'a>(given: &'a Map<String, Value>, member: &str) -> Result<Option<&'a str>> {
    let Some(value) = given.get(member) else { return Ok(None) };
    value.as_str().map(Some).ok_or_else(|| invalid(&format!("{member} must be a string")))
}

fn bytes(given: &Map<String, Value>, member: &str) -> Result<Vec<u8>> {
    let text = text_of(given, member)?;
    let bytes = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes.ok_or_else(|| invalid(&format!("{member} must be base64url")))
}
