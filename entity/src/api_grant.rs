//! API grants: the scopes of an API that a service account holds.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{ApiId, Mutable, OrganizationId, ServiceAccountId, TenantScoped};

/// One row of `api_grants`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_grants")]
pub struct Model {
    /// The holder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_account_id: ServiceAccountId,
    /// The API.
    #[sea_orm(primary_key, auto_increment = false)]
    pub api_id: ApiId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The granted scopes, separated by spaces. Only those that the API still has count.
    pub scopes: String,
    /// Time of the first grant.
    pub created_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The API.
    #[sea_orm(
        belongs_to = "super::api::Entity",
        from = "Column::ApiId",
        to = "super::api::Column::Id"
    )]
    Api,
}

impl Related<super::api::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Api.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}
