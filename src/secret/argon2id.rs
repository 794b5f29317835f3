//! Argon2id hashes of secrets (RFC 9106), as PHC strings.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::ClientSecret;
use crate::error::{Error, Result};

/// The PHC string of a secret.
pub(super) fn hash(params: &Params, secret: &ClientSecret) -> Result<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = argon2.hash_password(secret.reveal().as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// Whether a PHC string is the hash of the secret.
pub(super) fn matches(secret: &ClientSecret, stored: &str) -> Result<bool> {
    let stored = PasswordHash::new(stored).map_err(Error::internal)?;
    Ok(Argon2::default().verify_password(secret.reveal().as_bytes(), &stored).is_ok())
}

/// Whether a PHC string has these parameters.
pub(super) fn has_params(stored: &str, params: &Params) -> Result<bool> {
    let stored = PasswordHash::new(stored).map_err(Error::internal)?;
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(Params::try_from(&stored).is_ok_and(|stored| cost(&stored) == cost(params)))
}
