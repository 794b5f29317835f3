//! Partial answers, codes, and nothing from inside.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_denied_field_is_null_with_an_error_at_its_path_and_the_rest_stands() {
    let world = World::new().await;
    let query = "{ organization(id: \"acme\") { label auditEvents { nodes { id } } roles { label } name } }";
    let reply = world.viewer().await.graphql(query, json!({})).await;
    assert_eq!(reply.status, 200);
    let organization = reply.json()["data"]["organization"].clone();
    let expected = json!({ "label": "acme", "auditEvents": null, "roles": null, "name": "acme" });
    assert_eq!(organization, expected);
    let mut errors = reply.errors();
    errors.sort();
    let denied = |field: &str| (format!("organization.{field}"), "FORBIDDEN".to_owned());
    assert_eq!(errors, [denied("auditEvents"), denied("roles")]);
}

#[tokio::test]
async fn a_wrong_input_is_named_for_the_form() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mutation = "mutation($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) { serviceAccount { id } } }";
    for (field, wrong) in [
        ("name", json!({ "organizationId": "acme", "name": " " })),
        ("name", json!({ "organizationId": "acme", "name": "a\u{7}b" })),
        (
            "description",
            json!({ "organizationId": "acme", "name": "a", "description": "x".repeat(501) }),
        ),
        ("roles", json!({ "organizationId": "acme", "name": "a", "roles": ["boss"] })),
    ] {
        let reply = admin.graphql(mutation, json!({ "input": wrong })).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field);
        assert_eq!(reply.json()["data"], json!({ "createServiceAccount": null }));
    }
}

#[tokio::test]
async fn nothing_from_inside_shows_when_the_database_is_away() {
    let world = World::new().await;
    let admin = world.admin().await;
    world.app.db.clone().close().await.expect("closed");
    let reply = admin.graphql("{ organizations { totalCount } }", json!({})).await;
    assert_eq!(reply.status, 503);
    reply.is_refused("UNAVAILABLE");
    for inside in ["SELECT", "credentials", "sqlx", "pool", "Pool"] {
        assert!(!reply.text.contains(inside), "{}", reply.text);
    }
}

#[tokio::test]
async fn errors_of_the_engine_have_a_code_and_echo_little() {
    let world = World::new().await;
    let admin = world.admin().await;
    let long = "x".repeat(10_000);
    for (query, variables) in [
        ("{ nonsense }", json!({})),
        ("{", json!({})),
        ("query($id: ID!) { node(id: $id) { id } }", json!({})),
        ("query($n: Int) { organizations(first: $n) { totalCount } }", json!({ "n": long })),
    ] {
        let reply = admin.graphql(query, variables).await;
        assert!(reply.errors().iter().all(|(_, code)| code == "BAD_USER_INPUT"), "{}", reply.text);
        assert!(!reply.errors().is_empty() && reply.text.len() < 2_000, "{}", reply.text);
    }
}
