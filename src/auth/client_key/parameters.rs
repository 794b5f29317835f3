//! Validated parameters of public keys.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use aws_lc_rs::signature::{RsaPublicKeyComponents, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use curve25519_dalek::edwards::CompressedEdwardsY;
use serde_json::{Map, Value, json};

use super::{ClientAlgorithm, invalid};
use crate::error::Result;

/// The valid lengths of RSA moduli, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The parameters of a public key.
pub enum KeyParameters {
    /// A point of P-256.
    P256 { x: Vec<u8>, y: Vec<u8> },
    /// A point of Ed25519, compressed.
    Ed25519(Vec<u8>),
    /// Modulus and exponent.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl KeyParameters {
    /// A point of P-256 by its coordinates, of 32 bytes each.
    pub fn p256(x: Vec<u8>, y: Vec<u8>) -> Result<Self> {
        // Uncompressed (SEC 1, section 2.3.3).
        let point = [&[4], x.as_slice(), &y].concat();
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point);
        if x.len() == 32 && y.len() == 32 && parsed.is_ok() {
            Ok(Self::P256 { x, y })
        } else {
            Err(invalid("x and y must be a point of P-256"))
        }
    }

    /// A point of Ed25519, compressed (RFC 8032, section 5.1.2), of large
    /// order and in canonical form: no signature verifies without the private key.
    pub fn ed25519(point: Vec<u8>) -> Result<Self> {
        let compressed = CompressedEdwardsY::from_slice(&point).ok();
        let valid = compressed.is_some_and(|it| {
            it.decompress().is_some_and(|that| !that.is_small_order() && that.compress() == it)
        });
        if valid { Ok(Self::Ed25519(point)) } else { Err(invalid("x must be a point of Ed25519")) }
    }

    /// An RSA key by its modulus and exponent.
    pub fn rsa(n: Vec<u8>, e: Vec<u8>) -> Result<Self> {
        let der = RsaPublicKeyComponents { n, e }.as_der();
        der.ok()
            .and_then(|der| rsa_of(der.as_ref()))
            .ok_or_else(|| invalid("must be a valid RSA key"))?
    }

    /// The key of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7; RFC 5480; RFC 8410), in canonical
    /// form.
    pub fn of_spki(der: &[u8]) -> Result<Self> {
        if is_canonical(&ECDSA_P256_SHA256_FIXED, der)
            && let Some([4, point @ ..]) = der.last_chunk::<65>()
        {
            let (x, y) = point.split_at(32);
            return Self::p256(x.to_vec(), y.to_vec());
        }
        if is_canonical(&ED25519, der)
            && let Some(point) = der.last_chunk::<32>()
        {
            return Self::ed25519(point.to_vec());
        }
        let other = "must be a key of P-256 (with an uncompressed point), Ed25519 or RSA";
        rsa_of(der).ok_or_else(|| invalid(other))?
    }

    /// The algorithms that it supports.
    pub fn algorithms(&self) -> &'static [ClientAlgorithm] {
        match self {
            Self::P256 { .. } => &[ClientAlgorithm::ES256],
            Self::Ed25519(_) => &[ClientAlgorithm::EdDSA],
            Self::Rsa { .. } => &[ClientAlgorithm::RS256, ClientAlgorithm::PS256],
        }
    }

    /// The members of a JWK.
    pub fn jwk(&self) -> Map<String, Value> {
        let base64 = |bytes: &[u8]| json!(URL_SAFE_NO_PAD.encode(bytes));
        let members = match self {
            Self::P256 { x, y } => {
                vec![
                    ("kty", json!("EC")),
                    ("crv", json!("P-256")),
                    ("x", base64(x)),
                    ("y", base64(y)),
                ]
            }
            Self::Ed25519(x) => {
                vec![("kty", json!("OKP")), ("crv", json!("Ed25519")), ("x", base64(x))]
            }
            Self::Rsa { n, e } => vec![("kty", json!("RSA")), ("n", base64(n)), ("e", base64(e))],
        };
        let members = members.into_iter().chain([("use", json!("sig"))]);
        members.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The RSA key of a `SubjectPublicKeyInfo`; `None` for other keys.
fn rsa_of(der: &[u8]) -> Option<Result<KeyParameters>> {
    let key = rsa::PublicKey::from_der(der).ok()?;
    let written: PublicKeyX509Der<'_> = key.as_der().ok()?;
    let [n, e] =
        [key.modulus(), key.exponent()].map(|it| it.big_endian_without_leading_zero().to_vec());
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    (written.as_ref() == der).then(|| {
        if RSA_BITS.contains(&bits) {
            Ok(KeyParameters::Rsa { n, e })
        } else {
            Err(invalid("must be an RSA key of 2048 to 8192 bits"))
        }
    })
}

/// Whether `der` is the canonical encoding of a key for `algorithm`.
fn is_canonical(algorithm: &'static dyn VerificationAlgorithm, der: &[u8]) -> bool {
    let parsed = ParsedPublicKey::new(algorithm, der);
    let written: Option<PublicKeyX509Der<'_>> = parsed.ok().and_then(|key| key.as_der().ok());
    written.is_some_and(|written| written.as_ref() == der)
}
