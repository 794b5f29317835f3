//! Schemas of names, descriptions, labels and keys: the bounds that the domain checks.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

/// No control characters, save white space around the text, and something to see.
const NAME: &str = r"^[\t-\r ]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*[\t-\r ]*$";
/// The same, and it may be empty.
const DESCRIPTION: &str = r"^[\t-\r ]*[^\x00-\x1F\x7F-\x9F]*[\t-\r ]*$";

/// A name.
pub fn name() -> Object {
    let about = "Display name. White space around it is dropped.";
    text(about, NAME, 255).min_length(Some(1)).examples([json!("Nightly export")]).build()
}

/// A name where there is a default.
pub fn optional_name() -> Object {
    let about = "Display name of the new credential. Absent or null: the name of the old one.";
    text(about, NAME, 255)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .min_length(Some(1))
        .examples([json!("Production")])
        .build()
}

/// A description where there is a default.
pub fn inherited_description() -> Object {
    let about = "Description of the new credential. Absent or null: that of the old one.";
    text(about, DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Kept in the vault of the data team.")])
        .build()
}

/// A description, which null or an empty text clears.
pub fn description() -> Object {
    text("Description of its purpose. Empty or null: none.", DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Copies the day's orders into the warehouse.")])
        .build()
}

/// The label of an organization.
pub fn label() -> Object {
    let about = "Label: a lower-case DNS segment that can be used wherever the id can.";
    text(about, "^[a-z0-9]+(-[a-z0-9]+)*$", 63).examples([json!("acme")]).build()
}

/// The public key of a credential.
pub fn public_key() -> Object {
    let about = "Public key that clients authenticate with instead of a secret (RFC 7523), as a JWK or in PEM (PUBLIC KEY): P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to 8192 bits for PS256 and RS256, of which an `alg` in the JWK selects one. Absent or null: a secret is created.";
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(about))
        .max_length(Some(8192))
        .examples([json!(null)])
        .build()
}

fn text(about: &str, pattern: &str, longest: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .pattern(Some(pattern))
        .max_length(Some(longest))
}
