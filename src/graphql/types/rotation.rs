//! The rotation of a credential.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::credential;

use super::Credential;
use super::scalars::DateTime;
use crate::domain::credentials::rotation;
use crate::error::Error;
use crate::graphql::{loaders, op};

/// States of the rotation of a credential.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "rotation::State")]
pub enum RotationState {
    /// Both credentials are active.
    Overlapping,
    /// The old credential is retired: it and its tokens are rejected.
    Retired,
}

/// A credential that is being replaced.
pub struct CredentialRotation {
    pub row: Arc<credential::Model>,
    pub state: rotation::State,
}

/// Replacement of a credential by a new one; both are active until the old one retires.
#[Object]
impl CredentialRotation {
    /// State of the rotation.
    async fn state(&self) -> RotationState {
        self.state.into()
    }

    /// Time at which the rotation started.
    async fn started_at(&self) -> Option<DateTime> {
        self.row.rotation_began_at.map(DateTime)
    }

    /// Time at which the old credential retires or retired.
    async fn retires_at(&self) -> Option<DateTime> {
        self.row.retires_at.map(DateTime)
    }

    /// New credential that replaces the old one; null if it was deleted.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Credential>, Arc<Error>> {
        let row = self.successor(ctx).await?;
        Ok(row.map(|row| Credential { row, account: None }))
    }

    /// Time at which a token was last issued to the old credential; null if none ever was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.row.last_used_at.map(DateTime)
    }

    /// Number of tokens issued to the old credential since the rotation started. Saturates at
    /// 2147483647.
    async fn token_count(&self) -> i32 {
        let before = self.row.tokens_before_rotation.unwrap_or_default();
        i32::try_from(self.row.token_count - before).unwrap_or(i32::MAX)
    }

    /// IP address of the client of the last token request with the old credential; null if there
    /// was none.
    async fn last_source_address(&self) -> Option<&str> {
        self.row.last_source_address.as_deref()
    }

    /// Whether the old credential can be revoked without locking out a client: it is rejected
    /// already, it was never used, or it was not used within the last 24 hours and the new one was
    /// used later.
    async fn safe_to_revoke(&self, ctx: &Context<'_>) -> Result<bool, Arc<Error>> {
        let successor = self.successor(ctx).await?;
        Ok(rotation::is_safe_to_revoke(&self.row, successor.as_deref(), op(ctx).now()))
    }
}

impl CredentialRotation {
    async fn successor(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Arc<credential::Model>>, Arc<Error>> {
        match &self.row.replaced_by {
            Some(id) => loaders(ctx).credential(id.clone()).await,
            None => Ok(None),
        }
    }
}
