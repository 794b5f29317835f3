//! Revocation of a signing key that somebody else may have.

use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::schedule::{KeyStatus, Keys};
use super::signer::Signer;
use super::{Keyring, all, rotation};
use crate::config::SigningAlgorithm;
use crate::error::{Error, Result};
use crate::store::{self, in_transaction};

/// A key that was revoked.
pub struct RevokedKey {
    /// Its row, which is deleted.
    pub key: signing_key::Model,
    /// What it was.
    pub status: KeyStatus,
    /// The key that signs in its place; none, if it did not sign.
    pub successor: Option<Successor>,
}

/// The key that signs from now on.
pub struct Successor {
    /// Its id.
    pub id: SigningKeyId,
    /// Whether it was published before, so that verifiers may know it already.
    pub was_published: bool,
}

impl Keyring {
    /// Revokes a signing key. The next one, or a new one, signs at once; tokens of the revoked one
    /// are rejected by each replica as soon as it has read the keys again.
    ///
    /// # Errors
    /// `NotFound`; `Internal` when the master keys do not decrypt the current key or the next one;
    /// the database does not answer.
    pub async fn revoke(&self, id: &SigningKeyId) -> Result<RevokedKey> {
        let spare = self.spare(id).await?;
        let revoked = in_transaction!(self.db, transaction => {
            store::hold(transaction, "signing_keys").await?;
            let now = store::database_now(transaction, &self.clock).await?;
            let keys = all(transaction).await?;
            let (key, status) = keys.statuses(now).find(|(key, _)| key.id == *id).ok_or_else(unknown)?;
            let successor = if status == KeyStatus::Current {
                let (mut row, was_published) = self.successor(&keys, spare.clone(), now)?;
                row.activates_at = Set(now);
                let row = if was_published {
                    row.update(transaction).await?
                } else {
                    row.created_at = Set(now);
                    row.insert(transaction).await?
                };
                Some(Successor { id: row.id, was_published })
            } else {
                None
            };
            signing_key::Entity::delete_one(id).exec(transaction).await?;
            Ok(RevokedKey { key: key.clone(), status, successor })
        })?;
        tracing::warn!(signing_key.id = %id, "signing key revoked");
        Ok(revoked)
    }

    /// The next key, with whether it was published; or the spare one.
    fn successor(
        &self,
        keys: &Keys,
        spare: signing_key::ActiveModel,
        now: DateTime<Utc>,
    ) -> Result<(signing_key::ActiveModel, bool)> {
        let next = keys.statuses(now).filter(|(_, status)| *status == KeyStatus::Next).last();
        let Some((next, _)) = next else { return Ok((spare, false)) };
        Signer::open(self.masters()?, next)?;
        Ok((next.clone().into(), true))
    }

    /// A new key of the same algorithm, generated outside of the transaction that may need it.
    async fn spare(&self, id: &SigningKeyId) -> Result<signing_key::ActiveModel> {
        let masters = self.masters()?;
        let keys = all(self.db.reader()).await?;
        let key = keys.iter().find(|key| key.id == *id).ok_or_else(unknown)?;
        if let Some(current) = keys.current(self.clock.now()) {
            // A key encrypted under a master key that no server has could not sign.
            Signer::open(masters, current)?;
        }
        let algorithm = SigningAlgorithm::named(&key.algorithm).unwrap_or(self.algorithm);
        rotation::generate(masters, algorithm).await
    }
}

fn unknown() -> Error {
    Error::NotFound("signing key")
}
