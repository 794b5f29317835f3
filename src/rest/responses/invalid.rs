//! 400, by the input that an operation takes; and what else is wrong with bodies.

use axum::http::StatusCode;
use utoipa::IntoResponses;

use super::of;
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
    /// Errors of a query string that has nothing but `expand`.
    ExpandQuery: input(Failure::bad("the query string does not parse: invalid percent-encoding"));
    /// Errors of a query string that names scopes.
    ScopeQuery: input(Error::invalid("scopes", "unknown parameter").into());
    /// Errors of a body with a name.
    NameBody: body("name", "must not be empty");
    /// Errors of a body with scopes of an API.
    ScopesBody: body("scopes.0", "must be a scope of the API");
    /// Errors of the body of a cancellation.
    ForceBody: body("force", "invalid type: string \"yes\", expected a boolean");
    /// Errors of a body of an operation that takes no input.
    NoBody: body("reason", "unknown field, there are no fields");
}

fn input(failure: Failure) -> Responses {
    debug_assert_eq!(failure.status(), StatusCode::BAD_REQUEST, "it is an invalid input");
    Responses::from([of("The input is invalid.", &failure)])
}

fn body(field: &str, message: &str) -> Responses {
    let mut responses = input(Error::invalid(field, message).into());
    responses.extend([
        of("The body is too large.", &too_large()),
        of("The body is not JSON.", &not_json()),
    ]);
    responses
}
