//! Service accounts: the machine identities of an organization.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{Mutable, OrganizationId, ServiceAccountId, TenantScoped};

/// One row of `service_accounts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_accounts")]
pub struct Model {
    /// Its id: the `sub` of its tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceAccountId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of its name or description.
    pub updated_at: DateTime<Utc>,
    /// Time since when it is disabled; `None`: it is enabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The id of the service account that disabled it; `None` for the operator.
    pub disabled_by: Option<ServiceAccountId>,
    /// Earliest time at which a valid token of it was issued; `None`: its tokens were never revoked.
    pub not_before: Option<DateTime<Utc>>,
    /// Its id in the tool that declares it, unique in the organization; never changes once set.
    pub external_id: Option<String>,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Mutable for Entity {}
