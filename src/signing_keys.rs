//! Signing keys: created ahead of use, encrypted at rest, equal on every replica.
//!
//! Each key is published before it signs and after its last signature, for long enough that a
//! verifier knows the key of every valid token ([`crate::config::KeyTimes`]). The rows and the
//! clock alone decide which key signs (`schedule.rs`).

mod key_pair;
mod keyring;
mod maintenance;
mod reencryption;
mod revocation;
mod rotation;
mod schedule;
mod signer;
mod statement;

use std::time::Duration;

use entity::signing_key;
use sea_orm::ConnectionTrait;

use crate::error::Result;

pub use keyring::{Keyring, PublicKey};
pub use revocation::{RevokedKey, Successor};
pub use schedule::{KeySchedule, KeyStatus, PlannedKey};
pub use signer::decrypts;
pub use statement::{SignedStatement, key_id, verified_claims};

/// The interval at which each replica reads the keys: for this long and the time of one statement,
/// a key that another replica revoked still signs here, and its tokens are accepted.
pub const RELOAD_INTERVAL: Duration = Duration::from_secs(2);

/// Reads the schedule of all keys of this installation.
///
/// # Errors
/// The database does not respond.
pub async fn all(db: &impl ConnectionTrait) -> Result<KeySchedule> {
    Ok(KeySchedule::new(signing_key::Entity::of_installation().all(db).await?))
}
