//! Rotation: one replica creates the planned key.

use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::all;
use super::key_pair::SigningKeyPair;
use super::keyring::Keyring;
use super::schedule::{KeySchedule, PlannedKey, Trigger};
use super::signer::{Signer, private_key_aad};
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::encryption;
use crate::error::{Error, Result};
use crate::random;
use crate::store::{self, in_transaction};

impl Keyring {
    /// The key that [`Self::rotate`] would create; `None` while a next key is published.
    ///
    /// # Errors
    /// As [`Self::rotate`].
    pub async fn planned(&self) -> Result<Option<PlannedKey>> {
        self.plan(Trigger::Command).await
    }

    /// Creates the next key ahead of schedule; `None` while a next key is published.
    ///
    /// # Errors
    /// The database does not respond; `Internal` when no master key decrypts the current key.
    pub async fn rotate(&self) -> Result<Option<signing_key::Model>> {
        self.create_planned(Trigger::Command).await
    }

    /// Creates the key that is planned for a `trigger`, if any. Concurrent replicas create one: the
    /// key pair is generated before the lock, and the plan is checked again under the lock.
    pub(super) async fn create_planned(
        &self,
        trigger: Trigger,
    ) -> Result<Option<signing_key::Model>> {
        let created = self.create(trigger).await?;
        if let Some(key) = &created {
            let (id, algorithm, from) = (&key.id, &key.algorithm, key.activates_at);
            tracing::info!(signing_key.id = %id, algorithm, activates_at = %from, "signing key created");
        }
        Ok(created)
    }

    async fn create(&self, trigger: Trigger) -> Result<Option<signing_key::Model>> {
        let Some(PlannedKey { algorithm, .. }) = self.plan(trigger).await? else {
            return Ok(None);
        };
        let generated = generate(self.masters()?, algorithm).await?;
        in_transaction!(self.db, transaction => {
            store::advisory_lock(transaction, "signing_keys").await?;
            let planned = self.plan_for(&all(transaction).await?, trigger);
            let planned = planned.filter(|it| it.algorithm == algorithm);
            let Some(PlannedKey { activates_at, .. }) = planned else { return Ok(None) };
            let mut row = generated.clone();
            row.created_at = Set(self.clock.now());
            row.activates_at = Set(activates_at);
            Ok(Some(row.insert(transaction).await?))
        })
    }

    /// The planned key, if any. Fails unless the current key can be decrypted, so that no key is
    /// created under a master key that other servers lack.
    pub(super) async fn plan(&self, trigger: Trigger) -> Result<Option<PlannedKey>> {
        let schedule = all(self.db.reader()).await?;
        let Some(planned) = self.plan_for(&schedule, trigger) else { return Ok(None) };
        let masters = self.masters()?;
        if let Some(current) = schedule.current(self.clock.now()) {
            Signer::decrypt(masters, current)?;
        }
        Ok(Some(planned))
    }

    fn plan_for(&self, schedule: &KeySchedule, trigger: Trigger) -> Option<PlannedKey> {
        schedule.planned(trigger, self.algorithm, &self.times, self.clock.now())
    }
}

/// Generates a key without an activation time, on another thread, because RSA takes long.
pub async fn generate(
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
) -> Result<signing_key::ActiveModel> {
    let masters = masters.clone();
    let generated = tokio::task::spawn_blocking(move || generate_blocking(&masters, algorithm));
    generated.await.map_err(Error::internal)?
}

fn generate_blocking(
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
) -> Result<signing_key::ActiveModel> {
    let id: SigningKeyId = random::id();
    let (key_pair, private) = SigningKeyPair::generate(algorithm)?;
    let jwk = key_pair.public_jwk(&id)?;
    Ok(signing_key::ActiveModel {
        encrypted_private_key: Set(encryption::encrypt(masters, private_key_aad(&id), private)?),
        public_jwk: Set(serde_json::to_string(&jwk).map_err(Error::internal)?),
        algorithm: Set(algorithm.name().to_owned()),
        id: Set(id),
        ..Default::default()
    })
}
