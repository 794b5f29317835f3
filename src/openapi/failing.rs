//! How the document has the answers to what was refused or failed.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Answers by their status.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// One way to fail.
pub struct Failing<'a> {
    /// The status.
    pub status: u16,
    /// When it is answered.
    pub when: &'a str,
    /// The name of the schema of the body.
    pub schema: &'a str,
    /// A body.
    pub example: Value,
    /// The header that goes with it, and a value.
    pub header: Option<(&'a str, &'a str)>,
}

impl From<Failing<'_>> for Response {
    fn from(it: Failing<'_>) -> Self {
        let body = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(it.schema)))
            .example(Some(it.example))
            .build();
        let response =
            ResponseBuilder::new().description(it.when).content("application/json", body);
        let Some((name, example)) = it.header else { return response.build() };
        let text = Object::with_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).example(Some(example.into()));
        response.header(name, header.build()).build()
    }
}

/// All of `ways`.
pub fn responses<'a>(ways: impl IntoIterator<Item = Failing<'a>>) -> Responses {
    ways.into_iter().map(|it| (it.status.to_string(), RefOr::T(it.into()))).collect()
}
