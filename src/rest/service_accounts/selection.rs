//! The filter and the order of a list of service accounts, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use entity::ApiId;
use utoipa::IntoParams;

use crate::auth::status::ServiceAccountStatus;
use crate::domain::service_accounts::{
    ApiScopeFilter, ServiceAccountFilter, ServiceAccountSelection,
};
use crate::page::SortField;
use crate::rest::error::Failure;
use crate::rest::list::Parameters;
use crate::rest::timestamp::Timestamp;

/// The filter of a list of service accounts. Parameters that are given must all match.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct ServiceAccountParams {
    /// Text that the name contains, whatever the case of the letters A to Z. Absent: any name.
    #[param(min_length = 1, max_length = 100, example = "export")]
    query: Option<String>,
    /// Id of the service account in the tool that declares it. Absent: any.
    #[param(min_length = 1, max_length = 255, example = "module.jobs/nightly-export")]
    external_id: Option<String>,
    /// OAuth client id of a credential. Requires `service_account_credentials:list`. Absent: any.
    #[param(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: Option<String>,
    /// Id or label of a role that the service account holds. Requires `roles:list`. Absent: any.
    #[param(pattern = "^[a-z0-9_-]{1,63}$", example = "org_viewer")]
    role: Option<String>,
    /// Id of an API whose scopes the service account holds. Requires `roles:list`. Absent: any.
    #[param(pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    api_id: Option<String>,
    /// Scope of the API in `api_id` that the service account holds. Absent: any scope.
    #[param(max_length = 100, example = "orders:read")]
    api_scope: Option<String>,
    /// Status of the service account: `ACTIVE` or `DISABLED`. Absent: any.
    #[param(pattern = "^(ACTIVE|DISABLED)$", example = "ACTIVE")]
    status: Option<String>,
    /// Time since which no token was issued, and which the resource was created before; not in the
    /// future. Requires `service_account_credentials:list`. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    unused_since: Option<Timestamp>,
    /// Condition on active credentials: true for service accounts without one, false for those with at
    /// least one. Requires `service_account_credentials:list`. Absent: no condition.
    #[param(example = true)]
    has_no_active_credential: Option<bool>,
    /// Time after which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_after: Option<Timestamp>,
    /// Time before which the resource was created, itself excluded. Absent: no condition.
    #[param(value_type = Option<Timestamp>)]
    created_before: Option<Timestamp>,
}

/// The order of a list of service accounts.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct ServiceAccountOrderParams {
    /// Field that the list is ordered by: `created_at`, or `name` for the first 32 characters of the name.
    /// Absent: `created_at`.
    #[param(pattern = "^(created_at|name)$", example = "name")]
    order_by: Option<String>,
    /// Direction of the order. Absent: `asc`.
    #[param(pattern = "^(asc|desc)$", example = "asc")]
    direction: Option<String>,
}

const NAMES: [&str; 13] = [
    "query",
    "external_id",
    "client_id",
    "role",
    "api_id",
    "api_scope",
    "status",
    "unused_since",
    "has_no_active_credential",
    "created_after",
    "created_before",
    "order_by",
    "direction",
];

/// The selected part of a list of service accounts.
pub struct Selection(pub ServiceAccountSelection);

impl<S: Send + Sync> FromRequestParts<S> for Selection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &NAMES)?;
        let filter = ServiceAccountFilter {
            query: parameters.text("query"),
            external_id: parameters.text("external_id"),
            client_id: parameters.text("client_id"),
            role: parameters.text("role"),
            api_scope: api_scope(&mut parameters),
            status: parameters.status("status", ServiceAccountStatus::ALL, |it| it.name()),
            unused_since: parameters.time("unused_since"),
            has_no_active_credential: parameters.boolean("has_no_active_credential"),
            created: parameters.created(),
        };
        let fields = [("created_at", SortField::CreatedAt), ("name", SortField::Name)];
        let sort = parameters.sort(&fields);
        parameters.finish()?;
        Ok(Self(ServiceAccountSelection { filter, sort }))
    }
}

fn api_scope(parameters: &mut Parameters) -> Option<ApiScopeFilter> {
    let is_given = parameters.has("api_id");
    let api = parameters.id::<ApiId>("api_id", "must be the id of an API");
    let scope = parameters.text("api_scope");
    if scope.is_some() && !is_given {
        parameters.invalid("api_scope", "requires api_id");
    }
    api.map(|api| ApiScopeFilter { api, scope })
}
