//! The limits of the server.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::MAX_BODY;
use super::error::Result;
use super::paths::OrganizationPath;
use super::responses::CommonErrors;
use crate::context::OpContext;
use crate::domain::{limits, organizations};

/// Limits that apply to the requests and the resources of an organization. Requests beyond a limit are
/// rejected.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// Maximum number of service accounts of the organization. Absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1000)]
    service_accounts: Option<u64>,
    /// Maximum number of credentials of a service account.
    #[schema(minimum = 1, example = 20)]
    credentials_per_service_account: u64,
    /// Maximum number of roles of the organization, other than the built-in ones.
    #[schema(minimum = 1, example = 100)]
    roles: u64,
    /// Maximum number of role bindings of a service account.
    #[schema(minimum = 1, example = 50)]
    role_bindings_per_service_account: u64,
    /// Maximum number of APIs of the organization.
    #[schema(minimum = 1, example = 100)]
    apis: u64,
    /// Maximum number of scopes of an API.
    #[schema(minimum = 1, example = 100)]
    scopes_per_api: usize,
    /// Maximum number of APIs whose scopes a service account holds.
    #[schema(minimum = 1, example = 20)]
    apis_per_service_account: u64,
    /// Maximum number of scopes of APIs that a service account holds.
    #[schema(minimum = 1, example = 1000)]
    scopes_per_service_account: usize,
    /// Maximum number of items on a page.
    #[schema(minimum = 1, example = 100)]
    page_size: u64,
    /// Number of items on a page without `limit`.
    #[schema(minimum = 1, example = 50)]
    default_page_size: u64,
    /// Maximum number of items of a bulk operation.
    #[schema(minimum = 1, example = 100)]
    bulk_items: usize,
    /// Maximum number of IDs of the field `nodes` of GraphQL.
    #[schema(minimum = 1, example = 100)]
    node_ids: usize,
    /// Maximum size of a request body, in bytes.
    #[schema(minimum = 1, example = 65536)]
    body_bytes: usize,
    /// Maximum size of the body of a GraphQL request, in bytes.
    #[schema(minimum = 1, example = 65536)]
    graphql_body_bytes: usize,
    /// Maximum number of objects in a GraphQL response, with lists of full length.
    #[schema(minimum = 1, example = 5000)]
    graphql_cost: usize,
    /// Maximum number of fields in a GraphQL response, with lists of full length.
    #[schema(minimum = 1, example = 50000)]
    graphql_resolutions: usize,
    /// Maximum depth of nested fields in a GraphQL document.
    #[schema(minimum = 1, example = 12)]
    graphql_depth: usize,
    /// Maximum number of tokens in a GraphQL document.
    #[schema(minimum = 1, example = 10000)]
    graphql_tokens: usize,
    /// Maximum number of fields in a GraphQL document, fragments expanded.
    #[schema(minimum = 1, example = 2000)]
    graphql_selections: usize,
    /// Maximum number of aliases in a GraphQL operation, fragments expanded.
    #[schema(minimum = 1, example = 100)]
    graphql_aliases: usize,
    /// Maximum number of root fields in a GraphQL operation, fragments expanded.
    #[schema(minimum = 1, example = 20)]
    graphql_root_fields: usize,
    /// Maximum number of directives in a GraphQL document.
    #[schema(minimum = 1, example = 100)]
    graphql_directives: usize,
    /// Maximum duration of a GraphQL operation, in seconds.
    #[schema(minimum = 1, example = 20)]
    graphql_seconds: u64,
    /// Maximum size of the response of a GraphQL query, in bytes.
    #[schema(minimum = 1, example = 8388608)]
    graphql_response_bytes: usize,
    /// Maximum number of concurrent GraphQL operations of a service account over its WebSocket connections
    /// and event streams.
    #[schema(minimum = 1, example = 100)]
    graphql_operations_per_service_account: usize,
    /// Maximum number of concurrent GraphQL operations of a WebSocket connection.
    #[schema(minimum = 1, example = 20)]
    graphql_operations_per_connection: usize,
}

/// Get the limits of an organization
///
/// Returns the limits that apply to the requests and the resources of the organization, with those of
/// GraphQL requests.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/limits", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The limits of the organization.", body = Limits), CommonErrors, OrganizationPath),
)]
pub async fn get_limits(op: OpContext, at: OrganizationPath) -> Result<Json<Limits>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let limits = limits::of_organization(&op, organization)?;
    let graphql = limits.graphql;
    Ok(Json(Limits {
        service_accounts: limits.service_accounts,
        credentials_per_service_account: limits.credentials_per_account,
        roles: limits.roles,
        role_bindings_per_service_account: limits.role_bindings_per_account,
        apis: limits.apis,
        scopes_per_api: limits.scopes_per_api,
        apis_per_service_account: limits.apis_per_account,
        scopes_per_service_account: limits.scopes_per_account,
        page_size: limits.page_size,
        default_page_size: limits.default_page_size,
        bulk_items: limits.bulk_items,
        node_ids: limits.node_ids,
        body_bytes: MAX_BODY,
        graphql_body_bytes: graphql.body_bytes,
        graphql_cost: graphql.cost,
        graphql_resolutions: graphql.resolutions,
        graphql_depth: graphql.depth,
        graphql_tokens: graphql.tokens,
        graphql_selections: graphql.selections,
        graphql_aliases: graphql.aliases,
        graphql_root_fields: graphql.root_fields,
        graphql_directives: graphql.directives,
        graphql_seconds: graphql.duration.as_secs(),
        graphql_response_bytes: graphql.response_bytes,
        graphql_operations_per_service_account: limits.operations_per_account,
        graphql_operations_per_connection: limits.operations_per_connection,
    }))
}
