//! How credentials authenticate.

/// The method of client authentication (RFC 7591, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// A client secret.
    ClientSecret,
    /// A JWT that the client signs with its private key (RFC 7523).
    PrivateKeyJwt,
}

/// The stored hash or key that authenticates a client. It has no `Debug`: a hash stays in its row.
#[derive(Clone, PartialEq, Eq)]
pub enum Authenticator {
    /// The Argon2id hash of its secret, as a PHC string.
    ClientSecret(String),
    /// Its public key, as a JWK (RFC 7517) in JSON.
    PublicKey(String),
}

impl Authenticator {
    /// Reads the columns `secret_hash` and `public_key`; `None`: a row that lacks both.
    #[must_use]
    pub fn from_columns(secret_hash: Option<String>, public_key: Option<String>) -> Option<Self> {
        public_key.map(Self::PublicKey).or(secret_hash.map(Self::ClientSecret))
    }

    /// The columns `secret_hash` and `public_key`.
    pub(super) fn into_columns(self) -> (Option<String>, Option<String>) {
        match self {
            Self::ClientSecret(hash) => (Some(hash), None),
            Self::PublicKey(jwk) => (None, Some(jwk)),
        }
    }

    /// The hash of the secret, if it is one.
    #[must_use]
    pub fn secret_hash(&self) -> Option<&str> {
        match self {
            Self::ClientSecret(hash) => Some(hash),
            Self::PublicKey(_) => None,
        }
    }

    /// The public key, if it is one.
    #[must_use]
    pub fn public_key(&self) -> Option<&str> {
        match self {
            Self::PublicKey(jwk) => Some(jwk),
            Self::ClientSecret(_) => None,
        }
    }
}
