//! Schemas of enumerations.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// A string enumeration.
pub fn enumeration<'a>(
    description: &str,
    values: impl IntoIterator<Item = &'a str>,
    example: &str,
) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(values))
        .examples([json!(example)])
        .build()
}
