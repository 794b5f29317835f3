//! Signing keys: made ahead of use, sealed at rest, the same for every replica.
//!
//! Each is published before it signs and after it has signed, for long enough that nobody who
//! verifies tokens meets one whose key is not known ([`crate::config::KeyTimes`]). When one is due
//! is told by the rows and the clock alone (`schedule.rs`).

mod key_pair;
mod keyring;
mod revoke;
mod rotation;
mod schedule;
mod signer;

use std::str::FromStr;
use std::time::Duration;

use entity::{SigningKeyId, signing_key};
use jsonwebtoken::Algorithm;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Expr;

use crate::config::MasterKeys;
use crate::encryption::{self, Aad};
use crate::error::{Error, Result};
use crate::store;
pub use keyring::{Keyring, PublicKey};
pub use revoke::{RevokedKey, Successor};
use schedule::Trigger;
pub use schedule::{KeyStatus, Keys, PlannedKey};
use signer::Signer;

/// How often each replica reads the keys: one that was revoked elsewhere signs here, and its tokens
/// are accepted, for this long and the time of one statement.
pub const READ_EVERY: Duration = Duration::from_secs(2);

/// All keys of this installation.
///
/// # Errors
/// What the database answers.
pub async fn all(db: &impl ConnectionTrait) -> Result<Keys> {
    Ok(Keys::new(signing_key::Entity::of_installation().all(db).await?))
}

impl Keyring {
    /// Loads the keys when a replica starts: creates the first key, or the first of another
    /// algorithm, if it is missing, and reads all of them.
    ///
    /// # Errors
    /// The database does not answer; `Internal` when the master keys do not decrypt the current key.
    pub async fn load(&self) -> Result<()> {
        self.create_planned(Trigger::Start).await?;
        self.load_first().await
    }

    /// Maintains the keys, each minute on every replica: reads them, creates the next one when it
    /// is due, and deletes those whose tokens have all expired.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn maintain(&self) -> Result<()> {
        // First: a replica that cannot write goes on with the keys of other replicas.
        self.reload().await?;
        self.create_planned(Trigger::Maintenance).await?;
        self.delete_expired().await?;
        self.reload().await
    }

    /// The key that [`Self::rotate`] would create; `None` while a next key is published already.
    ///
    /// # Errors
    /// As [`Self::rotate`].
    pub async fn planned(&self) -> Result<Option<PlannedKey>> {
        self.plan(Trigger::Command).await
    }

    /// Creates the next key ahead of its time; `None` while a next key is published already.
    ///
    /// # Errors
    /// The database does not answer; `Internal` when the master keys do not decrypt the current key.
    pub async fn rotate(&self) -> Result<Option<signing_key::Model>> {
        self.create_planned(Trigger::Command).await
    }

    /// Re-encrypts the private keys under the first master key; returns how many were encrypted
    /// under another.
    ///
    /// # Errors
    /// The database does not answer; `Internal` when none of the master keys decrypts one.
    pub async fn reencrypt(&self) -> Result<u64> {
        let (masters, mut count) = (self.masters()?, 0);
        for key in all(self.db.reader()).await?.iter() {
            let old = &key.sealed_private_key;
            let new = encryption::reencrypt(masters, private_key_of(&key.id), old)?;
            let Some(new) = new else { continue };
            let update = signing_key::Entity::update_while(&key.id, old)
                .col_expr(signing_key::Column::SealedPrivateKey, Expr::value(new));
            count += update.exec(self.db.writer()).await?.rows_affected;
        }
        Ok(count)
    }

    /// Deletes keys by the clock that all replicas share: a key that a replica with a wrong clock
    /// deleted would be missing for all of them.
    async fn delete_expired(&self) -> Result<()> {
        let now = store::database_now(self.db.reader(), &self.clock).await?;
        for id in all(self.db.reader()).await?.ended(&self.times, now) {
            tracing::info!(signing_key.id = %id, "signing key deleted after its last token expired");
            signing_key::Entity::delete_one(&id).exec(self.db.writer()).await?;
        }
        Ok(())
    }
}

/// Whether one of the master keys decrypts the private half of a key.
#[must_use]
pub fn decrypts(masters: &MasterKeys, key: &signing_key::Model) -> bool {
    Signer::open(masters, key).is_ok()
}

/// Where the private half of key `id` is kept.
fn private_key_of(id: &SigningKeyId) -> Aad<'_> {
    Aad { column: "signing_keys.private_key", row: id.as_str() }
}

fn masters(set: Option<&MasterKeys>) -> Result<&MasterKeys> {
    set.ok_or_else(|| Error::internal("there is no master key to open signing keys with"))
}

fn jose(name: &str) -> Result<Algorithm> {
    Algorithm::from_str(name).map_err(Error::internal)
}
