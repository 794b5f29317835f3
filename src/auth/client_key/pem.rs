//! Public keys in PEM (RFC 7468, section 13): what `openssl pkey -pubout` writes.

use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Map, Value};

use super::invalid;
use super::parameters::KeyParameters;
use crate::error::Result;

/// The JWK of the one key in `text`.
pub fn read(text: &str) -> Result<Map<String, Value>> {
    if text.contains("PRIVATE KEY-----") {
        return Err(invalid("must be a public key, not a private key"));
    }
    if text.contains("BEGIN CERTIFICATE-----") {
        return Err(invalid("must be a public key (PUBLIC KEY), not a certificate"));
    }
    let mut keys = SubjectPublicKeyInfoDer::pem_slice_iter(text.as_bytes());
    match (keys.next(), keys.next()) {
        (Some(Ok(key)), None) => Ok(KeyParameters::of_spki(&key)?.jwk()),
        (Some(Ok(_)), Some(_)) => Err(invalid("must be one key, not several")),
        _ => Err(invalid("must be a JWK or a public key in PEM (PUBLIC KEY)")),
    }
}
