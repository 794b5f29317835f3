//! Definitions of roles: the built-in ones, and those that organizations created.

use std::sync::Arc;

use entity::{OrganizationId, RoleId, TenantScoped, role};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder};

use crate::authz::{PermissionSet, Role};
use crate::domain::filters::is_role_label;
use crate::error::{Error, Result};

/// A role that an organization can grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleDefinition {
    /// A built-in role.
    BuiltIn(Role),
    /// A role that the organization created.
    Custom(Arc<role::Model>),
}

impl RoleDefinition {
    /// Its id. That of a built-in role is the same in all organizations.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::BuiltIn(role) => role.id().to_owned(),
            Self::Custom(row) => row.id.to_string(),
        }
    }

    /// Its label, unique in the organization.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.label(),
            Self::Custom(row) => &row.label,
        }
    }

    /// Its display name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.name(),
            Self::Custom(row) => &row.name,
        }
    }

    /// Its description; empty if there is none.
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.description(),
            Self::Custom(row) => &row.description,
        }
    }

    /// The permissions that it grants.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        match self {
            Self::BuiltIn(role) => role.permissions(),
            Self::Custom(row) => PermissionSet::known(&row.permissions),
        }
    }

    /// The permissions that a caller must hold to change what its holders do: all of them if this
    /// version does not know one.
    #[must_use]
    pub fn at_most(&self) -> PermissionSet {
        match self {
            Self::BuiltIn(role) => role.permissions(),
            Self::Custom(row) => PermissionSet::at_most(&row.permissions),
        }
    }

    /// The row of a role that the organization created.
    #[must_use]
    pub fn row(&self) -> Option<&Arc<role::Model>> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Custom(row) => Some(row),
        }
    }
}

impl From<role::Model> for RoleDefinition {
    fn from(row: role::Model) -> Self {
        Self::Custom(Arc::new(row))
    }
}

/// The roles of an organization: the built-in ones, then its own by their labels. For decisions, not
/// for responses.
pub async fn all(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
) -> Result<Vec<RoleDefinition>> {
    let own = role::Entity::in_org(organization).order_by_asc(role::Column::Label).all(on).await?;
    let built_in = Role::ALL.iter().copied().map(RoleDefinition::BuiltIn);
    Ok(built_in.chain(own.into_iter().map(RoleDefinition::from)).collect())
}

/// The role with this label or id: for decisions, not for responses.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn find(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    reference: &str,
) -> Result<RoleDefinition> {
    if let Some(role) = Role::find(reference) {
        return Ok(RoleDefinition::BuiltIn(role));
    }
    if !is_role_label(reference) {
        return Err(not_found());
    }
    let named = Condition::any().add(role::Column::Label.eq(reference));
    let id = reference.parse::<RoleId>().ok().map(|id| role::Column::Id.eq(id));
    let own = role::Entity::in_org(organization).filter(named.add_option(id)).one(on).await?;
    own.map(RoleDefinition::from).ok_or_else(not_found)
}

/// The error for a role that does not exist in the organization.
#[must_use]
pub fn not_found() -> Error {
    Error::NotFound("role")
}
