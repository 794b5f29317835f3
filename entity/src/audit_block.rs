//! Signed blocks of the audit log: each contains the hash of the one before it.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, UpdateMany};

use crate::{OrganizationId, TenantScoped};

/// One row of `audit_blocks`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_blocks")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// The number in the organization, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The position of the first event.
    pub first_position: i64,
    /// The position of the last event.
    pub last_position: i64,
    /// The number of events.
    pub event_count: i32,
    /// The latest time of an event.
    pub last_event_at: DateTime<Utc>,
    /// The SHA-256 digest of the events, in hexadecimal.
    pub events_digest: String,
    /// The hash of the previous block; zeros for the first block.
    pub previous_hash: String,
    /// The hash of the block, in hexadecimal.
    pub hash: String,
    /// The signature of the hash, as a JWS in compact serialization (RFC 7515).
    pub signature: String,
    /// The `kid` of the signing key.
    pub signing_key_id: String,
    /// The public key, which outlives the signing key.
    pub public_jwk: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// The time at which the retention deleted the events, all at once.
    pub events_deleted_at: Option<DateTime<Utc>>,
    /// Random text, so that nobody can guess positions from the hash; `None` in blocks of an older version.
    pub nonce: Option<String>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// The last block of an organization.
    pub fn last_in_org(organization: &OrganizationId) -> Select<Self> {
        Self::in_org(organization).order_by_desc(Column::Number)
    }

    /// The first `limit` blocks of an organization after a number.
    pub fn in_org_after(organization: &OrganizationId, number: i64, limit: u64) -> Select<Self> {
        Self::in_org(organization)
            .filter(Column::Number.gt(number))
            .order_by_asc(Column::Number)
            .limit(limit)
    }

    /// The oldest blocks of all tenants all of whose events are from before `end`.
    pub fn any_tenant_before(end: DateTime<Utc>, limit: u64) -> Select<Self> {
        Self::find()
            .filter(Column::EventsDeletedAt.is_null())
            .filter(Column::LastEventAt.lt(end))
            .order_by_asc(Column::LastEventAt)
            .limit(limit)
    }

    /// Marks the events of a block as deleted.
    pub fn mark_deleted(block: &Model, at: DateTime<Utc>) -> UpdateMany<Self> {
        Self::update_many()
            .col_expr(Column::EventsDeletedAt, Expr::value(at))
            .filter(Column::OrganizationId.eq(block.organization_id.clone()))
            .filter(Column::Number.eq(block.number))
    }
}
