//! The permissions of the caller on an object, decided when they are selected by the function that
//! enforces them.

use std::sync::Arc;

use async_graphql::{Context, Object};
use entity::{OrganizationId, ServiceAccountId, credential, organization, service_account};

use crate::authz::Permission;
use crate::error::Error;
use crate::graphql::engine::Sequential;
use crate::graphql::{loaders, op};

/// The object or list that permissions are about.
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
    /// Actions on an organization, each true if the caller may perform it.
    OrganizationActions {
        /// Whether the caller may read the organization.
        read = OrganizationsRead,
        /// Whether the caller may change the name and the label of the organization.
        update = OrganizationsUpdate,
    }
}

actions! {
    /// Actions on service accounts, each true if the caller may perform it.
    ServiceAccountActions {
        /// Whether the caller may list service accounts.
        list = ServiceAccountsList,
        /// Whether the caller may create service accounts.
        create = ServiceAccountsCreate,
        /// Whether the caller may read service accounts.
        read = ServiceAccountsRead,
        /// Whether the caller may change, disable and enable service accounts, and revoke their
        /// tokens.
        update = ServiceAccountsUpdate,
        /// Whether the caller may delete service accounts.
        delete = ServiceAccountsDelete,
    }
}

actions! {
    /// Actions on credentials, each true if the caller may perform it.
    CredentialActions {
        /// Whether the caller may list credentials.
        list = CredentialsList,
        /// Whether the caller may create credentials for service accounts whose permissions it
        /// holds itself.
        create = CredentialsCreate,
        /// Whether the caller may read credentials; their secrets are never readable.
        read = CredentialsRead,
        /// Whether the caller may change, disable, enable and rotate credentials, and revoke their
        /// tokens.
        update = CredentialsUpdate,
        /// Whether the caller may delete credentials.
        delete = CredentialsDelete,
    }
}

actions! {
    /// Actions on roles, each true if the caller may perform it.
    RoleActions {
        /// Whether the caller may list roles and read who holds them.
        list = RolesList,
        /// Whether the caller may create roles with permissions that it holds itself.
        create = RolesCreate,
        /// Whether the caller may change roles.
        update = RolesUpdate,
        /// Whether the caller may delete roles.
        delete = RolesDelete,
        /// Whether the caller may grant and revoke roles whose permissions it holds itself.
        grant = RolesGrant,
    }
}

actions! {
    /// Actions on members, each true if the caller may perform it. No operation uses them yet.
    MemberActions {
        /// Whether the caller may list members.
        list = MembersList,
        /// Whether the caller may invite members.
        create = MembersCreate,
        /// Whether the caller may read members.
        read = MembersRead,
        /// Whether the caller may change members.
        update = MembersUpdate,
        /// Whether the caller may remove members.
        delete = MembersDelete,
    }
}

actions! {
    /// Actions on APIs, each true if the caller may perform it.
    ApiActions {
        /// Whether the caller may list APIs.
        list = ApisList,
        /// Whether the caller may register APIs.
        create = ApisCreate,
        /// Whether the caller may read APIs.
        read = ApisRead,
        /// Whether the caller may change APIs.
        update = ApisUpdate,
        /// Whether the caller may delete APIs.
        delete = ApisDelete,
        /// Whether the caller may grant scopes of APIs to service accounts whose permissions it
        /// holds itself, and revoke them.
        grant = ApisGrant,
    }
}

actions! {
    /// Actions on trusted issuers, each true if the caller may perform it. No operation uses them
    /// yet.
    TrustedIssuerActions {
        /// Whether the caller may list trusted issuers.
        list = TrustedIssuersList,
        /// Whether the caller may register trusted issuers.
        create = TrustedIssuersCreate,
        /// Whether the caller may read trusted issuers.
        read = TrustedIssuersRead,
        /// Whether the caller may change trusted issuers.
        update = TrustedIssuersUpdate,
        /// Whether the caller may delete trusted issuers.
        delete = TrustedIssuersDelete,
    }
}

actions! {
    /// Actions on audit events, each true if the caller may perform it.
    AuditEventActions {
        /// Whether the caller may list audit events.
        list = AuditEventsList,
        /// Whether the caller may export the audit log.
        export = AuditEventsExport,
    }
}

/// The caller's permissions in an organization.
pub struct OrganizationPermissions(pub Subject);

/// Permissions of the caller in an organization, by kind of object.
#[Object]
impl OrganizationPermissions {
    /// Actions on the organization itself.
    async fn organizations(&self) -> Sequential<OrganizationActions> {
        Sequential(OrganizationActions(self.0.clone()))
    }

    /// Actions on the service accounts of the organization.
    async fn service_accounts(&self) -> Sequential<ServiceAccountActions> {
        Sequential(ServiceAccountActions(self.0.clone()))
    }

    /// Actions on the credentials of its service accounts.
    async fn service_account_credentials(&self) -> Sequential<CredentialActions> {
        Sequential(CredentialActions(self.0.clone()))
    }

    /// Actions on the roles of the organization.
    async fn roles(&self) -> Sequential<RoleActions> {
        Sequential(RoleActions(self.0.clone()))
    }

    /// Actions on the members of the organization.
    async fn members(&self) -> Sequential<MemberActions> {
        Sequential(MemberActions(self.0.clone()))
    }

    /// Actions on the APIs of the organization.
    async fn apis(&self) -> Sequential<ApiActions> {
        Sequential(ApiActions(self.0.clone()))
    }

    /// Actions on the trusted issuers of the organization.
    async fn trusted_issuers(&self) -> Sequential<TrustedIssuerActions> {
        Sequential(TrustedIssuerActions(self.0.clone()))
    }

    /// Actions on the audit events of the organization.
    async fn audit_events(&self) -> Sequential<AuditEventActions> {
        Sequential(AuditEventActions(self.0.clone()))
    }
}

/// The permissions of the caller on a service account, or a list of them.
pub struct ServiceAccountPermissions(pub Subject);

/// Permissions of the caller on a service account or a list of them, by kind of object.
#[Object]
impl ServiceAccountPermissions {
    /// Actions on the service account itself.
    async fn service_accounts(&self) -> Sequential<ServiceAccountActions> {
        Sequential(ServiceAccountActions(self.0.clone()))
    }

    /// Actions on the credentials of the service account.
    async fn service_account_credentials(&self) -> Sequential<CredentialActions> {
        Sequential(CredentialActions(self.0.clone()))
    }
}

/// The permissions of the caller on a credential, or a list of them.
pub struct CredentialPermissions(pub Subject);

/// Permissions of the caller on a credential or a list of them, by kind of object.
#[Object]
impl CredentialPermissions {
    /// Actions on the credential itself.
    async fn service_account_credentials(&self) -> Sequential<CredentialActions> {
        Sequential(CredentialActions(self.0.clone()))
    }
}

/// The permissions of the caller on a list of audit events.
pub struct AuditEventPermissions(pub Subject);

/// Permissions of the caller on a list of audit events, by kind of object.
#[Object]
impl AuditEventPermissions {
    /// Actions on the audit events.
    async fn audit_events(&self) -> Sequential<AuditEventActions> {
        Sequential(AuditEventActions(self.0.clone()))
    }
}
