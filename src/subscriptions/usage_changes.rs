//! Changes of the usage of credentials, found by one statement per interval for all credentials that
//! are watched on this replica: any replica may have recorded the usage.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use sea_orm::{QueryFilter, QuerySelect};
use tokio::sync::watch;

use crate::error::Result;
use crate::store::{Db, in_list};

/// Interval of the search for changes.
const INTERVAL: Duration = Duration::from_secs(1);

/// The recorded usage of a credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time of the last token.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Number of tokens.
    pub token_count: i64,
}

/// Changes of the usage of credentials. The search runs only while a credential is watched.
#[derive(Clone)]
pub struct UsageChanges(Arc<Shared>);

struct Shared {
    db: Db,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    credentials: HashMap<CredentialId, watch::Sender<Usage>>,
    is_searching: bool,
}

impl UsageChanges {
    pub(super) fn new(db: &Db) -> Self {
        Self(Arc::new(Shared { db: db.clone(), watched: Mutex::default() }))
    }

    /// A receiver of the usage of a credential, which is `current` now. The entries are bounded by
    /// the number of subscriptions.
    #[must_use]
    pub fn watch(&self, id: &CredentialId, current: Usage) -> watch::Receiver<Usage> {
        let mut watched = self.watched();
        let sender = watched.credentials.entry(id.clone());
        let receiver = sender.or_insert_with(|| watch::Sender::new(current)).subscribe();
        if !std::mem::replace(&mut watched.is_searching, true) {
            tokio::spawn(self.clone().search());
        }
        receiver
    }

    async fn search(self) {
        let mut failed = false;
        loop {
            tokio::time::sleep(INTERVAL).await;
            let Some(ids) = self.watched_ids() else { return };
            if !self.0.db.is_up() {
                continue;
            }
            let result = self.report(&ids).await;
            // One line for an outage, not one for each attempt.
            if let Err(error) = &result
                && !failed
            {
                error.log();
            }
            failed = result.is_err();
        }
    }

    /// The watched credentials; `None`, and the search ends, if there are none.
    fn watched_ids(&self) -> Option<Vec<CredentialId>> {
        let mut watched = self.watched();
        watched.credentials.retain(|_, sender| sender.receiver_count() > 0);
        let ids: Vec<_> = watched.credentials.keys().cloned().collect();
        watched.is_searching = !ids.is_empty();
        watched.is_searching.then_some(ids)
    }

    /// Reads the usage of the credentials, and wakes the receivers of those with a change.
    async fn report(&self, ids: &[CredentialId]) -> Result<()> {
        use credential::Column::{Id, LastUsedAt, TokenCount};
        let pool = self.0.db.reader();
        let rows: Vec<(CredentialId, Option<DateTime<Utc>>, i64)> =
            credential::Entity::any_tenant()
                .select_only()
                .columns([Id, LastUsedAt, TokenCount])
                .filter(in_list(pool, Id, ids))
                .into_tuple()
                .all(pool)
                .await?;
        let watched = self.watched();
        for (id, last_used_at, token_count) in rows {
            let usage = Usage { last_used_at, token_count };
            if let Some(sender) = watched.credentials.get(&id) {
                sender.send_if_modified(|it| std::mem::replace(it, usage) != usage);
            }
        }
        Ok(())
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.0.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
