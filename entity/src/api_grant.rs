//! API grants: what service accounts may do at APIs.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DeleteMany, UpdateMany};

use crate::{ApiId, OrganizationId, ServiceAccountId};

/// One row of `api_grants`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_grants")]
pub struct Model {
    /// Who holds it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_account_id: ServiceAccountId,
    /// At which API.
    #[sea_orm(primary_key, auto_increment = false)]
    pub api_id: ApiId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The scopes that were granted, with spaces between them; those count that the API still has.
    pub scopes: String,
    /// When it was first granted.
    pub created_at: DateTime<Utc>,
}

/// What an API grant is joined with.
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

impl Entity {
    /// The grants of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Changes within a tenant.
    pub fn update_in_org(organization: &OrganizationId) -> UpdateMany<Self> {
        Self::update_many().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
