//! Role bindings: the roles that service accounts hold.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{Expiring, Mutable, OrganizationId, ServiceAccountId, TenantScoped};

/// One row of `role_bindings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_bindings")]
pub struct Model {
    /// The holder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_account_id: ServiceAccountId,
    /// The label of the role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// The id of the service account that the role is confined to; empty for the whole organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_id: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Time of the grant.
    pub created_at: DateTime<Utc>,
    /// Time at which the grant ends; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The holder.
    #[sea_orm(
        belongs_to = "super::service_account::Entity",
        from = "Column::ServiceAccountId",
        to = "super::service_account::Column::Id"
    )]
    ServiceAccount,
    /// The role, unless it is a built-in one.
    #[sea_orm(
        belongs_to = "super::role::Entity",
        from = "(Column::OrganizationId, Column::Role)",
        to = "(super::role::Column::OrganizationId, super::role::Column::Label)"
    )]
    Role,
}

impl Related<super::role::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Role.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}

impl Expiring for Entity {
    const EXPIRY: Column = Column::ExpiresAt;
}

impl Model {
    /// The service account that the role is confined to; `None` for the whole organization.
    #[must_use]
    pub fn target(&self) -> Option<ServiceAccountId> {
        self.target_id.parse().ok()
    }
}
