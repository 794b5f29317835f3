//! What can be asked.

use async_graphql::{Context, ID, Object};

use super::directive::requires_permission;
use super::errors::over_limit;
use super::gate::Gate;
use super::guard::Limit;
use super::op;
use super::types::{Node, Organization, OrganizationConnection, Viewer, find_node};
use crate::authz::Permission;
use crate::domain::organizations;
use crate::error::Result;
use crate::page::PageRequest;

/// The most nodes that one field finds.
const MAX_NODES: usize = 100;

/// The root of all queries.
pub struct Query;

/// What can be asked.
#[Object]
impl Query {
    /// Who is calling.
    async fn viewer(&self, ctx: &Context<'_>) -> Gate<Viewer> {
        Viewer::of(ctx).into()
    }

    /// The thing with this id; null if there is none, or none that the caller may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The id of an organization, a service account, a credential, an API or an audit event."
        )]
        id: ID,
    ) -> Gate<Node> {
        find_node(ctx, &id).await.into()
    }

    /// The things with these ids, in the same order; null for each that the caller may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Gate<Node>>> {
        if ids.len() > MAX_NODES {
            let limit = Limit { name: "nodes", maximum: MAX_NODES, reached: ids.len() };
            return Err(over_limit("ids", "ids", limit));
        }
        let found = ids.iter().map(|id| async { Gate::from(find_node(ctx, id).await) });
        Ok(futures_util::future::join_all(found).await)
    }

    /// The organization with this id or label.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsRead.name().to_owned()))]
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id or the label of the organization.")] id: ID,
    ) -> Gate<Organization> {
        organizations::fetch(op(ctx), &id).map(Organization).into()
    }

    /// The organizations that the caller may see, in order of creation: forward with `first` and
    /// `after`, or backward with `last` and `before`.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, or after `after`: 1 to 100, by default 50.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "How many from the end, or before `before`: 1 to 100, by default 50.")]
        last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Gate<OrganizationConnection> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        list(ctx, page).into()
    }
}

fn list(ctx: &Context<'_>, request: Result<PageRequest>) -> Result<OrganizationConnection> {
    let page = organizations::list(op(ctx), &request?)?;
    Ok(OrganizationConnection { page, of: op(ctx).tenant()?.clone() })
}
