//! Roles.

use async_graphql::Object;

use crate::authz;

/// One role.
pub struct Role(pub authz::Role);

/// A named set of permissions in an organization.
#[Object]
impl Role {
    /// What people call it.
    async fn name(&self) -> &str {
        self.0.name()
    }

    /// What it is granted and revoked by, such as `org_viewer`.
    async fn label(&self) -> &str {
        self.0.label()
    }

    /// What it is for.
    async fn description(&self) -> &str {
        self.0.description()
    }

    /// What it allows, each as `<resource type>:<name>`.
    async fn permissions(&self) -> Vec<&'static str> {
        self.0.permissions().names()
    }
}
