//! Roles that organizations created; the built-in ones have no rows.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{Mutable, OrganizationId, RoleId, TenantScoped};

/// One row of `roles`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Label, unique in the organization.
    pub label: String,
    /// Display name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Its permissions, with spaces between them.
    pub permissions: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}
