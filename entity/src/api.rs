//! APIs: what tokens of an organization are for, beside Postern itself.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

use crate::{ApiId, OrganizationId};

/// One row of `apis`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "apis")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The URI that clients name it by: `aud` of its tokens; unique in the installation.
    #[sea_orm(unique)]
    pub identifier: String,
    /// What people call it.
    pub name: String,
    /// Its scopes, with spaces between them (RFC 6749, section 3.3).
    pub scopes: String,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When its name or scopes last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an API is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The APIs of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }
}
