//! Identifier prefixes: the API identifiers that organizations may register.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::OrganizationId;

/// One row of `identifier_prefixes`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifier_prefixes")]
pub struct Model {
    /// The prefix: an absolute URI in the normal form of identifiers; unique in the installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefix: String,
    /// The tenant that may register identifiers under it.
    pub organization_id: OrganizationId,
    /// When the operator allowed it.
    pub created_at: DateTime<Utc>,
}

/// What an identifier prefix is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The identifier prefixes of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Across tenants: for the decision who may register an identifier.
    pub fn of_any_tenant() -> Select<Self> {
        Self::find()
    }
}
