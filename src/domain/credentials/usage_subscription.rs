//! Subscriptions to the usage of a credential.

use entity::{CredentialId, credential};
use tokio::sync::watch;

use super::fetch_for;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::Result;
use crate::subscriptions::Usage;

/// A subscription to the usage of one credential. Usage in quick succession is one change.
pub struct UsageSubscription {
    id: CredentialId,
    seen: Usage,
    changes: watch::Receiver<Usage>,
}

impl UsageSubscription {
    /// A subscription to the usage from now on.
    ///
    /// # Errors
    /// `NotFound`, or the database does not respond.
    pub async fn open(op: &OpContext, id: &CredentialId) -> Result<Self> {
        let seen = usage(&fetch(op, id).await?);
        let changes = op.app.subscriptions.usage.watch(id, seen);
        let mut subscription = Self { id: id.clone(), seen, changes };
        if *subscription.changes.borrow() != seen {
            subscription.changes.mark_changed();
        }
        Ok(subscription)
    }

    /// Completes when the usage may have changed.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // The process ends.
            std::future::pending::<()>().await;
        }
    }

    /// Rejects a caller that may no longer read the credential.
    ///
    /// # Errors
    /// `NotFound`, or the database does not respond.
    pub async fn authorize(&self, op: &OpContext) -> Result<()> {
        fetch(op, &self.id).await.map(drop)
    }

    /// The credential, if its usage has changed since it was last read.
    ///
    /// # Errors
    /// `NotFound`, or the database does not respond; no change is lost.
    pub async fn read(&mut self, op: &OpContext) -> Result<Option<credential::Model>> {
        self.changes.mark_unchanged();
        let row = fetch(op, &self.id).await.inspect_err(|_| self.changes.mark_changed())?;
        let current = usage(&row);
        let has_changed = std::mem::replace(&mut self.seen, current) != current;
        Ok(has_changed.then_some(row))
    }
}

async fn fetch(op: &OpContext, id: &CredentialId) -> Result<credential::Model> {
    fetch_for(op, Permission::CredentialsRead, op.tenant()?, None, id).await
}

fn usage(row: &credential::Model) -> Usage {
    Usage { last_used_at: row.last_used_at, token_count: row.token_count }
}
