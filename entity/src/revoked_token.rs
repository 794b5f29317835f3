//! Revoked tokens: a row for each, until the token would have ended by itself.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::{CredentialId, OrganizationId};

/// One row of `revoked_tokens`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revoked_tokens")]
pub struct Model {
    /// The `jti` of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti: String,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What the token was issued to.
    pub credential_id: CredentialId,
    /// The `exp` of the token.
    pub expires_at: DateTime<Utc>,
}

/// What a revoked token is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Across tenants: those that had ended at `at` or before.
    pub fn delete_ended_until(at: DateTime<Utc>) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::ExpiresAt.lte(at))
    }
}
