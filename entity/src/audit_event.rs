//! Audit events: who did what to which thing, and when.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{AuditEventId, OrganizationId};

/// One row of `audit_events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// The id of who did it; none for the operator at the command line.
    pub actor_id: Option<String>,
    /// What was done, such as `service_account.create`.
    pub action: String,
    /// The id of the thing that it was done to.
    pub target_id: String,
    /// What the action needs to be understood, such as the role that was granted.
    pub detail: Option<String>,
    /// The id of the request that did it.
    pub request_id: String,
}

/// What an audit event is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The audit events of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
