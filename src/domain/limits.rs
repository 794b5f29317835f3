//! The limits of the server that callers plan with.

use entity::OrganizationId;

use super::{apis, bulk, roles};
use crate::authz::{self, Permission};
use crate::config::GraphqlLimits;
use crate::context::OpContext;
use crate::error::Result;
use crate::page;

/// Maximum number of ids of a GraphQL query for several things.
pub const MAX_NODES: usize = 100;

/// Maximum number of concurrent GraphQL operations of a WebSocket connection.
pub const MAX_OPERATIONS: usize = 20;

/// The limits that apply to the requests and the things of an organization.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Maximum number of service accounts of the organization; `None`: no limit.
    pub service_accounts: Option<u64>,
    /// Maximum number of credentials of a service account.
    pub credentials_per_account: u64,
    /// Maximum number of roles that the organization creates.
    pub roles: u64,
    /// Maximum number of role bindings of a service account.
    pub role_bindings_per_account: u64,
    /// Maximum number of APIs of the organization.
    pub apis: u64,
    /// Maximum number of scopes of an API.
    pub scopes_per_api: usize,
    /// Maximum number of APIs whose scopes a service account holds.
    pub apis_per_account: u64,
    /// Maximum number of scopes of APIs that a service account holds.
    pub scopes_per_account: usize,
    /// Maximum number of items on a page.
    pub page_size: u64,
    /// Number of items on a page if the request has none.
    pub default_page_size: u64,
    /// Maximum number of items of a bulk operation.
    pub bulk_items: usize,
    /// Maximum number of ids of a GraphQL query for several things.
    pub node_ids: usize,
    /// Limits of GraphQL requests.
    pub graphql: GraphqlLimits,
    /// Maximum number of concurrent GraphQL operations of a service account over its WebSocket
    /// connections and event streams.
    pub operations_per_account: usize,
    /// Maximum number of concurrent GraphQL operations of a WebSocket connection.
    pub operations_per_connection: usize,
}

/// The limits of an organization, for callers who may read it.
///
/// # Errors
/// `NotFound`, `Unauthenticated`.
pub fn of_organization(op: &OpContext, organization: &OrganizationId) -> Result<Limits> {
    op.permit(Permission::OrganizationsRead, organization)?;
    let config = &op.app.config;
    Ok(Limits {
        service_accounts: config.organizations.service_accounts,
        credentials_per_account: config.organizations.credentials_per_account,
        roles: roles::MAX_ROLES,
        role_bindings_per_account: roles::MAX_BINDINGS,
        apis: apis::MAX_APIS,
        scopes_per_api: authz::MAX_SCOPES,
        apis_per_account: apis::MAX_GRANTED_APIS,
        scopes_per_account: apis::MAX_GRANTED_SCOPES,
        page_size: page::MAX_LIMIT,
        default_page_size: page::DEFAULT_LIMIT,
        bulk_items: bulk::MAX_ITEMS,
        node_ids: MAX_NODES,
        graphql: config.graphql.limits.clone(),
        operations_per_account: config.graphql.streams.operations_per_account,
        operations_per_connection: MAX_OPERATIONS,
    })
}
