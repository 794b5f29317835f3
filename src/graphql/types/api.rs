//! APIs, and what service accounts may do there.

use std::sync::Arc;

use super::scalars::DateTime;
use async_graphql::{Context, ID, Object};
use entity::api;

use crate::authz::{Permission, Resource, Scopes};
use crate::domain::apis::Grant;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::op;

/// One API.
pub struct Api(pub Arc<api::Model>);

/// An API that tokens of the organization are for, beside this one.
#[Object]
impl Api {
    /// The id of the API.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// The URI that clients name it by, as `resource`; the `aud` of its tokens.
    async fn identifier(&self) -> &str {
        &self.0.identifier
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its scopes.
    async fn scopes(&self) -> Vec<String> {
        Scopes::split(&self.0.scopes).iter().map(str::to_owned).collect()
    }

    /// When it was registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its name or its scopes last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// One grant.
pub struct ApiGrant(pub Grant);

/// What a service account may do at an API.
#[Object]
impl ApiGrant {
    /// The API; null with an error for a caller who may not read it.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsRead.name().to_owned()))]
    async fn api(&self, ctx: &Context<'_>) -> Gate<Api> {
        let api = op(ctx).permit(api::Model::READ, &self.0.api);
        api.map(|api| Api(Arc::new(api.clone()))).into()
    }

    /// The scopes that it was granted.
    async fn scopes(&self) -> Vec<&str> {
        self.0.scopes.iter().collect()
    }
}
