//! Idempotency keys: recent creations with their encrypted results, for retries.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use crate::{CredentialId, Expiring, Mutable, OrganizationId, TenantScoped};

/// One row of `idempotency_keys`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// SHA-256 of the caller, the key and the operation, in base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// SHA-256 of the input, in base64url.
    pub fingerprint: String,
    /// Whether the request said that it is a retry.
    pub repeated: bool,
    /// The credential that made the request.
    pub credential_id: CredentialId,
    /// The restrictions and the expiry of that credential at that time, as JSON.
    pub bounds: String,
    /// The result, encrypted under the master key.
    pub encrypted_result: Vec<u8>,
    /// Time of the request.
    pub created_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}

impl Expiring for Entity {
    const EXPIRY: Column = Column::CreatedAt;
}

impl Entity {
    /// The next `count` keys of all tenants after `id`, in order of their ids: for the encryption of
    /// their results under another master key.
    pub fn any_tenant_after(id: &str, count: u64) -> Select<Self> {
        Self::find().filter(Column::Id.gt(id)).order_by_asc(Column::Id).limit(count)
    }
}
