//! Audit events: who did what, when.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{DeleteMany, QueryFilter};

use crate::{AuditEventId, OrganizationId, TenantScoped};

/// One row of `audit_events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Time of the event.
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
    /// The action, such as `service_account.create`.
    pub action: String,
    /// The kind of the target, such as `credential`.
    pub target_kind: String,
    /// The id of the target.
    pub target_id: String,
    /// The name of the target at that time, if it has one.
    pub target_name: Option<String>,
    /// Detail of the action, such as the granted role.
    pub detail: Option<String>,
    /// The changed fields with old and new values, as JSON; `None` without changes.
    pub changes: Option<String>,
    /// The id of the request, of the first one if the event stands for several attempts.
    pub request_id: String,
    /// The outcome: `success`, `denied` or `failed`.
    pub outcome: String,
    /// The reason of an attempt that was denied or failed, such as `MISSING_PERMISSION`.
    pub reason: Option<String>,
    /// The number of equal attempts that the event stands for.
    pub event_count: i64,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// The events of all tenants that match a condition.
    pub fn any_tenant(condition: impl IntoCondition) -> Select<Self> {
        Self::find().filter(condition)
    }

    /// Deletes the events of all tenants that match a condition.
    pub fn delete_any_tenant(condition: impl IntoCondition) -> DeleteMany<Self> {
        Self::delete_many().filter(condition)
    }
}
