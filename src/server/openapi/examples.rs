//! Examples of bodies, composed of the examples of their members where the handler and the schema have
//! none.

use serde_json::{Map, Value};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

/// Maximum nesting of schemas.
const MAX_DEPTH: usize = 16;

/// Adds examples to all operations.
pub fn add(document: &mut OpenApi) {
    // A document that cannot be serialized is never served.
    let schemas = serde_json::to_value(&document.components).unwrap_or_default();
    for path in document.paths.paths.values_mut() {
        for operation in super::operations(path) {
            contents(operation).for_each(|content| add_example(content, &schemas["schemas"]));
        }
    }
}

/// The bodies of an operation: of its request and of its responses.
fn contents(operation: &mut Operation) -> impl Iterator<Item = &mut Content> {
    let request = operation.request_body.iter_mut().filter_map(inline);
    let responses = operation.responses.responses.values_mut().filter_map(inline);
    let request = request.flat_map(|body| body.content.values_mut());
    let responses = responses.flat_map(|response| response.content.values_mut());
    request.chain(responses).filter_map(inline)
}

/// The value itself: no body is a reference.
fn inline<T>(it: &mut RefOr<T>) -> Option<&mut T> {
    match it {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    }
}

fn add_example(content: &mut Content, schemas: &Value) {
    if content.example.is_none() && content.examples.is_empty() {
        let schema = serde_json::to_value(&content.schema).unwrap_or_default();
        content.example = Some(example(&schema, schemas, MAX_DEPTH));
    }
}

/// An example of `schema`.
fn example(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let of = |schema: &Value| example(schema, schemas, depth);
    if let Some(own) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
        return own.clone();
    }
    if let Some(members) = schema.pointer("/allOf/1").filter(|it| it.get("example").is_some()) {
        return of(members);
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return of(&schemas[name]);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let members = parts.iter().map(of).filter_map(|part| match part {
            Value::Object(members) => Some(members),
            _ => None,
        });
        return Value::Object(members.flatten().collect());
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        return kinds.iter().map(of).find(|it| !it.is_null()).unwrap_or_default();
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    let is = |kind: &str| schema["type"] == kind;
    if is("object") {
        // Responses contain permissions only on request.
        let members = schema["properties"].as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| *name != "permissions");
        let members = members.map(|(name, it)| (name.clone(), of(it)));
        return members.filter(|(_, it)| !it.is_null()).collect::<Map<_, _>>().into();
    }
    if is("array") {
        return vec![of(&schema["items"])].into();
    }
    if is("boolean") { true.into() } else { Value::Null }
}
