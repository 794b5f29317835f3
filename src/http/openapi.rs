//! Parts of the OpenAPI document that the surfaces share.

mod enumeration;
mod error_response;

use serde_json::Value;

pub use enumeration::enumeration;
pub use error_response::{ErrorResponse, Responses};

/// `base` with additional members, which replace those of the same name.
#[must_use]
pub fn with(mut base: Value, members: Value) -> Value {
    if let (Value::Object(base), Value::Object(members)) = (&mut base, members) {
        base.extend(members);
    }
    base
}
