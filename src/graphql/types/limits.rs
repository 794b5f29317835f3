//! The limits of the server.

use async_graphql::Object;

use crate::domain::limits;

/// The limits that apply to an organization.
pub struct Limits(pub limits::Limits);

/// Limits that apply to the requests and the objects of an organization. Requests beyond a limit are
/// rejected.
#[Object]
impl Limits {
    /// Maximum number of service accounts of the organization; null if there is no limit.
    async fn service_accounts(&self) -> Option<u64> {
        self.0.service_accounts
    }

    /// Maximum number of credentials of a service account.
    async fn credentials_per_service_account(&self) -> u64 {
        self.0.credentials_per_account
    }

    /// Maximum number of roles of the organization, other than the built-in ones.
    async fn roles(&self) -> u64 {
        self.0.roles
    }

    /// Maximum number of role bindings of a service account.
    async fn role_bindings_per_service_account(&self) -> u64 {
        self.0.role_bindings_per_account
    }

    /// Maximum number of APIs of the organization.
    async fn apis(&self) -> u64 {
        self.0.apis
    }

    /// Maximum number of scopes of an API.
    async fn scopes_per_api(&self) -> usize {
        self.0.scopes_per_api
    }

    /// Maximum number of APIs whose scopes a service account holds.
    async fn apis_per_service_account(&self) -> u64 {
        self.0.apis_per_account
    }

    /// Maximum number of scopes of APIs that a service account holds.
    async fn scopes_per_service_account(&self) -> usize {
        self.0.scopes_per_account
    }

    /// Maximum number of items on a page.
    async fn page_size(&self) -> u64 {
        self.0.page_size
    }

    /// Number of items on a page without `first` and `last`.
    async fn default_page_size(&self) -> u64 {
        self.0.default_page_size
    }

    /// Maximum number of items of a bulk operation, such as `disableServiceAccounts`.
    async fn bulk_items(&self) -> usize {
        self.0.bulk_items
    }

    /// Maximum number of IDs of the field `nodes`.
    async fn node_ids(&self) -> usize {
        self.0.node_ids
    }

    /// Maximum size of the body of a GraphQL request, in bytes.
    async fn graphql_body_bytes(&self) -> usize {
        self.0.graphql.body_bytes
    }

    /// Maximum number of objects in a response, with lists of full length.
    async fn graphql_cost(&self) -> usize {
        self.0.graphql.cost
    }

    /// Maximum number of fields in a response, with lists of full length.
    async fn graphql_resolutions(&self) -> usize {
        self.0.graphql.resolutions
    }

    /// Maximum depth of nested fields.
    async fn graphql_depth(&self) -> usize {
        self.0.graphql.depth
    }

    /// Maximum number of tokens in a document.
    async fn graphql_tokens(&self) -> usize {
        self.0.graphql.tokens
    }

    /// Maximum number of fields in a document, fragments expanded.
    async fn graphql_selections(&self) -> usize {
        self.0.graphql.selections
    }

    /// Maximum number of aliases in an operation, fragments expanded.
    async fn graphql_aliases(&self) -> usize {
        self.0.graphql.aliases
    }

    /// Maximum number of root fields in an operation, fragments expanded.
    async fn graphql_root_fields(&self) -> usize {
        self.0.graphql.root_fields
    }

    /// Maximum number of directives in a document.
    async fn graphql_directives(&self) -> usize {
        self.0.graphql.directives
    }

    /// Maximum duration of an operation, in seconds.
    async fn graphql_seconds(&self) -> u64 {
        self.0.graphql.duration.as_secs()
    }

    /// Maximum size of the response of a query, in bytes.
    async fn graphql_response_bytes(&self) -> usize {
        self.0.graphql.response_bytes
    }

    /// Maximum number of concurrent operations of a service account over its WebSocket connections
    /// and event streams.
    async fn graphql_operations_per_service_account(&self) -> usize {
        self.0.operations_per_account
    }

    /// Maximum number of concurrent operations of a WebSocket connection.
    async fn graphql_operations_per_connection(&self) -> usize {
        self.0.operations_per_connection
    }
}
