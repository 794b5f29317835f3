//! 400 responses, by the input of an operation; with 413 and 415 for request bodies.

use axum::http::StatusCode;
use utoipa::IntoResponses;

use super::error_response;
use crate::error::Error;
use crate::http::openapi::Responses;
use crate::rest::body::{not_json, too_large};
use crate::rest::error::Failure;

macro_rules! invalid {
    ($($(#[$doc:meta])* $name:ident: $responses:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                $responses
            }
        }
    )*};
}

invalid! {
    /// Errors of the query string of a list.
    PageQuery: input(Error::invalid("limit", "must be 1 to 100").into());
    /// Errors of the filter of a list without pages.
    SearchQuery: input(Error::invalid("query", "must be 1 to 100 characters").into());
    /// Errors of a query string that only supports `expand`.
    ExpandQuery: input(Failure::bad_request("malformed query string: invalid percent-encoding"));
    /// Errors of a query string with a range of days.
    DayQuery: input(Error::invalid("from", "must be a date such as 2026-11-25").into());
    /// Errors of a query string with scopes.
    ScopeQuery: input(Error::invalid("scopes", "unknown query parameter; the only one is scope").into());
    /// Errors of a query string that names the target and the end of a role.
    RoleQuery: input(Error::invalid("on_service_account_id", "must be the id of a service account").into());
    /// Errors of a body with a name.
    NameBody: body("name", "must not be empty");
    /// Errors of a body with scopes of an API.
    ScopesBody: body("scopes.0", "must be a scope of the API");
    /// Errors of the body of a bulk operation.
    BulkBody: body("ids", "must have 1 to 100 ids");
    /// Errors of the body of a cancellation.
    ForceBody: body("force", "invalid type: string \"yes\", expected a boolean");
    /// Errors of a body of an operation that takes no input.
    NoBody: body("reason", "unknown field, there are no fields");
}

fn input(failure: Failure) -> Responses {
    debug_assert_eq!(failure.status(), StatusCode::BAD_REQUEST, "it is an invalid input");
    Responses::from([error_response("At least one input is invalid.", &failure)])
}

fn body(field: &str, message: &str) -> Responses {
    let mut responses = input(Error::invalid(field, message).into());
    responses.extend([
        error_response("The request body exceeds 64 KiB.", &too_large()),
        error_response("The media type of the request body is not application/json.", &not_json()),
    ]);
    responses
}
