//! Service accounts: the machine identities of an organization.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::{OrganizationId, ServiceAccountId};

/// One row of `service_accounts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_accounts")]
pub struct Model {
    /// Its id: the `sub` of its tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceAccountId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name or description last changed.
    pub updated_at: DateTime<Utc>,
    /// Since when it is disabled, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The id of the service account that disabled it; `None` for the operator.
    pub disabled_by: Option<ServiceAccountId>,
    /// Before this instant no token that it holds was issued, if its tokens were ever revoked.
    pub not_before: Option<DateTime<Utc>>,
}

/// What a service account is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The service accounts of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
