//! Used assertions: a row for each, until the assertion has ended by itself.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::{CredentialId, OrganizationId};

/// One row of `used_assertions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_assertions")]
pub struct Model {
    /// Whom the assertion has proven.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credential_id: CredentialId,
    /// SHA-256 of the `jti` of the assertion, in base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti_digest: String,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The `exp` of the assertion.
    pub expires_at: DateTime<Utc>,
}

/// What a used assertion is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Across tenants: those that had ended at `at` or before.
    pub fn delete_ended_until(at: DateTime<Utc>) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::ExpiresAt.lte(at))
    }
}
