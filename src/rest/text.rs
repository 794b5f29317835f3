//! How names, descriptions and labels look in a body: the bounds that the domain checks.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

/// No control characters, save white space around the text, and something to see.
const NAME: &str = r"^[\t-\r ]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*[\t-\r ]*$";
/// The same, and it may be empty.
const DESCRIPTION: &str = r"^[\t-\r ]*[^\x00-\x1F\x7F-\x9F]*[\t-\r ]*$";

/// A name.
pub fn name() -> Object {
    let about = "What people call it. White space around it is dropped.";
    text(about, NAME, 255).min_length(Some(1)).examples([json!("Nightly export")]).build()
}

/// A description, which null or an empty text clears.
pub fn description() -> Object {
    text("What it is for. Empty or null: nothing.", DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Copies the day's orders into the warehouse.")])
        .build()
}

/// The label of an organization.
pub fn label() -> Object {
    let about = "A lower-case DNS segment that names it wherever its id would.";
    text(about, "^[a-z0-9]+(-[a-z0-9]+)*$", 63).examples([json!("acme")]).build()
}

fn text(about: &str, pattern: &str, longest: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .pattern(Some(pattern))
        .max_length(Some(longest))
}
