//! The filter of bulk operations on service accounts.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::status::ServiceAccountStatus;
use crate::domain::filters::TimeRange;
use crate::domain::service_accounts::{ApiScopeFilter, ServiceAccountFilter as Filter};
use crate::error::Error;
use crate::rest::timestamp::Timestamp;

/// A filter of service accounts. Members that are given must all match; at least one is required.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountsFilter {
    /// Text that the name contains, whatever the case of the letters A to Z. Absent or null: any name.
    #[schema(min_length = 1, max_length = 100, example = "export")]
    query: Option<String>,
    /// Id of the service account in the tool that declares it: 1 to 255 visible characters, unique in the
    /// organization. Absent or null: any.
    #[schema(min_length = 1, max_length = 255, example = "module.jobs/nightly-export")]
    external_id: Option<String>,
    /// OAuth client id of a credential. Requires `service_account_credentials:list`. Absent or
    /// null: any.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = json!(null))]
    client_id: Option<String>,
    /// Label of a role that the service account holds. Requires `roles:list`. Absent or null: any.
    #[schema(pattern = "^[a-z0-9_-]{1,63}$", example = "org_viewer")]
    role: Option<String>,
    /// Scope of an API that the service account holds. Requires `roles:list`. Absent or null: any.
    api_scope: Option<ServiceAccountsApiScope>,
    /// Status of the service account. Absent or null: any.
    status: Option<ServiceAccountsStatus>,
    /// Time since which no token was issued; resources that were created later do not match. Requires
    /// `service_account_credentials:list`. Absent or null: no condition.
    unused_since: Option<Timestamp>,
    /// Condition on active credentials: true for service accounts without one, false for those with at
    /// least one. Requires `service_account_credentials:list`. Absent or null: no condition.
    #[schema(example = true)]
    has_no_active_credential: Option<bool>,
    /// Time after which the resource was created, itself excluded. Absent or null: no condition.
    created_after: Option<Timestamp>,
    /// Time before which the resource was created, itself excluded. Absent or null: no condition.
    created_before: Option<Timestamp>,
}

/// Status of a service account in a filter.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ServiceAccountsStatus {
    /// Enabled service account.
    Active,
    /// Disabled service account, whose credentials and tokens are rejected.
    Disabled,
}

impl From<ServiceAccountsStatus> for ServiceAccountStatus {
    fn from(status: ServiceAccountsStatus) -> Self {
        match status {
            ServiceAccountsStatus::Active => Self::Active,
            ServiceAccountsStatus::Disabled => Self::Disabled,
        }
    }
}

/// A filter by scopes of an API.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceAccountsApiScope {
    /// Id of the API.
    #[schema(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    api_id: String,
    /// Scope of the API. Absent or null: any scope.
    #[schema(max_length = 100, example = "orders:read")]
    scope: Option<String>,
}

impl TryFrom<ServiceAccountsFilter> for Filter {
    type Error = Error;

    fn try_from(body: ServiceAccountsFilter) -> crate::error::Result<Self> {
        Ok(Self {
            query: body.query,
            external_id: body.external_id,
            client_id: body.client_id,
            role: body.role,
            api_scope: body.api_scope.map(TryFrom::try_from).transpose()?,
            status: body.status.map(ServiceAccountStatus::from),
            unused_since: body.unused_since.map(|it| it.0),
            has_no_active_credential: body.has_no_active_credential,
            created: TimeRange {
                after: body.created_after.map(|it| it.0),
                before: body.created_before.map(|it| it.0),
            },
        })
    }
}

impl TryFrom<ServiceAccountsApiScope> for ApiScopeFilter {
    type Error = Error;

    fn try_from(body: ServiceAccountsApiScope) -> crate::error::Result<Self> {
        let invalid = |_| Error::invalid("filter.api_scope.api_id", "must be the id of an API");
        Ok(Self { api: body.api_id.parse().map_err(invalid)?, scope: body.scope })
    }
}
