//! Effective permissions, and the API scopes and restrictions beside them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::service_account;

use super::Credential;
use super::api::ApiGrant;
use super::scalars::DateTime;
use crate::authz::Binding;
use crate::domain::apis::{self, Grant};
use crate::domain::{credentials, roles};
use crate::error::Error;
use crate::graphql::engine::{NullOnError, SequentialList};
use crate::graphql::{loaders, op};

/// Permissions that apply after every rule that restricts them.
pub struct EffectivePermissions {
    /// The permissions.
    pub permissions: roles::EffectivePermissions,
    /// The holder of the permissions.
    pub of: Holder,
}

/// The holder of effective permissions.
pub enum Holder {
    /// The caller.
    Caller,
    /// A service account.
    ServiceAccount(Arc<service_account::Model>),
    /// A credential.
    Credential(Credential),
}

/// Permissions that apply after all rules: those of the roles, within the scope of the token and the
/// restrictions of the credential where one is given. They apply while the service account and the
/// credential are active.
#[Object]
impl EffectivePermissions {
    /// Permissions in the whole organization, each as `<resource type>:<action>`.
    async fn permissions(&self) -> Vec<&'static str> {
        self.permissions.organization.names()
    }

    /// Permissions on single service accounts beyond those in the whole organization: at most 50.
    async fn on_service_accounts(&self) -> Vec<PermissionsOnServiceAccount> {
        let each = self.permissions.accounts.iter();
        each.map(|(id, permissions)| PermissionsOnServiceAccount {
            service_account_id: ID::from(id),
            permissions: permissions.names(),
        })
        .collect()
    }

    /// The same permissions by the role that they come from, in the order of the labels; roles without a
    /// permission that applies are left out: at most 50.
    async fn roles(&self) -> Vec<PermissionsOfRole> {
        self.permissions.roles.iter().map(PermissionsOfRole::from).collect()
    }

    /// Scopes of APIs that tokens for these APIs can have: those that the service account holds, within
    /// the restrictions of the credential where one is given. At most 20 APIs.
    async fn api_grants(&self, ctx: &Context<'_>) -> NullOnError<SequentialList<ApiGrant>> {
        let grants = self.granted(ctx).await;
        grants.map(|grants| SequentialList(grants.into_iter().map(ApiGrant).collect())).into()
    }

    /// Credentials with restrictions. Of a service account: its active ones in order of creation, whose
    /// restrictions are not applied to the permissions and scopes here; requires
    /// `service_account_credentials:list`. Of a credential or the caller: the credential itself, whose
    /// restrictions are applied.
    async fn restricted_credentials(
        &self,
        ctx: &Context<'_>,
    ) -> NullOnError<SequentialList<Credential>> {
        self.restricted(ctx).await.map(SequentialList).into()
    }
}

impl EffectivePermissions {
    async fn granted(&self, ctx: &Context<'_>) -> Result<Vec<Grant>, Arc<Error>> {
        match &self.of {
            Holder::Caller => Ok(apis::effective_grants_of_caller(op(ctx)).await?),
            Holder::ServiceAccount(account) => loaders(ctx).grants_of(&account.id).await,
            Holder::Credential(Credential { row, .. }) => {
                let granted = loaders(ctx).grants_of(&row.service_account_id).await?;
                Ok(apis::effective_grants_of_credential(row, granted)?)
            }
        }
    }

    async fn restricted(&self, ctx: &Context<'_>) -> Result<Vec<Credential>, Arc<Error>> {
        let (rows, account) = match &self.of {
            Holder::Caller => {
                let own = credentials::own_restricted(op(ctx)).await?;
                return Ok(own.into_iter().map(Credential::from).collect());
            }
            Holder::ServiceAccount(account) => {
                let all = loaders(ctx).credentials_of(account).await?;
                (credentials::restricted(op(ctx), all), Some(account))
            }
            Holder::Credential(Credential { row, account }) => {
                let own = row.restrictions.is_some().then(|| Arc::clone(row));
                (own.into_iter().collect(), account.as_ref())
            }
        };
        Ok(rows.into_iter().map(|row| Credential { row, account: account.cloned() }).collect())
    }
}

/// Permissions on one service account and its credentials.
#[derive(SimpleObject)]
pub struct PermissionsOnServiceAccount {
    /// ID of the service account.
    service_account_id: ID,
    /// Permissions on the service account, each as `<resource type>:<action>`.
    permissions: Vec<&'static str>,
}

/// Permissions that a service account has by a role that it holds.
#[derive(SimpleObject)]
pub struct PermissionsOfRole {
    /// Label of the role, such as `org_viewer`.
    role_label: String,
    /// Permissions of the role that apply, each as `<resource type>:<action>`.
    permissions: Vec<&'static str>,
    /// ID of the service account that the role is confined to, with its credentials; null for a role in
    /// the whole organization.
    on_service_account_id: Option<ID>,
    /// Time at which the grant ends; null if it does not end.
    expires_at: Option<DateTime>,
}

impl From<&Binding> for PermissionsOfRole {
    fn from(binding: &Binding) -> Self {
        Self {
            role_label: binding.role.clone(),
            permissions: binding.permissions.names(),
            on_service_account_id: binding.target.as_ref().map(ID::from),
            expires_at: binding.expires_at.map(DateTime),
        }
    }
}
