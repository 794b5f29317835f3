//! APIs, and what service accounts may do there.

use std::sync::Arc;

use super::scalars::DateTime;
use async_graphql::{Context, ID, Object};
use entity::api;

use crate::authz::{Permission, Resource, Scopes};
use crate::domain::apis::Grant;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::op;

/// A registered API.
pub struct Api(pub Arc<api::Model>);

/// An API (resource server) of an organization, which access tokens can be issued for (RFC 8707).
#[Object]
impl Api {
    /// ID of the API.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Absolute URI that identifies the API: the `resource` parameter of token requests (RFC 8707,
    /// section 2) and the `aud` claim of its tokens.
    async fn identifier(&self) -> &str {
        &self.0.identifier
    }

    /// Display name of the API.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Scopes of the API, which `grantApiScopes` grants to service accounts.
    async fn scopes(&self) -> Vec<String> {
        Scopes::split(&self.0.scopes).iter().map(str::to_owned).collect()
    }

    /// Time at which the API was registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Time at which the name or the scopes last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The scopes of one API that a service account holds.
pub struct ApiGrant(pub Grant);

/// Scopes of one API that are granted to a service account.
#[Object]
impl ApiGrant {
    /// API that the scopes belong to. Null, with an error, if the caller may not read it.
    #[graphql(directive = requires_permission::apply(Permission::ApisRead.name().to_owned()))]
    async fn api(&self, ctx: &Context<'_>) -> NullOnError<Api> {
        let api = op(ctx).permit(api::Model::READ, &self.0.api);
        api.map(|api| Api(Arc::new(api.clone()))).into()
    }

    /// Granted scopes, a subset of the scopes of the API.
    async fn scopes(&self) -> Vec<&str> {
        self.0.scopes.iter().collect()
    }
}
