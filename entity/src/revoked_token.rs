//! Revoked tokens: a row per token until it expires.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{CredentialId, Expiring, OrganizationId, TenantScoped};

/// One row of `revoked_tokens`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revoked_tokens")]
pub struct Model {
    /// The `jti` of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The credential that the token was issued to.
    pub credential_id: CredentialId,
    /// The `exp` of the token.
    pub expires_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Expiring for Entity {
    const EXPIRY: Column = Column::ExpiresAt;
}
