//! The response to an operation.

use async_graphql::{Name, Response as Executed, ServerError, Value};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::body::{json_body, json_body_within, render, too_large, too_large_value};
use super::negotiate::Format;
use crate::error::Error;
use crate::graphql::engine::errors::label_all;
use crate::graphql::engine::limits::Cost;
use crate::http::HoldsSecret;

/// The result of an operation.
pub enum OperationResponse {
    /// The operation was executed: `data`, and errors of fields. With its maximum of bytes; a mutation
    /// has none, because its payload must not be withheld.
    Executed(Box<Executed>, Option<usize>),
    /// The operation was aborted, because its response exceeds the maximum of bytes.
    TooLarge {
        /// The maximum.
        maximum: usize,
        /// The bytes of the response until then.
        reached: usize,
    },
    /// The operation was not executed: errors only.
    NotExecuted(Vec<ServerError>),
}

impl OperationResponse {
    /// The errors of an operation that was not executed.
    pub fn not_executed(mut errors: Vec<ServerError>) -> Self {
        label_all(&mut errors);
        Self::NotExecuted(errors)
    }

    /// The response with `extensions.cost`.
    pub fn with_cost(mut self, cost: Cost, maximum: usize) -> Self {
        if let Self::Executed(response, _) = &mut self {
            let member = |name: &str, number: usize| (Name::new(name), Value::from(number));
            let cost = [member("requested", cost.objects), member("maximum", maximum)];
            response.extensions.insert("cost".to_owned(), Value::Object(cost.into()));
        }
        self
    }

    /// The body, and whether the operation was executed; without that, it is the list of errors.
    pub fn into_body(self) -> (bool, Result<Vec<u8>, Error>) {
        match self {
            Self::Executed(response, maximum) => {
                (true, json_body_within(&response, maximum.unwrap_or(usize::MAX)))
            }
            Self::TooLarge { maximum, reached } => (true, too_large(maximum, reached)),
            Self::NotExecuted(errors) => (false, json_body(&errors)),
        }
    }

    /// The list of its errors, for an operation that ends with them.
    pub fn into_errors(self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Executed(response, _) => json_body(&response.errors),
            Self::TooLarge { maximum, reached } => json_body(&[too_large_value(maximum, reached)]),
            Self::NotExecuted(errors) => json_body(&errors),
        }
    }

    /// 200; 400 for an operation that was not executed, if the format has a status for it.
    pub fn into_response(self, format: Format) -> Response {
        match self {
            Self::Executed(response, maximum) => {
                let is_mutation = maximum.is_none();
                let body = json_body_within(&response, maximum.unwrap_or(usize::MAX));
                let mut response = render(StatusCode::OK, format, body);
                if is_mutation {
                    response.extensions_mut().insert(HoldsSecret);
                }
                response
            }
            Self::TooLarge { maximum, reached } => {
                render(StatusCode::OK, format, too_large(maximum, reached))
            }
            Self::NotExecuted(errors) => {
                let status = match format {
                    Format::GraphqlResponse => StatusCode::BAD_REQUEST,
                    Format::Json => StatusCode::OK,
                };
                render(status, format, json_body(&json!({ "errors": errors })))
            }
        }
    }
}
