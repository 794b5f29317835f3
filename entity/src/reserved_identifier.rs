//! Reserved identifiers: every API identifier that was ever registered, with its organization. Rows
//! are never deleted, so that no other organization gets tokens for a deleted API.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{OrganizationId, TenantScoped};

/// One row of `reserved_identifiers`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reserved_identifiers")]
pub struct Model {
    /// The identifier; unique in the installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub identifier: String,
    /// The organization that registered it first.
    pub organization_id: OrganizationId,
    /// Time of the first registration.
    pub created_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
