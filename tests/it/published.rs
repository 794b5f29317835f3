//! What is published is what the code makes, and is told to its reader.

use serde_json::{Value, json};

use crate::support::World;

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == postern::graphql::sdl(),
        "schema.graphql is not current; run: cargo run -- schema > schema.graphql"
    );
}

#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    let document = postern::server::openapi::document("http://127.0.0.1:8080");
    let served = document.to_pretty_json().expect("a document") + "\n";
    assert!(
        include_str!("../openapi.json") == served,
        "tests/openapi.json is not current; run: cargo run -- openapi > tests/openapi.json"
    );
}

#[test]
fn the_configuration_page_has_the_table_of_all_settings() {
    let page = include_str!("../../docs/configuration.md");
    let table = page
        .split_once("<!-- settings -->\n")
        .and_then(|it| it.1.split_once("\n<!-- /settings -->"));
    assert!(
        table.is_some_and(|(table, _)| table.trim() == postern::config::markdown().trim()),
        "docs/configuration.md is not current; between its markers belongs: cargo run -- settings"
    );
}

#[tokio::test]
async fn every_type_field_argument_and_value_of_the_schema_has_a_description() {
    let world = World::new().await;
    let query = "{ __schema { types { name description fields { name description args { name description } } inputFields { name description } enumValues { name description } } } }";
    let types = world.admin().await.graphql(query, json!({})).await.data("/__schema/types");
    let types: Vec<_> = types.as_array().expect("types").clone();
    let mut silent = Vec::new();
    let ours = |it: &&Value| !text(it, "name").starts_with("__") && text(it, "name") != "ID";
    for kind in types.iter().filter(ours) {
        let mut told = |place: String, it: &Value| {
            if text(it, "description").is_empty() {
                silent.push(place);
            }
        };
        told(text(kind, "name"), kind);
        for part in ["fields", "inputFields", "enumValues"] {
            for field in kind[part].as_array().into_iter().flatten() {
                let place = format!("{}.{}", text(kind, "name"), text(field, "name"));
                told(place.clone(), field);
                for argument in field["args"].as_array().into_iter().flatten() {
                    told(format!("{place}({})", text(argument, "name")), argument);
                }
            }
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_default().to_owned()
}
