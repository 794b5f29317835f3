//! Used client assertions: a row per assertion until it expires, against replays.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{CredentialId, Expiring, OrganizationId, TenantScoped};

/// One row of `used_assertions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_assertions")]
pub struct Model {
    /// The credential that the assertion authenticated.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credential_id: CredentialId,
    /// SHA-256 of the `jti` of the assertion, in base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti_digest: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The `exp` of the assertion.
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
