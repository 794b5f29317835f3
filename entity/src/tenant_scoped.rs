//! Queries within one organization.

use sea_orm::entity::prelude::*;
use sea_orm::{DeleteMany, UpdateMany};

use crate::OrganizationId;

/// Rows that belong to an organization. Every query of the application starts here, or at a finder
/// that says `any_tenant` in its name.
pub trait TenantScoped: EntityTrait {
    /// The column with the organization's id.
    const ORGANIZATION: Self::Column;

    /// The rows of an organization.
    fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(organization.clone()))
    }

    /// Updates rows of an organization.
    fn update_in_org(organization: &OrganizationId) -> UpdateMany<Self>
    where
        Self: Mutable,
    {
        Self::update_many().filter(Self::ORGANIZATION.eq(organization.clone()))
    }

    /// Deletes rows of an organization.
    fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self>
    where
        Self: Mutable,
    {
        Self::delete_many().filter(Self::ORGANIZATION.eq(organization.clone()))
    }
}

/// Rows that are updated or deleted within an organization. Audit events and reserved identifiers
/// are not.
pub trait Mutable: TenantScoped {}
