//! Roles.

use async_graphql::Object;

use crate::authz;

/// A role.
pub struct Role(pub authz::Role);

/// A named set of permissions in an organization.
#[Object]
impl Role {
    /// Display name of the role.
    async fn name(&self) -> &str {
        self.0.name()
    }

    /// Label that names the role in `grantRole` and `revokeRole`, such as `org_viewer`.
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
}
