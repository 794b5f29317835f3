//! The queries of the schema.

use async_graphql::{Context, ID, Object};

use super::directive::requires_permission;
use super::engine::NullOnError;
use super::engine::errors::over_limit;
use super::engine::limits::Limit;
use super::op;
use super::types::{Node, Organization, OrganizationConnection, Viewer, find_node};
use crate::authz::Permission;
use crate::domain::organizations;
use crate::error::Result;
use crate::page::PageRequest;

/// Most IDs of one `nodes` field.
pub const MAX_NODES: usize = 100;

/// The root query type.
pub struct Query;

/// Root of all queries.
#[Object]
impl Query {
    /// The authenticated caller.
    async fn viewer(&self, ctx: &Context<'_>) -> NullOnError<Viewer> {
        Viewer::of(ctx).into()
    }

    /// Object with the given ID; null if it does not exist or the caller may not read it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "ID of an organization, a service account, a credential, an API or an audit event."
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

    /// Organization with the given ID or label.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsRead.name().to_owned()))]
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

fn list(ctx: &Context<'_>, request: Result<PageRequest>) -> Result<OrganizationConnection> {
    let page = organizations::list(op(ctx), &request?)?;
    Ok(OrganizationConnection { page, of: op(ctx).tenant()?.clone() })
}
