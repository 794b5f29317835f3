//! Signing keys: made ahead of use, sealed at rest, the same for every replica.
//!
//! Each is published before it signs and after it has signed, for long enough that nobody who
//! verifies tokens meets one whose key is not known ([`crate::config::KeyTimes`]). When one is due
//! is told by the rows and the clock alone (`schedule.rs`).

mod material;
mod ring;
mod schedule;
mod signer;

use std::str::FromStr;

use entity::{SigningKeyId, signing_key};
use jsonwebtoken::Algorithm;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};

use super::seal::{self, Place};
use crate::app::App;
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::error::{Error, Result};
use crate::random;
use crate::store::{self, in_transaction};
use material::Material;
pub use ring::{KeyRing, PublicKey};
use schedule::Occasion;
pub use schedule::{Keys, Standing, Wanted};
use signer::Signer;

/// All keys of this installation.
///
/// # Errors
/// What the database answers.
pub async fn all(db: &impl ConnectionTrait) -> Result<Keys> {
    Ok(Keys::new(signing_key::Entity::of_installation().all(db).await?))
}

/// What a replica does at its start: makes the first key, or the first of another algorithm, if
/// it is not there, and reads the keys.
///
/// # Errors
/// What the database answers; `Internal` when the master keys do not open the current key.
pub async fn load(app: &App) -> Result<()> {
    turn(app, Occasion::Start).await?;
    app.keys.load().await
}

/// What every replica does each minute: reads the keys, makes the next one when it is due, and
/// deletes those whose tokens have all ended.
///
/// # Errors
/// What the database answers.
pub async fn keep(app: &App) -> Result<()> {
    // First: a replica that cannot write goes on with what others have written.
    app.keys.reload().await?;
    turn(app, Occasion::Upkeep).await?;
    forget(app).await?;
    app.keys.reload().await
}

/// Makes the key that is wanted on an `occasion`, if one is. Replicas that look at once agree on
/// one: the key is made outside of the lock, and looked for again inside.
async fn turn(app: &App, occasion: Occasion) -> Result<Option<signing_key::Model>> {
    let made = make_wanted(app, occasion).await?;
    if let Some(key) = &made {
        let (id, algorithm, from) = (&key.id, &key.algorithm, key.signs_from());
        tracing::info!(signing_key.id = %id, algorithm, activates_at = %from, "a signing key was made");
    }
    Ok(made)
}

async fn make_wanted(app: &App, occasion: Occasion) -> Result<Option<signing_key::Model>> {
    let wanted = |keys: &Keys| {
        keys.wanted(occasion, app.config.signing_algorithm, &app.config.key_times, app.clock.now())
    };
    let there = all(app.db.reader()).await?;
    let Some(Wanted { algorithm, .. }) = wanted(&there) else { return Ok(None) };
    let masters = masters(app.config.master_keys.as_ref())?;
    if let Some(current) = there.current(app.clock.now()) {
        // What others could not open is not to be made.
        Signer::open(masters, current)?;
    }
    let masters = masters.clone();
    // An RSA key takes its time.
    let made = tokio::task::spawn_blocking(move || make(&masters, algorithm));
    let made = made.await.map_err(Error::internal)??;
    in_transaction!(app.db, transaction => {
        store::hold(transaction, "signing_keys").await?;
        let still = wanted(&all(transaction).await?).filter(|it| it.algorithm == algorithm);
        let Some(Wanted { activates_at, .. }) = still else { return Ok(None) };
        let mut row = made.clone();
        row.created_at = Set(app.clock.now());
        row.activates_at = Set(Some(activates_at));
        Ok(Some(row.insert(transaction).await?))
    })
}

async fn forget(app: &App) -> Result<()> {
    let ended = all(app.db.reader()).await?.ended(&app.config.key_times, app.clock.now());
    for id in ended {
        tracing::info!(signing_key.id = %id, "the last token of a signing key has ended");
        signing_key::Entity::delete_one(&id).exec(app.db.writer()).await?;
    }
    Ok(())
}

/// A key that no instant is set for.
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

/// Where the private half of key `id` is kept.
fn private_key_of(id: &SigningKeyId) -> Place<'_> {
    Place { column: "signing_keys.private_key", row: id.as_str() }
}

fn masters(set: Option<&MasterKeys>) -> Result<&MasterKeys> {
    set.ok_or_else(|| Error::internal("there is no master key to open signing keys with"))
}

fn jose(name: &str) -> Result<Algorithm> {
    Algorithm::from_str(name).map_err(Error::internal)
}
