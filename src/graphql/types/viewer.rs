//! Who calls.

use std::sync::Arc;

use async_graphql::{Context, Object, Union};

use super::role::Role;
use super::scalars::DateTime;
use super::{Organization, ServiceAccount};
use crate::authz::Client;
use crate::domain::organizations;
use crate::error::{Error, Result};
use crate::graphql::{loaders, op};

/// Whoever can call: today a service account.
#[derive(Union)]
pub enum Principal {
    /// A machine.
    ServiceAccount(ServiceAccount),
}

/// The caller.
pub struct Viewer(pub Client);

/// The caller, as its access token tells.
#[Object]
impl Viewer {
    /// Who it is.
    async fn principal(&self, ctx: &Context<'_>) -> Result<Principal, Arc<Error>> {
        let account = loaders(ctx).account(self.0.service_account.clone()).await?;
        let account = account.ok_or_else(|| Arc::new(Error::Unauthenticated))?;
        Ok(Principal::ServiceAccount(ServiceAccount(account)))
    }

    /// The organization that it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        organizations::home(op(ctx)).map(Organization)
    }

    /// The roles that it holds.
    async fn roles(&self) -> Vec<Role> {
        self.0.roles.iter().copied().map(Role).collect()
    }

    /// The permissions that its token was narrowed to; null if it was not.
    async fn scopes(&self) -> Option<Vec<&'static str>> {
        self.0.scope.map(|scope| scope.names())
    }

    /// When its token ends.
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
