//! The error responses of operations in the OpenAPI document.

use serde_json::{Value, json};
use utoipa::IntoResponses;

use crate::error::Reason;
use crate::openapi::{Failing, Responses, responses};

fn of(ways: &[Failing]) -> Responses {
    responses(ways, "Error", example)
}

fn example(status: u16, code: &str, message: &str) -> Value {
    let mut body = json!({ "message": message, "code": code, "status": status });
    match code {
        "BAD_USER_INPUT" => body["field"] = message.split(':').next().into(),
        "FORBIDDEN" => body["permission"] = message.split(' ').next_back().into(),
        "CONFLICT" => body["reason"] = Reason::LastAdmin.name().into(),
        _ => {}
    }
    body
}

/// Errors of every operation.
pub struct Refused;

impl IntoResponses for Refused {
    fn responses() -> Responses {
        let token = "A valid access token is missing.";
        let challenge = r#"Bearer realm="postern", error="invalid_token""#;
        let may_read = "The caller may read it, but not do this to it.";
        let lacks = "requires the permission service_accounts:update";
        let none = "It does not exist, or the caller may not read it.";
        let fault = "something went wrong on our side";
        let later = "the service cannot answer right now; try again in a moment";
        of(&[
            (
                401,
                "UNAUTHENTICATED",
                token,
                "present a valid access token first",
                Some(("WWW-Authenticate", challenge)),
            ),
            (403, "FORBIDDEN", may_read, lacks, None),
            (404, "NOT_FOUND", none, "no such service account", None),
            (500, "INTERNAL", "A fault of the server.", fault, None),
            (
                503,
                "UNAVAILABLE",
                "The service cannot answer right now: try again.",
                later,
                Some(("Retry-After", "1")),
            ),
        ])
    }
}

/// Errors of operations with a query string.
pub struct BadInput;

impl IntoResponses for BadInput {
    fn responses() -> Responses {
        let invalid = "The input is invalid.";
        of(&[(400, "BAD_USER_INPUT", invalid, "limit: must be 1 to 100", None)])
    }
}

/// Errors of operations with a body.
pub struct BadBody;

impl IntoResponses for BadBody {
    fn responses() -> Responses {
        let invalid = "The input is invalid.";
        let large = "the body has more than 65536 bytes";
        let media_type = "the body must be application/json in UTF-8";
        of(&[
            (400, "BAD_USER_INPUT", invalid, "name: must not be empty", None),
            (413, "PAYLOAD_TOO_LARGE", "The body is too large.", large, None),
            (415, "UNSUPPORTED_MEDIA_TYPE", "The body is not JSON.", media_type, None),
        ])
    }
}

/// Errors of operations that can conflict with the state of a resource.
pub struct Conflicting;

impl IntoResponses for Conflicting {
    fn responses() -> Responses {
        let conflicts = "The request conflicts with the resource's current state.";
        let last = "this is the last org_admin of the organization";
        of(&[(409, "CONFLICT", conflicts, last, Some(("x-should-retry", "false")))])
    }
}
