//! Examples of bodies are whole and say what their operation does.

use serde_json::{Value, json};

use super::{document, examples, operations, resolve};
use crate::support::World;

/// The places of nulls and of empty objects in an example.
fn gaps(example: &Value, at: &str) -> Vec<String> {
    match example {
        Value::Null => vec![at.to_owned()],
        Value::Object(members) if members.is_empty() => vec![at.to_owned()],
        Value::Object(members) => {
            members.iter().flat_map(|(name, it)| gaps(it, &format!("{at}.{name}"))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|it| gaps(it, at)).collect(),
        _ => Vec::new(),
    }
}

/// Asserts that an example has all that is required and nothing that says nothing.
fn is_whole(document: &Value, id: &str, schema: &Value, example: &Value) {
    assert!(example.is_object(), "{id}");
    let of_revocation = *example == json!({});
    let gaps = if of_revocation { Vec::new() } else { gaps(example, id) };
    assert_eq!(gaps, Vec::<String>::new());
    let schema = resolve(document, schema);
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.map(|name| name.as_str().expect("a name")) {
        assert!(example.get(name).is_some(), "{id} {name}");
    }
}

#[tokio::test]
async fn every_body_has_a_complete_example() {
    let world = World::new().await;
    let document = document(&world).await;
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        let responses = operation["responses"].as_object().expect("responses").values();
        for body in responses.chain(operation.get("requestBody")) {
            for content in body["content"].as_object().into_iter().flat_map(|it| it.values()) {
                for example in examples(content) {
                    is_whole(&document, id, &content["schema"], example);
                }
            }
        }
    }
}

/// The example of a successful response of an operation.
fn success<'a>(document: &'a Value, id: &str) -> &'a Value {
    let operations = operations(document);
    let (_, _, operation) = operations.iter().find(|(.., it)| it["operationId"] == id).expect(id);
    let responses = operation["responses"].as_object().expect("responses");
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2')).expect(id);
    &response["content"]["application/json"]["example"]
}

#[tokio::test]
async fn examples_show_the_state_after_their_operation() {
    let world = World::new().await;
    let document = document(&world).await;
    for id in ["disable_service_account", "disable_credential"] {
        assert!(success(&document, id)["disabled_at"].is_string(), "{id}");
    }
    for id in ["enable_service_account", "enable_credential", "get_credential"] {
        assert_eq!(success(&document, id).get("disabled_at"), None, "{id}");
    }
    assert!(success(&document, "finish_credential_rotation")["retires_at"].is_string());
    let started = success(&document, "start_credential_rotation");
    assert!(started["expires_at"].as_str() > started["created_at"].as_str());
    let (old, rotation) =
        (success(&document, "create_credential"), success(&document, "get_credential_rotation"));
    assert_ne!((&started["id"], &started["client_id"]), (&old["id"], &old["client_id"]));
    assert_eq!(rotation["replaced_by"], started["id"]);
    assert!(rotation["retires_at"].as_str() > rotation["started_at"].as_str());
    assert!(success(&document, "update_api")["revoked_grants"].is_number());
    assert_eq!(success(&document, "get_api").get("revoked_grants"), None);
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        let page_info = &success(&document, id)["page_info"];
        if page_info.is_object() {
            let is_paged = !operation["parameters"]
                .as_array()
                .expect("parameters")
                .iter()
                .all(|it| it["name"] != "limit");
            assert_eq!(page_info["has_next_page"], is_paged, "{id}");
            assert_eq!(page_info.get("end_cursor").is_some(), is_paged, "{id}");
        }
    }
}
