//! Audit events: who did what to which thing, and when.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{IntoCondition, LockBehavior, LockType};
use sea_orm::{DeleteMany, QueryFilter, QueryOrder, QuerySelect};

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
    /// The kind of the actor: `service_account`, `operator` or `anonymous`.
    pub actor_kind: String,
    /// The id of the service account that acted; `None` for others.
    pub actor_id: Option<String>,
    /// The name of the service account at that time.
    pub actor_name: Option<String>,
    /// The id of the credential that the service account acted with.
    pub credential_id: Option<String>,
    /// The address of the client; `None` for the operator at the command line.
    pub client_address: Option<String>,
    /// What was done, such as `service_account.create`.
    pub action: String,
    /// The kind of the thing that it was done to, such as `credential`.
    pub target_kind: String,
    /// The id of the thing that it was done to.
    pub target_id: String,
    /// The name of that thing at that time, if it has one.
    pub target_name: Option<String>,
    /// What the action needs to be understood, such as the role that was granted.
    pub detail: Option<String>,
    /// The fields that changed, with old and new values, as JSON; `None`: no field did.
    pub changes: Option<String>,
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

    /// Across tenants: the oldest of those from before `end`, so many at most, save what another
    /// replica has locked; locked.
    pub fn lock_created_before(end: DateTime<Utc>, most: u64) -> Select<Self> {
        Self::find()
            .filter(Column::CreatedAt.lt(end))
            .order_by_asc(Column::CreatedAt)
            .limit(most)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
    }

    /// Across tenants: those that `these` is true for.
    pub fn delete_these(these: impl IntoCondition) -> DeleteMany<Self> {
        Self::delete_many().filter(these)
    }
}
