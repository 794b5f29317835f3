//! Error responses: `{message, code, status}`, also for unknown paths and methods.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::authz::Permission;
use crate::domain::audit::Rejection;
use crate::error::{Error, FieldError, Reason};
use crate::http::bearer;
use crate::http::openapi::enumeration;
use crate::http::status::status;

/// Tells generated clients whether to retry, whatever the status.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// The error codes.
const CODES: [&str; 11] = [
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "BAD_USER_INPUT",
    "CONFLICT",
    "RATE_LIMITED",
    "UNAVAILABLE",
    "INTERNAL",
    "METHOD_NOT_ALLOWED",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
];

/// The result of an operation.
pub type Result<T> = std::result::Result<T, Failure>;

/// The error of an operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// Human-readable description of the error.
    #[schema(example = "no such service account")]
    message: Cow<'static, str>,
    #[schema(schema_with = code)]
    code: &'static str,
    /// HTTP status code of the response.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
    /// Invalid input of a `BAD_USER_INPUT` error, the first one of several: its path in the request body,
    /// with names and zero-based positions separated by dots, or the name of a parameter. Absent if no
    /// single input is invalid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "restrictions.addresses.2")]
    field: Option<String>,
    /// Invalid inputs, if there are several. For a body that does not match its schema, at most the
    /// first 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fields: Vec<InvalidField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = permission, required = false)]
    permission: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = reason, required = false)]
    reason: Option<&'static str>,
}

/// One invalid input of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvalidField {
    /// Path of the invalid input in the request body, with names and zero-based positions separated by
    /// dots.
    #[schema(example = "restrictions.addresses.2")]
    field: String,
    /// Human-readable description of the error.
    #[schema(example = "must be a network such as 10.0.0.0/8, or an address")]
    message: String,
}

fn code() -> Object {
    let description = "Machine-readable code of the error, the same as in GraphQL.";
    enumeration(description, CODES, "NOT_FOUND")
}

fn permission() -> Object {
    let names = Permission::ALL.iter().map(|it| it.name());
    let example = Permission::ServiceAccountsUpdate.name();
    enumeration("Permission that the caller lacks, for the code `FORBIDDEN`.", names, example)
}

fn reason() -> Object {
    let names = Reason::ALL.iter().map(|it| it.name());
    enumeration(
        "Machine-readable reason of the conflict, for the code `CONFLICT`.",
        names,
        Reason::LastAdmin.name(),
    )
}

/// An operation that was rejected or that failed.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    challenge: HeaderValue,
    /// For the audit trail.
    rejection: Option<Rejection>,
    body: Box<ErrorBody>,
}

impl Failure {
    /// An error of the HTTP request.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        debug_assert!(CODES.contains(&code), "{code} is not documented");
        let body = ErrorBody {
            message: message.into(),
            code,
            status: status.as_u16(),
            field: None,
            fields: Vec::new(),
            permission: None,
            reason: None,
        };
        let challenge = bearer::challenge(&HeaderMap::new());
        Self { status, challenge, rejection: None, body: Box::new(body) }
    }

    /// 400 without a single invalid input.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    }

    /// The error of a request with these headers: the challenge depends on whether they contain a token.
    pub fn for_request(error: Error, headers: &HeaderMap) -> Self {
        Self { challenge: bearer::challenge(headers), ..error.into() }
    }

    /// The error of one item of a bulk operation, which is logged already.
    pub fn of_item(error: Error) -> ErrorBody {
        *Self::unlogged(error).body
    }

    /// The HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The header that its status requires.
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self.status {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, self.challenge.clone())),
            // A retry conflicts again.
            StatusCode::CONFLICT => Some((SHOULD_RETRY, HeaderValue::from_static("false"))),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("1")))
            }
            _ => None,
        }
    }

    /// The body, as an example in the OpenAPI document.
    pub fn example(&self) -> Value {
        json!(self.body)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        error.log();
        Self::unlogged(error)
    }
}

impl Failure {
    fn unlogged(error: Error) -> Self {
        let mut failure = Self::new(status(&error), error.code(), error.to_string());
        failure.rejection = Rejection::of(&error);
        match error {
            Error::Forbidden { permission, .. } => failure.body.permission = Some(permission),
            Error::Conflict { reason, .. } => failure.body.reason = Some(reason.name()),
            Error::Invalid(fields) => {
                failure.body.field = fields.first().map(|it| it.path.clone());
                if fields.len() > 1 {
                    failure.body.fields = fields.into_iter().map(InvalidField::from).collect();
                }
            }
            _ => {}
        }
        failure
    }
}

impl From<FieldError> for InvalidField {
    fn from(FieldError { path, message }: FieldError) -> Self {
        Self { field: path, message }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (header, rejection) = (self.header(), self.rejection);
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(rejection) = rejection {
            response.extensions_mut().insert(rejection);
        }
        response.headers_mut().extend(header);
        response
    }
}
