//! Error responses in the OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Responses by their status.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// An error response: its description, the name of the schema of its body, and a header.
pub struct ErrorResponse<'a> {
    /// Condition under which it is sent.
    pub when: &'a str,
    /// Name of the schema of the body.
    pub schema: &'a str,
    /// Name and example of a header that belongs to the status.
    pub header: Option<(&'a str, &'a str)>,
}

impl ErrorResponse<'_> {
    /// The response with one example of its body.
    pub fn with(&self, example: Value) -> RefOr<Response> {
        self.response(self.content().example(Some(example)))
    }

    /// The response with several examples of its body, by their names.
    pub fn with_each(
        &self,
        examples: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> RefOr<Response> {
        let examples = examples
            .into_iter()
            .map(|(name, body)| (name, RefOr::T(ExampleBuilder::new().value(Some(body)).build())));
        self.response(self.content().examples_from_iter(examples))
    }

    fn content(&self) -> ContentBuilder {
        ContentBuilder::new().schema(Some(Ref::from_schema_name(self.schema)))
    }

    fn response(&self, content: ContentBuilder) -> RefOr<Response> {
        let response = ResponseBuilder::new().description(self.when);
        let response = response.content("application/json", content.build());
        let Some((name, example)) = self.header else { return RefOr::T(response.build()) };
        let text = Object::with_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).example(Some(example.into()));
        RefOr::T(response.header(name, header.build()).build())
    }
}
