//! The authenticated caller.

use std::sync::Arc;

use async_graphql::{Context, Object, Union};

use super::effective_permissions::{EffectivePermissions, Holder};
use super::role::Role;
use super::scalars::DateTime;
use super::{Credential, Organization, ServiceAccount};
use crate::authz::Client;
use crate::domain::{credentials, organizations, roles};
use crate::error::{Error, Result};
use crate::graphql::engine::NullOnError;
use crate::graphql::{loaders, op};

/// An identity that can call the API; today always a service account.
#[derive(Union)]
pub enum Principal {
    /// A machine.
    ServiceAccount(ServiceAccount),
}

/// The caller.
pub struct Viewer(pub Client);

/// The authenticated caller, with its access token.
#[Object]
impl Viewer {
    /// Identity of the caller.
    async fn principal(&self, ctx: &Context<'_>) -> Result<Principal, Arc<Error>> {
        let account = loaders(ctx).account(self.0.service_account.clone()).await?;
        let account = account.ok_or_else(|| Arc::new(Error::Unauthenticated))?;
        Ok(Principal::ServiceAccount(ServiceAccount(account)))
    }

    /// Organization that the caller belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        organizations::current(op(ctx)).map(Organization)
    }

    /// Credential that the access token was issued to.
    async fn credential(&self, ctx: &Context<'_>) -> NullOnError<Credential> {
        credentials::own(op(ctx)).await.map(Credential::from).into()
    }

    /// Roles that the caller holds in the whole organization.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        Ok(roles::of_caller(op(ctx)).await?.into_iter().map(Role).collect())
    }

    /// Permissions of the caller: those of its roles, within the scope of its token and the restrictions
    /// of its credential; and the scopes of APIs that tokens of the credential can have.
    async fn effective_permissions(&self) -> EffectivePermissions {
        EffectivePermissions {
            permissions: roles::effective_of_caller(&self.0),
            of: Holder::Caller,
        }
    }

    /// Permissions that the access token is restricted to by its scope (RFC 6749, section 3.3);
    /// null if it is unrestricted.
    async fn scopes(&self) -> Option<Vec<&'static str>> {
        self.0.scope.map(|scope| scope.names())
    }

    /// Expiry time of the access token.
    async fn token_expires_at(&self) -> DateTime {
        DateTime(self.0.token_expires_at)
    }
}

impl Viewer {
    /// The caller of this request.
    pub fn of(ctx: &Context<'_>) -> Result<Self> {
        op(ctx).client().cloned().map(Self)
    }
}
