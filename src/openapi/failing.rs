//! How the document has the answers to what was refused or failed.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Answers by their status.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// One way to fail: status, code, when, message, and the header that goes with it.
pub type Failing =
    (u16, &'static str, &'static str, &'static str, Option<(&'static str, &'static str)>);

/// All of `ways`, in the words of a surface: the name of the schema of its bodies, and the body of
/// a status, a code and a message.
pub fn responses(ways: &[Failing], schema: &str, body: fn(u16, &str, &str) -> Value) -> Responses {
    let response = |&(status, code, when, message, header): &Failing| {
        let response = response(schema, when, body(status, code, message), header);
        (status.to_string(), RefOr::T(response))
    };
    ways.iter().map(response).collect()
}

fn response(schema: &str, when: &str, body: Value, header: Option<(&str, &str)>) -> Response {
    let body =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(body));
    let response =
        ResponseBuilder::new().description(when).content("application/json", body.build());
    let Some((name, example)) = header else { return response.build() };
    let text = Object::with_type(Type::String);
    let header = HeaderBuilder::new().schema(Some(text)).example(Some(example.into()));
    response.header(name, header.build()).build()
}
