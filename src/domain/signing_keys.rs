//! Signing keys: made on first need, sealed at rest, the same for every replica.

mod material;
mod ring;

use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, QueryOrder};

use super::seal::{self, Place};
use crate::clock::Clock;
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::error::Result;
use crate::random;
use crate::store::in_transaction;
use crate::store::{self, Db};
use material::Material;
pub use ring::KeyRing;

/// All keys of this installation, the newest first.
///
/// # Errors
/// What the database answers.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<signing_key::Model>> {
    let newest_first = signing_key::Entity::of_installation()
        .order_by_desc(signing_key::Column::CreatedAt)
        .order_by_desc(signing_key::Column::Id);
    Ok(newest_first.all(db).await?)
}

/// The keys, with one of `algorithm` among them: it is made if there is none. Replicas that
/// start at once agree on one: the key is made outside of the lock, and looked for again inside.
///
/// # Errors
/// What the database answers.
pub async fn ensure(
    db: &Db,
    clock: &Clock,
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
) -> Result<Vec<signing_key::Model>> {
    let wanted =
        |keys: &[signing_key::Model]| keys.iter().any(|key| key.algorithm == algorithm.name());
    let there = all(db.reader()).await?;
    if wanted(&there) {
        return Ok(there);
    }
    let made = make(masters, algorithm, clock.now())?;
    in_transaction!(db, transaction => {
        store::hold(transaction, "signing_keys").await?;
        if !wanted(&all(transaction).await?) {
            made.clone().insert(transaction).await?;
        }
        all(transaction).await
    })
}

fn make(
    masters: &MasterKeys,
    algorithm: SigningAlgorithm,
    at: DateTime<Utc>,
) -> Result<signing_key::ActiveModel> {
    let id: SigningKeyId = random::id();
    let (material, private) = Material::generate(algorithm)?;
    let jwk = material.public_jwk(&id)?;
    Ok(signing_key::ActiveModel {
        sealed_private_key: Set(seal::seal(masters, private_key_of(&id), private)?),
        public_jwk: Set(serde_json::to_string(&jwk).map_err(crate::error::Error::internal)?),
        algorithm: Set(algorithm.name().to_owned()),
        created_at: Set(at),
        id: Set(id),
    })
}

/// Where the private half of key `id` is kept.
fn private_key_of(id: &SigningKeyId) -> Place<'_> {
    Place { column: "signing_keys.private_key", row: id.as_str() }
}
