//! Signing keys: made ahead of use, sealed at rest, the same for every replica.
//!
//! Each is published before it signs and after it has signed, for long enough that nobody who
//! verifies tokens meets one whose key is not known ([`crate::config::KeyTimes`]). When one is due
//! is told by the rows and the clock alone (`schedule.rs`).

mod material;
mod revoke;
mod ring;
mod schedule;
mod signer;
mod turn;

use std::str::FromStr;
use std::time::Duration;

use entity::{SigningKeyId, signing_key};
use jsonwebtoken::Algorithm;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Expr;

use super::seal::{self, Place};
use crate::app::App;
use crate::config::MasterKeys;
use crate::error::{Error, Result};
use crate::store;
pub use revoke::{Revoked, Successor, revoke};
pub use ring::{KeyRing, PublicKey};
use schedule::Occasion;
pub use schedule::{Keys, Standing, Wanted};
use signer::Signer;
use turn::{turn, wanted};

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

/// The key that [`rotate`] would make; nothing, while one waits for its turn.
///
/// # Errors
/// As [`rotate`].
pub async fn planned(app: &App) -> Result<Option<Wanted>> {
    wanted(app, Occasion::Command).await
}

/// Makes the next key ahead of its time; nothing, while one waits for its turn.
///
/// # Errors
/// What the database answers; `Internal` when the master keys do not open the current key.
pub async fn rotate(app: &App) -> Result<Option<signing_key::Model>> {
    turn(app, Occasion::Command).await
}

/// Whether one of the master keys decrypts the private half of a key.
#[must_use]
pub fn decrypts(masters: &MasterKeys, key: &signing_key::Model) -> bool {
    Signer::open(masters, key).is_ok()
}

/// Deletes keys by the clock that all replicas share: one that a replica with a wrong clock deleted
/// would be missing for all of them.
async fn forget(app: &App) -> Result<()> {
    let now = store::shared_now(app.db.reader(), &app.clock).await?;
    let ended = all(app.db.reader()).await?.ended(&app.config.key_times, now);
    for id in ended {
        tracing::info!(signing_key.id = %id, "the last token of a signing key has ended");
        signing_key::Entity::delete_one(&id).exec(app.db.writer()).await?;
    }
    Ok(())
}

/// Seals the private halves under the first master key; gives how many were sealed under another.
///
/// # Errors
/// What the database answers; `Internal` when none of the master keys opens one.
pub async fn reencrypt(app: &App) -> Result<u64> {
    let (masters, mut renewed) = (masters(app.config.master_keys.as_ref())?, 0);
    for key in all(app.db.reader()).await?.iter() {
        let sealed = &key.sealed_private_key;
        let Some(anew) = seal::renew(masters, private_key_of(&key.id), sealed)? else { continue };
        let update = signing_key::Entity::update_while(&key.id, sealed)
            .col_expr(signing_key::Column::SealedPrivateKey, Expr::value(anew));
        renewed += update.exec(app.db.writer()).await?.rows_affected;
    }
    Ok(renewed)
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
