//! Maintenance of the keys: at the start of a replica, and every minute.

use entity::signing_key;

use super::all;
use super::keyring::Keyring;
use super::schedule::Trigger;
use crate::error::Result;
use crate::store;

impl Keyring {
    /// Loads the keys when a replica starts. Creates a key first if there is none, or none of the
    /// configured algorithm.
    ///
    /// # Errors
    /// The database does not respond; `Internal` when no master key decrypts the current key.
    pub async fn load(&self) -> Result<()> {
        self.create_planned(Trigger::Start).await?;
        self.load_first().await
    }

    /// Maintains the keys, every minute on every replica: reads them, creates the next one when it
    /// is due, and deletes those whose tokens have all expired.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn maintain(&self) -> Result<()> {
        // First, so that a replica that cannot write still has the keys of other replicas.
        self.reload().await?;
        self.create_planned(Trigger::Maintenance).await?;
        self.delete_expired().await?;
        self.reload().await
    }

    /// Deletes expired keys by the clock that all replicas share: a replica with a wrong clock
    /// would delete a key that the others need.
    async fn delete_expired(&self) -> Result<()> {
        let now = store::database_now(self.db.reader(), &self.clock).await?;
        for id in all(self.db.reader()).await?.expired(&self.times, now) {
            tracing::info!(signing_key.id = %id, "signing key deleted after its last token expired");
            signing_key::Entity::delete_one(&id).exec(self.db.writer()).await?;
        }
        Ok(())
    }
}
