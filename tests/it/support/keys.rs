//! Key pairs of clients: what they give away, and what they sign.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub enum ClientKeys {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A public key as `openssl pkey -pubout` writes it.
pub fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

impl ClientKeys {
    /// A new key pair that signs with `algorithm`.
    pub fn new(algorithm: &str) -> Self {
        match algorithm {
            "ES256" => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::Ec),
            "EdDSA" | "Ed25519" => Ed25519KeyPair::generate().map(Self::Ed),
            "RS256" | "PS256" => rsa::KeyPair::generate(KeySize::Rsa2048).map(Self::Rsa),
            other => panic!("{other}"),
        }
        .expect("a key pair")
    }

    /// The public half as a JWK.
    pub fn jwk(&self) -> Value {
        match self {
            Self::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
            }
            Self::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()) })
            }
            Self::Rsa(pair) => {
                let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
                let [n, e] = [n, e].map(|it| base64url(it.big_endian_without_leading_zero()));
                json!({ "kty": "RSA", "n": n, "e": e })
            }
        }
    }

    /// The public half in DER.
    pub fn der(&self) -> Vec<u8> {
        let der: Result<PublicKeyX509Der<'_>, _> = match self {
            Self::Ec(pair) => pair.public_key().as_der(),
            Self::Ed(pair) => pair.public_key().as_der(),
            Self::Rsa(pair) => pair.public_key().as_der(),
        };
        der.expect("DER").as_ref().to_vec()
    }

    /// A JWT, signed as its header says.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let parts = [header, claims].map(|part| base64url(part.to_string()));
        let message = parts.join(".");
        let random = SystemRandom::new();
        let signature = match self {
            Self::Ec(pair) => pair.sign(&random, message.as_bytes()).map(|it| it.as_ref().to_vec()),
            Self::Ed(pair) => Ok(pair.sign(message.as_bytes()).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let pss = header["alg"] == "PS256";
                let padding = if pss { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message.as_bytes(), &mut signature).map(|()| signature)
            }
        };
        format!("{message}.{}", base64url(signature.expect("a signature")))
    }
}
