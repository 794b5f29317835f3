//! Error responses in the OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Responses by their status.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// An error response.
pub struct ErrorResponse<'a> {
    /// Description of the condition.
    pub when: &'a str,
    /// Name of the schema of the body.
    pub schema: &'a str,
    /// Name and example of the header that the status requires.
    pub header: Option<(&'a str, &'a str)>,
}

impl ErrorResponse<'_> {
    /// The response with one example of its body.
    pub fn with_example(&self, example: Value) -> RefOr<Response> {
        self.response(self.content().example(Some(example)))
    }

    /// The response with named examples of its body.
    pub fn with_examples(
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
