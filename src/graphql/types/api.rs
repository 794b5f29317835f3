//! APIs, and what service accounts may do there.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::api;

use super::ServiceAccount;
use super::api_selection::{self, ApiGrantFilter, ApiGrantOrder};
use super::connection::{ApiGrantConnection, Holders};
use super::scalars::DateTime;
use crate::authz::{Permission, Resource, Scopes};
use crate::domain::access::accounts::not_found;
use crate::domain::apis::{self, ApiGrantSelection, Grant};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::{NullOnError, Sequential};
use crate::graphql::{loaders, op};
use crate::page::PageRequest;

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

    /// Service accounts that hold scopes of the API, in the order in which they were first granted one
    /// unless `orderBy` is given: page forward with `first` and `after`, or backward with `last` and
    /// `before`.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()),
        directive = requires_permission::apply(Permission::ApisRead.name().to_owned())
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items to return from the start of the list, or after the cursor `after`: 1 to 100. Default: 50. Excludes `last` and `before`."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "Cursor after which the page starts, such as `PageInfo.endCursor` of the page before. Null: the start of the list."
        )]
        after: Option<String>,
        #[graphql(
            desc = "Number of items to return from the end of the list, or before the cursor `before`: 1 to 100. Default with `before`: 50. Excludes `first` and `after`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Cursor before which the page ends, such as `PageInfo.startCursor` of the page after. Null: the end of the list."
        )]
        before: Option<String>,
        #[graphql(desc = "Filter of the grants; null: no filter.")] filter: Option<ApiGrantFilter>,
        #[graphql(desc = "Order of the list; null: in order of creation.")] order_by: Option<
            ApiGrantOrder,
        >,
        #[graphql(
            desc = "Scope of the API that the service accounts hold; null: any scope.",
            deprecation = "Use `filter`."
        )]
        scope: Option<String>,
    ) -> NullOnError<Sequential<ApiGrantConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        let has_scope = scope.is_some();
        let selection = api_selection::of_api_grants(filter, scope, order_by);
        let page = self.page_of_grants(ctx, page, selection).await;
        let page = if has_scope { page.map_err(api_selection::as_argument) } else { page };
        page.map(Sequential).into()
    }
}

impl Api {
    async fn page_of_grants(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
        selection: Result<ApiGrantSelection>,
    ) -> Result<ApiGrantConnection> {
        let (request, selection) = (request?, selection?);
        let page = apis::grants_of_api(op(ctx), &self.0, &selection, &request).await?;
        let of = Holders { api: Arc::clone(&self.0), filter: selection.filter };
        Ok(ApiGrantConnection { page: page.map(Arc::new), of })
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

    /// Service account that holds the scopes. Null, with an error, if the caller may not read it.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn service_account(&self, ctx: &Context<'_>) -> NullOnError<ServiceAccount> {
        let account = loaders(ctx).account(self.0.account.clone()).await;
        let found = |row: Option<_>| row.map(ServiceAccount).ok_or_else(|| Arc::new(not_found()));
        account.and_then(found).into()
    }

    /// Granted scopes, a subset of the scopes of the API.
    async fn scopes(&self) -> Vec<&str> {
        self.0.scopes.iter().collect()
    }
}
