//! Making the key that is wanted, once among any number of replicas.

use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::material::Material;
use super::schedule::{Keys, Occasion, Wanted};
use super::signer::Signer;
use super::{all, masters, private_key_of};
use crate::app::App;
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::domain::seal;
use crate::error::{Error, Result};
use crate::random;
use crate::store::{self, in_transaction};

/// Makes the key that is wanted on an `occasion`, if one is. Replicas that look at once agree on
/// one: the key is made outside of the lock, and looked for again inside.
pub async fn turn(app: &App, occasion: Occasion) -> Result<Option<signing_key::Model>> {
    let made = make_wanted(app, occasion).await?;
    if let Some(key) = &made {
        let (id, algorithm, from) = (&key.id, &key.algorithm, key.signs_from());
        tracing::info!(signing_key.id = %id, algorithm, activates_at = %from, "a signing key was made");
    }
    Ok(made)
}

async fn make_wanted(app: &App, occasion: Occasion) -> Result<Option<signing_key::Model>> {
    let Some(Wanted { algorithm, .. }) = wanted(app, occasion).await? else { return Ok(None) };
    let made = make_apart(masters(app.config.master_keys.as_ref())?, algorithm).await?;
    in_transaction!(app.db, transaction => {
        store::hold(transaction, "signing_keys").await?;
        let still = wanted_among(&all(transaction).await?, app, occasion);
        let still = still.filter(|it| it.algorithm == algorithm);
        let Some(Wanted { activates_at, .. }) = still else { return Ok(None) };
        let mut row = made.clone();
        row.created_at = Set(app.clock.now());
        row.activates_at = Set(Some(activates_at));
        Ok(Some(row.insert(transaction).await?))
    })
}

/// The key that is wanted, if one is and if those that are there can be opened: what is sealed
/// under a master key that nobody else has is not to be made.
pub async fn wanted(app: &App, occasion: Occasion) -> Result<Option<Wanted>> {
    let there = all(app.db.reader()).await?;
    let Some(wanted) = wanted_among(&there, app, occasion) else { return Ok(None) };
    let masters = masters(app.config.master_keys.as_ref())?;
    if let Some(current) = there.current(app.clock.now()) {
        Signer::open(masters, current)?;
    }
    Ok(Some(wanted))
}

fn wanted_among(keys: &Keys, app: &App, occasion: Occasion) -> Option<Wanted> {
    let (set, times) = (app.config.signing_algorithm, &app.config.key_times);
    keys.wanted(occasion, set, times, app.clock.now())
}

/// A key that no instant is set for. An RSA key takes its time, so it is made on another thread.
pub async fn make_apart(
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
) -> Result<signing_key::ActiveModel> {
    let masters = masters.clone();
    let made = tokio::task::spawn_blocking(move || make(&masters, algorithm));
    made.await.map_err(Error::internal)?
}

fn make(masters: &MasterKeys, algorithm: SigningAlgorithm) -> Result<signing_key::ActiveModel> {
    let id: SigningKeyId = random::id();
    let (material, private) = Material::generate(algorithm)?;
    let jwk = material.public_jwk(&id)?;
    Ok(signing_key::ActiveModel {
        sealed_private_key: Set(seal::seal(masters, private_key_of(&id), private)?),
        public_jwk: Set(serde_json::to_string(&jwk).map_err(Error::internal)?),
        algorithm: Set(algorithm.name().to_owned()),
        id: Set(id),
        ..Default::default()
    })
}
