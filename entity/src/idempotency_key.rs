//! Idempotency keys: what creates were named by, and what was answered, for as long as they may
//! be repeated.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DeleteMany, QueryOrder, QuerySelect, UpdateMany};

use crate::{CredentialId, OrganizationId};

/// One row of `idempotency_keys`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// SHA-256 of who used which key for what, in base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// SHA-256 of the input, in base64url.
    pub fingerprint: String,
    /// Whether the request said of itself that it is a repetition.
    pub repeated: bool,
    /// The credential that made the request.
    pub credential_id: CredentialId,
    /// The restrictions and the end of that credential at that time, as JSON.
    pub bounds: String,
    /// What was answered, sealed under the master key.
    pub sealed_answer: Vec<u8>,
    /// When the request was done.
    pub created_at: DateTime<Utc>,
}

/// What an idempotency key is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The idempotency keys of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Across tenants, for what they are sealed under: `count` of them, in order, after `id`.
    pub fn of_any_tenant_after(id: &str, count: u64) -> Select<Self> {
        Self::find().filter(Column::Id.gt(id)).order_by_asc(Column::Id).limit(count)
    }

    /// Changes the one row that still holds this answer.
    pub fn update_while(id: &str, sealed_answer: &[u8]) -> UpdateMany<Self> {
        Self::update_many().filter(Column::Id.eq(id)).filter(Column::SealedAnswer.eq(sealed_answer))
    }

    /// Across tenants: those that were made at `at` or before.
    pub fn delete_made_until(at: DateTime<Utc>) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::CreatedAt.lte(at))
    }
}
