//! The queries of the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::credential;

use super::directive::requires_permission;
use super::engine::NullOnError;
use super::engine::errors::over_limit;
use super::engine::limits::Limit;
use super::types::role::{self, CatalogPermission};
use super::types::{Credential, Node, Organization, OrganizationConnection, Viewer, find_node};
use super::{loaders, op};
use crate::authz::{Permission, Resource};
use crate::domain::filters::is_client_id;
use crate::domain::limits::MAX_NODES;
use crate::domain::organizations;
use crate::error::{Error, Result};
use crate::page::PageRequest;

/// The root query type.
pub struct Query;

/// Root of all queries.
#[Object]
impl Query {
    /// The authenticated caller.
    async fn viewer(&self, ctx: &Context<'_>) -> NullOnError<Viewer> {
        Viewer::of(ctx).into()
    }

    /// Object with the given ID; null if it does not exist or the caller may not read it. The client ID
    /// of a credential is accepted too.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "ID of an organization, a service account, a credential, a role, an API or an audit event."
        )]
        id: ID,
    ) -> NullOnError<Node> {
        find_node(ctx, &id).await.into()
    }

    /// Objects with the given IDs, in the order of `ids`; null for each that does not exist or that
    /// the caller may not read.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IDs of the objects: at most 100.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<NullOnError<Node>>> {
        if ids.len() > MAX_NODES {
            let limit = Limit { name: "nodes", maximum: MAX_NODES, reached: ids.len() };
            return Err(over_limit("ids", "ids", limit));
        }
        let found = ids.iter().map(|id| async { NullOnError::from(find_node(ctx, id).await) });
        Ok(futures_util::future::join_all(found).await)
    }

    /// Permissions that roles can contain, in the order of their resource types.
    async fn permission_catalog(&self, ctx: &Context<'_>) -> NullOnError<Vec<CatalogPermission>> {
        op(ctx).client().map(|_| role::catalog()).into()
    }

    /// Credential with the given OAuth client ID.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "OAuth client ID of the credential: 21 letters and digits.")]
        client_id: String,
    ) -> NullOnError<Credential> {
        credential(ctx, client_id).await.into()
    }

    /// Organization with the given ID or label.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID or label of the organization.")] id: ID,
    ) -> NullOnError<Organization> {
        organizations::fetch(op(ctx), &id).map(Organization).into()
    }

    /// Organizations that the caller may read, in order of creation: page forward with `first` and
    /// `after`, or backward with `last` and `before`.
    async fn organizations(
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
    ) -> NullOnError<OrganizationConnection> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        list(ctx, page).into()
    }
}

async fn credential(ctx: &Context<'_>, client_id: String) -> Result<Credential, Arc<Error>> {
    op(ctx).client()?;
    let found = match is_client_id(&client_id) {
        true => loaders(ctx).credential_by_client(client_id).await?,
        false => None,
    };
    let found = found.map(|row| Credential { row, account: None });
    found.ok_or_else(|| Arc::new(Error::NotFound(credential::Model::NOUN)))
}

fn list(ctx: &Context<'_>, request: Result<PageRequest>) -> Result<OrganizationConnection> {
    let page = organizations::list(op(ctx), &request?)?;
    Ok(OrganizationConnection { page, of: op(ctx).tenant()?.clone() })
}
