//! The permissions of the caller on each thing: asked of the function that enforces them, when they
//! are selected.

use std::sync::Arc;

use async_graphql::{Context, Object};
use entity::{OrganizationId, ServiceAccountId, credential, organization, service_account};

use crate::authz::Permission;
use crate::error::Error;
use crate::graphql::plain::Plain;
use crate::graphql::{loaders, op};

/// The thing that permissions are about.
#[derive(Clone)]
pub enum Subject {
    /// An organization, or a list in it.
    Organization(OrganizationId),
    /// A service account, or the list of its credentials.
    ServiceAccount(OrganizationId, ServiceAccountId),
    /// A credential.
    Credential(Arc<credential::Model>),
}

impl From<&Arc<organization::Model>> for Subject {
    fn from(row: &Arc<organization::Model>) -> Self {
        Self::Organization(row.id.clone())
    }
}

impl From<&Arc<service_account::Model>> for Subject {
    fn from(row: &Arc<service_account::Model>) -> Self {
        Self::ServiceAccount(row.organization_id.clone(), row.id.clone())
    }
}

impl Subject {
    async fn may(&self, ctx: &Context<'_>, permission: Permission) -> Result<bool, Arc<Error>> {
        let op = op(ctx);
        Ok(match self {
            Self::Organization(id) => op.may(permission, id),
            Self::ServiceAccount(organization, id) => {
                let facts = loaders(ctx).facts_of(id, permission).await?;
                op.may(permission, &facts.resource(organization, id))
            }
            Self::Credential(row) => {
                let facts = loaders(ctx).facts_of(&row.service_account_id, permission).await?;
                op.may(permission, &facts.credential(row))
            }
        })
    }
}

macro_rules! actions {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $permission:ident,)* }) => {
        pub struct $name(Subject);

        $(#[$doc])*
        #[Object]
        impl $name {
            $($(#[$field_doc])*
            async fn $field(&self, ctx: &Context<'_>) -> Result<bool, Arc<Error>> {
                self.0.may(ctx, Permission::$permission).await
            })*
        }
    };
}

actions! {
    /// What the caller may do with an organization.
    OrganizationActions {
        /// See it.
        read = OrganizationsRead,
        /// Change its name and label.
        update = OrganizationsUpdate,
    }
}

actions! {
    /// What the caller may do with service accounts.
    ServiceAccountActions {
        /// List them.
        list = ServiceAccountsList,
        /// Make them.
        create = ServiceAccountsCreate,
        /// See them.
        read = ServiceAccountsRead,
        /// Change their name and description.
        update = ServiceAccountsUpdate,
        /// Delete them.
        delete = ServiceAccountsDelete,
    }
}

actions! {
    /// What the caller may do with the credentials of service accounts.
    CredentialActions {
        /// List them.
        list = CredentialsList,
        /// Make them, for accounts that are no stronger than the caller.
        create = CredentialsCreate,
        /// See them; never their secrets.
        read = CredentialsRead,
        /// Change their name and description.
        update = CredentialsUpdate,
        /// Delete them.
        delete = CredentialsDelete,
    }
}

actions! {
    /// What the caller may do with roles.
    RoleActions {
        /// See which there are and who holds them.
        list = RolesList,
        /// Grant and revoke them, as far as the caller holds what they hold.
        grant = RolesGrant,
    }
}

actions! {
    /// What the caller may do with audit events.
    AuditEventActions {
        /// List them.
        list = AuditEventsList,
    }
}

/// The permissions of the caller in an organization.
pub struct OrganizationPermissions(pub Subject);

/// What the caller may do in an organization.
#[Object]
impl OrganizationPermissions {
    /// With the organization itself.
    async fn organizations(&self) -> Plain<OrganizationActions> {
        Plain(OrganizationActions(self.0.clone()))
    }

    /// With its service accounts.
    async fn service_accounts(&self) -> Plain<ServiceAccountActions> {
        Plain(ServiceAccountActions(self.0.clone()))
    }

    /// With the credentials of its service accounts.
    async fn service_account_credentials(&self) -> Plain<CredentialActions> {
        Plain(CredentialActions(self.0.clone()))
    }

    /// With its roles.
    async fn roles(&self) -> Plain<RoleActions> {
        Plain(RoleActions(self.0.clone()))
    }

    /// With its audit events.
    async fn audit_events(&self) -> Plain<AuditEventActions> {
        Plain(AuditEventActions(self.0.clone()))
    }
}

/// The permissions of the caller on a service account, or a list of them.
pub struct ServiceAccountPermissions(pub Subject);

/// What the caller may do with a service account, or with a list of them.
#[Object]
impl ServiceAccountPermissions {
    /// With the account itself.
    async fn service_accounts(&self) -> Plain<ServiceAccountActions> {
        Plain(ServiceAccountActions(self.0.clone()))
    }

    /// With its credentials.
    async fn service_account_credentials(&self) -> Plain<CredentialActions> {
        Plain(CredentialActions(self.0.clone()))
    }
}

/// The permissions of the caller on a credential, or a list of them.
pub struct CredentialPermissions(pub Subject);

/// What the caller may do with a credential, or with a list of them.
#[Object]
impl CredentialPermissions {
    /// With the credential itself.
    async fn service_account_credentials(&self) -> Plain<CredentialActions> {
        Plain(CredentialActions(self.0.clone()))
    }
}

/// The permissions of the caller on a list of audit events.
pub struct AuditEventPermissions(pub Subject);

/// What the caller may do with a list of audit events.
#[Object]
impl AuditEventPermissions {
    /// With the audit events.
    async fn audit_events(&self) -> Plain<AuditEventActions> {
        Plain(AuditEventActions(self.0.clone()))
    }
}
