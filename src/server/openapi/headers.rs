//! The headers that every request may have and that every answer has.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{HeaderBuilder, OpenApi, Ref, RefOr, Required};

const NAME: &str = "X-Client-Request-ID";
const COMPONENT: &str = "RequestId";

/// Adds them to all operations.
pub fn add(document: &mut OpenApi) {
    for path in document.paths.paths.values_mut() {
        super::operations(path).for_each(refer);
    }
    let header = HeaderBuilder::new().schema(Some(text())).description(Some(
        "What the caller named the request, or what it was named here: the logs and the audit trail know it by that.",
    ));
    let components = document.components.get_or_insert_default();
    components.headers.insert(COMPONENT.to_owned(), header.build().into());
    components.parameters.insert(COMPONENT.to_owned(), parameter().into());
}

fn refer(operation: &mut Operation) {
    let parameter = Ref::new(format!("#/components/parameters/{COMPONENT}"));
    operation.parameters.get_or_insert_default().push(RefOr::Ref(parameter));
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        let header = Ref::new(format!("#/components/headers/{COMPONENT}"));
        response.headers.insert(NAME.to_owned(), RefOr::Ref(header));
    }
}

fn parameter() -> Parameter {
    ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "What the caller names the request by: it comes back with the answer. What is not 1 to 128 visible characters is replaced.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

fn text() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(128))
        .pattern(Some("^[!-~]([ -~]*[!-~])?$"))
        .examples([serde_json::json!("7d1fbb1c-2f0e-4b53-9f40-5d3a0b6f2f11")])
        .build()
}
