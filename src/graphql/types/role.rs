//! Roles, and who holds them where.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::ServiceAccount;
use super::scalars::DateTime;
use crate::authz::Permission;
use crate::domain::access::role_bindings;
use crate::domain::roles::{self, RoleDefinition};
use crate::error::Error;
use crate::graphql::engine::{NullOnError, SequentialList};
use crate::graphql::loaders;

/// A role.
#[derive(Clone)]
pub struct Role(pub RoleDefinition);

/// A named set of permissions in an organization: a built-in one, or one that the organization created.
#[Object]
impl Role {
    /// ID of the role. That of a built-in role is the same in all organizations.
    pub(super) async fn id(&self) -> ID {
        self.0.id().into()
    }

    /// Display name of the role.
    async fn name(&self) -> &str {
        self.0.name()
    }

    /// Label that names the role in `grantRole` and `revokeRole`, such as `org_viewer`. It never changes.
    async fn label(&self) -> &str {
        self.0.label()
    }

    /// Purpose of the role in one sentence.
    async fn description(&self) -> &str {
        self.0.description()
    }

    /// Permissions of the role, each as `<resource type>:<action>`, such as `roles:list`.
    async fn permissions(&self) -> Vec<&'static str> {
        self.0.permissions().names()
    }

    /// True for a built-in role, which cannot be changed.
    async fn is_built_in(&self) -> bool {
        self.0.row().is_none()
    }

    /// Time of creation; null for a built-in role.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.row().map(|row| DateTime(row.created_at))
    }

    /// Time of the last change; null for a built-in role.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.row().map(|row| DateTime(row.updated_at))
    }
}

/// A role that a service account holds.
pub struct RoleBinding(pub role_bindings::RoleBinding);

/// Role that a service account holds, on the organization or on one service account.
#[Object]
impl RoleBinding {
    /// Role that the service account holds; null if this version of the server does not know it.
    async fn role(&self) -> Option<Role> {
        self.0.role.clone().map(Role)
    }

    /// ID of the service account that the role is confined to, with its credentials; null for a role in
    /// the whole organization.
    async fn on_service_account_id(&self) -> Option<ID> {
        self.0.target.as_ref().map(ID::from)
    }

    /// Service account that the role is confined to, with its credentials; null for a role in the whole
    /// organization, and if the caller may not read the service account.
    async fn on_service_account(&self, ctx: &Context<'_>) -> NullOnError<ServiceAccount> {
        let Some(id) = &self.0.target else { return Ok::<_, Arc<Error>>(None).into() };
        let account = loaders(ctx).account(id.clone()).await;
        account.map(|row| row.map(ServiceAccount)).into()
    }

    /// Time at which the grant ends; null if it does not end.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }
}

/// A permission of the catalog.
pub struct CatalogPermission(pub Permission);

/// Permission that roles can contain.
#[Object]
impl CatalogPermission {
    /// Name of the permission, such as `service_accounts:read`.
    async fn name(&self) -> &'static str {
        self.0.name()
    }

    /// Operations that the permission allows, in one sentence.
    async fn description(&self) -> &'static str {
        self.0.description()
    }

    /// Type of the resources that the permission applies to, such as `service_accounts`.
    async fn resource_type(&self) -> &'static str {
        self.0.kind()
    }
}

/// An unknown role, which was named in an argument or input `role`.
pub fn unknown_role(error: Error) -> Error {
    match error {
        Error::NotFound("role") => Error::invalid("role", roles::UNKNOWN),
        other => other,
    }
}

/// All permissions that roles can contain.
pub fn catalog() -> Vec<CatalogPermission> {
    Permission::ALL.iter().copied().map(CatalogPermission).collect()
}

/// The role bindings of a list.
pub fn bindings(all: Vec<role_bindings::RoleBinding>) -> SequentialList<RoleBinding> {
    SequentialList(all.into_iter().map(RoleBinding).collect())
}

/// The roles that are held in the whole organization.
pub fn in_organization(all: Vec<role_bindings::RoleBinding>) -> SequentialList<Role> {
    let known = all.into_iter().filter(|it| it.target.is_none()).filter_map(|it| it.role);
    SequentialList(known.map(Role).collect())
}
