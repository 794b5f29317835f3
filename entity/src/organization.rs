//! Organizations: the tenants.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::OrganizationId;

/// One row of `organizations`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    /// A lower-case DNS segment that names it; unique.
    #[sea_orm(unique)]
    pub label: String,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name or label last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an organization is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The organization itself, as everything else that is the tenant's.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::Id.eq(organization.clone()))
    }

    /// Across tenants: for the operator's commands, which name an organization by its label.
    pub fn by_label(label: &str) -> Select<Self> {
        Self::find().filter(Column::Label.eq(label))
    }

    /// Across tenants: whether there is any organization at all.
    pub fn of_any_tenant() -> Select<Self> {
        Self::find()
    }
}
