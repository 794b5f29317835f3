//! Reserved identifiers: every API identifier that was ever registered, with its organization. Rows
//! are never deleted, so that no other organization gets tokens for a deleted API.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::OrganizationId;

/// One row of `reserved_identifiers`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reserved_identifiers")]
pub struct Model {
    /// The identifier; unique in the installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub identifier: String,
    /// The tenant that registered it first.
    pub organization_id: OrganizationId,
    /// When it was first registered.
    pub created_at: DateTime<Utc>,
}

/// What a reserved identifier is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The reserved identifiers of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
