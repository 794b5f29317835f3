//! Revocation of a signing key that somebody else may have.

use entity::{SigningKeyId, signing_key};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::schedule::{Keys, Standing};
use super::signer::Signer;
use super::{all, masters, turn};
use crate::app::App;
use crate::config::SigningAlgorithm;
use crate::error::{Error, Result};
use crate::store::{self, in_transaction};

/// A key that was revoked.
pub struct Revoked {
    /// Its row, which is deleted.
    pub key: signing_key::Model,
    /// What it was.
    pub standing: Standing,
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

/// Revokes a signing key. The next one, or a new one, signs at once; the tokens of the revoked one
/// are rejected by each replica as soon as it has read the keys again.
///
/// # Errors
/// `NotFound`; `Internal` when the master keys do not decrypt the current key or the next one; what
/// the database answers.
pub async fn revoke(app: &App, id: &SigningKeyId) -> Result<Revoked> {
    let spare = spare(app, id).await?;
    let revoked = in_transaction!(app.db, transaction => {
        store::hold(transaction, "signing_keys").await?;
        let now = store::shared_now(transaction, &app.clock).await?;
        let keys = all(transaction).await?;
        let (key, standing) = keys.standing(now).find(|(key, _)| key.id == *id).ok_or_else(unknown)?;
        let successor = if standing == Standing::Current {
            let (mut row, was_published) = successor(app, &keys, spare.clone(), now)?;
            row.activates_at = Set(Some(now));
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
        Ok(Revoked { key: key.clone(), standing, successor })
    })?;
    tracing::warn!(signing_key.id = %id, "a signing key was revoked");
    Ok(revoked)
}

/// The next key, with whether it was published; or the spare one.
fn successor(
    app: &App,
    keys: &Keys,
    spare: signing_key::ActiveModel,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(signing_key::ActiveModel, bool)> {
    let next = keys.standing(now).filter(|(_, standing)| *standing == Standing::Next).last();
    let Some((next, _)) = next else { return Ok((spare, false)) };
    Signer::open(masters(app.config.master_keys.as_ref())?, next)?;
    Ok((next.clone().into(), true))
}

/// A new key of the same algorithm, generated outside of the transaction that may need it.
async fn spare(app: &App, id: &SigningKeyId) -> Result<signing_key::ActiveModel> {
    let masters = masters(app.config.master_keys.as_ref())?;
    let keys = all(app.db.reader()).await?;
    let key = keys.iter().find(|key| key.id == *id).ok_or_else(unknown)?;
    if let Some(current) = keys.current(app.clock.now()) {
        // What is encrypted under a master key that no server has, no server can sign with.
        Signer::open(masters, current)?;
    }
    let algorithm = SigningAlgorithm::named(&key.algorithm).unwrap_or(app.config.signing_algorithm);
    turn::make_apart(masters, algorithm).await
}

fn unknown() -> Error {
    Error::NotFound("signing key")
}
