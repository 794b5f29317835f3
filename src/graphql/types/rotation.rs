//! The rotation of a credential.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::credential;

use super::Credential;
use super::scalars::DateTime;
use crate::domain::credentials::rotation;
use crate::error::Error;
use crate::graphql::{loaders, op};

/// How far the rotation of a credential is.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "rotation::State")]
pub enum RotationState {
    /// Both credentials are valid.
    Overlapping,
    /// The old one is refused.
    Retired,
}

/// A credential that is being replaced.
pub struct CredentialRotation {
    pub row: Arc<credential::Model>,
    pub state: rotation::State,
}

/// How a credential is replaced by another: both are valid until the old one retires.
#[Object]
impl CredentialRotation {
    /// How far it is.
    async fn state(&self) -> RotationState {
        self.state.into()
    }

    /// When it began.
    async fn started_at(&self) -> Option<DateTime> {
        self.row.rotation_began_at.map(DateTime)
    }

    /// When the old credential retires, or retired.
    async fn retires_at(&self) -> Option<DateTime> {
        self.row.retires_at.map(DateTime)
    }

    /// The credential that replaces it; null if that is gone.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Credential>, Arc<Error>> {
        let row = self.successor(ctx).await?;
        Ok(row.map(|row| Credential { row, account: None }))
    }

    /// When a token was last issued to the old credential; null if none ever was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.row.last_used_at.map(DateTime)
    }

    /// How many tokens were issued to the old credential since the rotation began.
    async fn token_count(&self) -> i32 {
        let before = self.row.tokens_before_rotation.unwrap_or_default();
        i32::try_from(self.row.token_count - before).unwrap_or(i32::MAX)
    }

    /// The address that the old credential was last used from.
    async fn last_source_address(&self) -> Option<&str> {
        self.row.last_source_address.as_deref()
    }

    /// Whether nobody is cut off when the old credential goes: it is refused already or was never
    /// used; or it was not used within 24 hours, and the new one was used since.
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
