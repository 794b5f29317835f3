//! Key pairs: generation, parsing, signatures, and public keys as JWK.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::SigningKeyId;
use jsonwebtoken::jwk::Jwk;
use serde_json::json;
use zeroize::Zeroizing;

use crate::config::SigningAlgorithm;
use crate::error::{Error, Result};

/// A key pair of one algorithm.
pub enum SigningKeyPair {
    /// ES256.
    Ecdsa(EcdsaKeyPair),
    /// `EdDSA`.
    Ed25519(Ed25519KeyPair),
    /// RS256.
    Rsa(rsa::KeyPair),
}

impl SigningKeyPair {
    /// Generates a key pair; also returns its private key as PKCS#8.
    ///
    /// # Errors
    /// `Internal` when the random generator fails.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<(Self, Zeroizing<Vec<u8>>)> {
        let random = SystemRandom::new();
        let private = match algorithm {
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                    .map(|document| document.as_ref().to_vec())
            }
            SigningAlgorithm::EdDSA => {
                Ed25519KeyPair::generate_pkcs8v1(&random).map(|document| document.as_ref().to_vec())
            }
            SigningAlgorithm::RS256 => rsa::KeyPair::generate(KeySize::Rsa2048)
                .and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair))
                .map(|document| document.as_ref().to_vec()),
        };
        let private = Zeroizing::new(private.map_err(Error::internal)?);
        Ok((Self::parse(algorithm, &private)?, private))
    }

    /// Parses a private key in PKCS#8.
    ///
    /// # Errors
    /// `Internal` when the document is malformed or of another algorithm.
    pub fn parse(algorithm: SigningAlgorithm, private: &[u8]) -> Result<Self> {
        let parsed = match algorithm {
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private).map(Self::Ecdsa)
            }
            SigningAlgorithm::EdDSA => Ed25519KeyPair::from_pkcs8(private).map(Self::Ed25519),
            SigningAlgorithm::RS256 => rsa::KeyPair::from_pkcs8(private).map(Self::Rsa),
        };
        parsed.map_err(Error::internal)
    }

    /// Computes a JWS signature (RFC 7518, section 3; RFC 8037, section 3.1).
    ///
    /// # Errors
    /// `Internal` when the random generator fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        let signature = match self {
            Self::Ecdsa(pair) => pair.sign(&random, message).map(|it| it.as_ref().to_vec()),
            Self::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
        };
        signature.map_err(Error::internal)
    }

    /// The public key as JWK (RFC 7517).
    ///
    /// # Errors
    /// `Internal` when the JWK is invalid.
    pub fn public_jwk(&self, id: &SigningKeyId) -> Result<Jwk> {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self {
            Self::Ecdsa(pair) => {
                // An uncompressed point: the byte 4, x, y (SEC 1, section 2.3.3).
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "x": base64(x), "y": base64(y) })
            }
            Self::Ed25519(pair) => {
                let x = base64(pair.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": x })
            }
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let n = base64(public.modulus().big_endian_without_leading_zero());
                let e = base64(public.exponent().big_endian_without_leading_zero());
                json!({ "kty": "RSA", "alg": "RS256", "n": n, "e": e })
            }
        };
        jwk["kid"] = json!(id);
        jwk["use"] = json!("sig");
        serde_json::from_value(jwk).map_err(Error::internal)
    }
}
