//! The request id: a header of every request and response.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{HeaderBuilder, OpenApi, Ref, RefOr, Required};

const NAME: &str = "X-Client-Request-ID";
const COMPONENT: &str = "RequestId";

/// Adds the header to all operations.
pub fn add(document: &mut OpenApi) {
    for path in document.paths.paths.values_mut() {
        super::operations(path).for_each(add_references);
    }
    let header = HeaderBuilder::new().schema(Some(schema())).description(Some(
        "Id of the request in logs and audit events: the id that the caller sent, or a generated one.",
    ));
    let components = document.components.get_or_insert_default();
    components.headers.insert(COMPONENT.to_owned(), header.build().into());
    components.parameters.insert(COMPONENT.to_owned(), parameter().into());
}

fn add_references(operation: &mut Operation) {
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
            "Id of the request, chosen by the caller: 1 to 128 visible characters. The response returns it. Absent or invalid: an id is generated.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

fn schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(128))
        .pattern(Some("^[!-~]([ -~]*[!-~])?$"))
        .examples([serde_json::json!("7d1fbb1c-2f0e-4b53-9f40-5d3a0b6f2f11")])
        .build()
}
