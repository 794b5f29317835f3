//! Role bindings: the roles that service accounts hold.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::{OrganizationId, ServiceAccountId};

/// One row of `role_bindings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_bindings")]
pub struct Model {
    /// Who holds the role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_account_id: ServiceAccountId,
    /// The label of the role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// When it was granted.
    pub created_at: DateTime<Utc>,
}

/// What a role binding is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Who holds the role.
    #[sea_orm(
        belongs_to = "super::service_account::Entity",
        from = "Column::ServiceAccountId",
        to = "super::service_account::Column::Id"
    )]
    ServiceAccount,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The role bindings of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
