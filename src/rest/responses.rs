//! The answers to an operation that was refused or that failed, as the OpenAPI document has them.

use serde_json::json;
use utoipa::IntoResponses;

use crate::openapi::{Failing, Responses, responses};

fn of(ways: &[Failing]) -> Responses {
    responses(
        ways,
        "Error",
        |status, code, message| json!({ "message": message, "code": code, "status": status }),
    )
}

/// What any operation may answer.
pub struct Refused;

impl IntoResponses for Refused {
    fn responses() -> Responses {
        let token = "There is no valid access token.";
        let challenge = r#"Bearer realm="postern", error="invalid_token""#;
        let may_see = "The caller may see it, but not do this to it.";
        let none = "There is none, or none that the caller may see.";
        let broke = "something went wrong on our side";
        let later = "the service cannot answer right now; try again in a moment";
        of(&[
            (
                401,
                "UNAUTHENTICATED",
                token,
                "present a valid access token first",
                Some(("WWW-Authenticate", challenge)),
            ),
            (403, "FORBIDDEN", may_see, "you may not do this", None),
            (404, "NOT_FOUND", none, "no such service account", None),
            (500, "INTERNAL", "Something went wrong on our side.", broke, None),
            (503, "UNAVAILABLE", "Not now: try again.", later, Some(("Retry-After", "1"))),
        ])
    }
}

/// What an operation with a query string may answer.
pub struct BadInput;

impl IntoResponses for BadInput {
    fn responses() -> Responses {
        let wrong = "The input cannot be right.";
        of(&[(400, "BAD_USER_INPUT", wrong, "limit: must be 1 to 100", None)])
    }
}

/// What an operation with a body may answer.
pub struct BadBody;

impl IntoResponses for BadBody {
    fn responses() -> Responses {
        let wrong = "The input cannot be right.";
        let large = "the body has more than 65536 bytes";
        let media_type = "the body must be application/json in UTF-8";
        of(&[
            (400, "BAD_USER_INPUT", wrong, "name: must not be empty", None),
            (413, "PAYLOAD_TOO_LARGE", "The body is too large.", large, None),
            (415, "UNSUPPORTED_MEDIA_TYPE", "The body is no JSON.", media_type, None),
        ])
    }
}

/// What an operation may answer that what is there can forbid.
pub struct Conflicting;

impl IntoResponses for Conflicting {
    fn responses() -> Responses {
        let forbids = "The input is right, but what is there forbids it.";
        let last = "this is the last org_admin of the organization";
        of(&[(409, "CONFLICT", forbids, last, Some(("x-should-retry", "false")))])
    }
}
