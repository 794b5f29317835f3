//! Identifier prefixes: the API identifiers that organizations may register.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{Mutable, OrganizationId, TenantScoped};

/// One row of `identifier_prefixes`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifier_prefixes")]
pub struct Model {
    /// The prefix: an absolute URI in the normal form of identifiers; unique in the installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefix: String,
    /// The organization that may register identifiers under it.
    pub organization_id: OrganizationId,
    /// Time at which the operator allowed it.
    pub created_at: DateTime<Utc>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}

impl Entity {
    /// The prefixes of all tenants: for the decision who may register an identifier.
    pub fn any_tenant() -> Select<Self> {
        Self::find()
    }
}
