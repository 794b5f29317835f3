//! Organizations: the tenants.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{OrganizationId, TenantScoped};

/// One row of `organizations`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    /// Label: a lower-case DNS label; unique.
    #[sea_orm(unique)]
    pub label: String,
    /// Display name.
    pub name: String,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of its name or label.
    pub updated_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::Id;
}

impl Entity {
    /// The organization with a label: for the operator's commands.
    pub fn any_tenant_by_label(label: &str) -> Select<Self> {
        Self::find().filter(Column::Label.eq(label))
    }

    /// All organizations.
    pub fn any_tenant() -> Select<Self> {
        Self::find()
    }
}
