//! APIs: the audiences of an organization's tokens, beside Postern itself.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{ApiId, Mutable, OrganizationId, TenantScoped};

/// One row of `apis`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "apis")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Identifier: a URI, the `aud` of its tokens; unique in the installation.
    #[sea_orm(unique)]
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// Its scopes, with spaces between them (RFC 6749, section 3.3).
    pub scopes: String,
    /// Time of registration.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of its name or scopes.
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
