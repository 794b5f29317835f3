//! Examples of whole bodies: each is put together from the examples of its members, unless its
//! handler or its schema has one.

use serde_json::{Map, Value};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

/// The schemas nest less deep than this.
const DEPTH: usize = 16;

/// Adds them to all operations.
pub fn add(document: &mut OpenApi) {
    // A document that cannot be written as JSON is never served.
    let schemas = serde_json::to_value(&document.components).unwrap_or_default();
    for path in document.paths.paths.values_mut() {
        for operation in super::operations(path) {
            contents(operation).for_each(|content| complete(content, &schemas["schemas"]));
        }
    }
}

/// The bodies of an operation: of its request and of its responses.
fn contents(operation: &mut Operation) -> impl Iterator<Item = &mut Content> {
    let request = operation.request_body.iter_mut().filter_map(here);
    let responses = operation.responses.responses.values_mut().filter_map(here);
    let request = request.flat_map(|body| body.content.values_mut());
    let responses = responses.flat_map(|response| response.content.values_mut());
    request.chain(responses).filter_map(here)
}

/// No body is a reference.
fn here<T>(it: &mut RefOr<T>) -> Option<&mut T> {
    match it {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    }
}

fn complete(content: &mut Content, schemas: &Value) {
    if content.example.is_none() && content.examples.is_empty() {
        let schema = serde_json::to_value(&content.schema).unwrap_or_default();
        content.example = Some(example(&schema, schemas, DEPTH));
    }
}

/// A value of `schema`.
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
        // Permissions are in a response, and in all of its items, only if they are asked for.
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
