//! Creation of the planned key, once among any number of replicas.

use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::key_pair::SigningKeyPair;
use super::schedule::{Keys, PlannedKey, Trigger};
use super::signer::Signer;
use super::{Keyring, all, private_key_of};
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::encryption;
use crate::error::{Error, Result};
use crate::random;
use crate::store::{self, in_transaction};

impl Keyring {
    /// Creates the key that is planned for a `trigger`, if one is. Replicas that look at once agree on
    /// one: the key is created outside of the lock, and its plan is checked again inside.
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
            store::hold(transaction, "signing_keys").await?;
            let still = self.plan_for(&all(transaction).await?, trigger);
            let still = still.filter(|it| it.algorithm == algorithm);
            let Some(PlannedKey { activates_at, .. }) = still else { return Ok(None) };
            let mut row = generated.clone();
            row.created_at = Set(self.clock.now());
            row.activates_at = Set(activates_at);
            Ok(Some(row.insert(transaction).await?))
        })
    }

    /// The key that is planned, if one is and if the current key can be decrypted: no key is created
    /// under a master key that no other server has.
    pub(super) async fn plan(&self, trigger: Trigger) -> Result<Option<PlannedKey>> {
        let keys = all(self.db.reader()).await?;
        let Some(planned) = self.plan_for(&keys, trigger) else { return Ok(None) };
        let masters = self.masters()?;
        if let Some(current) = keys.current(self.clock.now()) {
            Signer::open(masters, current)?;
        }
        Ok(Some(planned))
    }

    fn plan_for(&self, keys: &Keys, trigger: Trigger) -> Option<PlannedKey> {
        keys.planned(trigger, self.algorithm, &self.times, self.clock.now())
    }
}

/// A key without an activation time. An RSA key takes its time, so it is generated on another thread.
pub async fn generate(
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
) -> Result<signing_key::ActiveModel> {
    let masters = masters.clone();
    let generated = tokio::task::spawn_blocking(move || new_key(&masters, algorithm));
    generated.await.map_err(Error::internal)?
}

fn new_key(masters: &MasterKeys, algorithm: SigningAlgorithm) -> Result<signing_key::ActiveModel> {
    let id: SigningKeyId = random::id();
    let (key_pair, private) = SigningKeyPair::generate(algorithm)?;
    let jwk = key_pair.public_jwk(&id)?;
    Ok(signing_key::ActiveModel {
        sealed_private_key: Set(encryption::encrypt(masters, private_key_of(&id), private)?),
        public_jwk: Set(serde_json::to_string(&jwk).map_err(Error::internal)?),
        algorithm: Set(algorithm.name().to_owned()),
        id: Set(id),
        ..Default::default()
    })
}
