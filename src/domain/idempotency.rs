//! Idempotency of creates: a retry returns the resource that the first request created, including
//! its secret, as long as the resource exists.
//!
//! The key is claimed in the transaction of the create: of two concurrent requests, at any replicas,
//! one waits for the other and then replays its result. Results are stored for ten minutes, encrypted
//! under the master key.

mod claim;
mod key;
mod reencryption;
mod stored_result;

use entity::idempotency_key;

pub use claim::Claim;
pub use key::IdempotencyKey;
pub use reencryption::reencrypt;
pub use stored_result::{StoredResult, deleted};

use crate::app::App;
use crate::error::Result;
use crate::store;
use claim::REPLAY_WINDOW;

/// Deletes results that are no longer replayed.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let until = app.clock.now() - REPLAY_WINDOW;
    store::delete_expired::<idempotency_key::Entity>(&app.db, until).await
}
