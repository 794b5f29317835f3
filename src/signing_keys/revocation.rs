//! Revocation of a signing key that may have leaked.

use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::keyring::Keyring;
use super::schedule::{KeySchedule, KeyStatus};
use super::signer::Signer;
use super::{all, rotation};
use crate::config::SigningAlgorithm;
use crate::error::{Error, Result};
use crate::store::{self, in_transaction};

/// A revoked key.
pub struct RevokedKey {
    /// The deleted row.
    pub key: signing_key::Model,
    /// The status of the key before.
    pub status: KeyStatus,
    /// The key that signs instead; `None` if the revoked key was not the current one.
    pub successor: Option<Successor>,
}

/// The key that signs after a revocation.
pub struct Successor {
    /// The id of the key.
    pub id: SigningKeyId,
    /// Whether it was published before the revocation, so that verifiers may know it.
    pub was_published: bool,
}

impl Keyring {
    /// Revokes a signing key. The next key, or a new one, signs at once; each replica rejects
    /// tokens of the revoked key after its next reload.
    ///
    /// # Errors
    /// `NotFound`; `Internal` when no master key decrypts the current key or the next one; the
    /// database does not respond.
    pub async fn revoke(&self, id: &SigningKeyId) -> Result<RevokedKey> {
        let spare = self.spare(id).await?;
        let revoked = in_transaction!(self.db, transaction => {
            store::advisory_lock(transaction, "signing_keys").await?;
            let now = store::database_now(transaction, &self.clock).await?;
            let schedule = all(transaction).await?;
            let mut statuses = schedule.statuses(now);
            let (key, status) = statuses.find(|(key, _)| key.id == *id).ok_or_else(not_found)?;
            let successor = if status == KeyStatus::Current {
                let (mut row, was_published) = self.successor(&schedule, spare.clone(), now)?;
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

    /// The next key with `true`, because it is published; or the spare one.
    fn successor(
        &self,
        schedule: &KeySchedule,
        spare: signing_key::ActiveModel,
        now: DateTime<Utc>,
    ) -> Result<(signing_key::ActiveModel, bool)> {
        let next = schedule.statuses(now).filter(|(_, status)| *status == KeyStatus::Next).last();
        let Some((next, _)) = next else { return Ok((spare, false)) };
        Signer::decrypt(self.masters()?, next)?;
        Ok((next.clone().into(), true))
    }

    /// Generates a key of the same algorithm before the transaction that may need it.
    async fn spare(&self, id: &SigningKeyId) -> Result<signing_key::ActiveModel> {
        let masters = self.masters()?;
        let schedule = all(self.db.reader()).await?;
        let key = schedule.iter().find(|key| key.id == *id).ok_or_else(not_found)?;
        if let Some(current) = schedule.current(self.clock.now()) {
            // No server could use a key under a master key of this command alone.
            Signer::decrypt(masters, current)?;
        }
        let algorithm = SigningAlgorithm::named(&key.algorithm).unwrap_or(self.algorithm);
        rotation::generate(masters, algorithm).await
    }
}

fn not_found() -> Error {
    Error::NotFound("signing key")
}
