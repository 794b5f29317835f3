//! Role bindings: the roles that service accounts hold.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{Mutable, OrganizationId, ServiceAccountId, TenantScoped};

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
    /// The organization.
    pub organization_id: OrganizationId,
    /// Time of the grant.
    pub created_at: DateTime<Utc>,
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
}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}
