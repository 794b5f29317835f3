//! `BAD_USER_INPUT`: each invalid input is named by its path.

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Reply, World};

#[tokio::test]
async fn an_invalid_input_is_named_by_its_field() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (field, wrong) in [
        ("name", json!({ "organizationId": "acme", "name": " " })),
        ("name", json!({ "organizationId": "acme", "name": "a\u{7}b" })),
        (
            "description",
            json!({ "organizationId": "acme", "name": "a", "description": "x".repeat(501) }),
        ),
        ("roles.0", json!({ "organizationId": "acme", "name": "a", "roles": ["boss"] })),
    ] {
        let reply =
            admin.mutate_selecting("createServiceAccount", wrong, "serviceAccount { id }").await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field);
        assert_eq!(reply.json()["data"], json!({ "createServiceAccount": null }));
    }
}

/// The paths of all invalid inputs of the only error.
fn invalid(reply: &Reply) -> Vec<String> {
    reply.is_graphql_error("BAD_USER_INPUT");
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    let text = |it: &Value| it.as_str().expect("a path").to_owned();
    match extensions["fields"].as_array() {
        Some(fields) => fields.iter().map(|it| text(&it["field"])).collect(),
        None => vec![text(&extensions["field"])],
    }
}

#[tokio::test]
async fn every_invalid_input_of_a_create_is_named() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({
        "organizationId": "acme", "name": " ", "description": "x".repeat(501),
        "roles": ["boss", "org_viewer", "chief"], "idempotencyKey": "a b",
    });
    let account_fields = admin.mutate("createServiceAccount", input.clone()).await;
    let expected = ["name", "description", "roles.0", "roles.2", "idempotencyKey"];
    assert_eq!(invalid(&account_fields), expected);
    let viewer = world.viewer().await;
    viewer.mutate("createServiceAccount", input).await.is_graphql_error("FORBIDDEN");
    let restrictions = json!({ "addresses": ["x", "10.0.0.0/8", "y"], "tokenLifetime": 1 });
    let input = json!({
        "serviceAccountId": account.id, "name": "", "idempotencyKey": "", "restrictions": restrictions,
        "expiresAt": "2000-01-01T00:00:00Z", "publicKey": "x",
    });
    let mut fields = invalid(&admin.mutate("createCredential", input).await);
    fields.sort();
    let expected = [
        "expiresAt",
        "idempotencyKey",
        "name",
        "publicKey",
        "restrictions.addresses.0",
        "restrictions.addresses.2",
        "restrictions.tokenLifetime",
    ];
    assert_eq!(fields, expected);
    let input =
        json!({ "id": account.credential, "overlap": -1, "name": " ", "idempotencyKey": " " });
    let fields = invalid(&admin.mutate("startCredentialRotation", input).await);
    assert_eq!(fields, ["overlap", "idempotencyKey", "name"]);
}

#[tokio::test]
async fn unknown_scopes_and_audiences_are_named_by_position() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let restrictions = json!({
        "scopes": ["service_accounts:read", "b", "service_accounts:read", "a"],
        "audiences": ["https://z.test", "https://postern.test", "https://a.test"],
    });
    let expected = [
        "restrictions.scopes.1",
        "restrictions.scopes.3",
        "restrictions.audiences.0",
        "restrictions.audiences.2",
    ];
    let input =
        json!({ "serviceAccountId": account.id, "name": "x", "restrictions": restrictions });
    assert_eq!(invalid(&admin.mutate("createCredential", input).await), expected);
    let input = json!({ "id": account.credential, "restrictions": restrictions });
    assert_eq!(invalid(&admin.mutate("updateCredential", input).await), expected);
    let api = admin.mutate_selecting("createApi", json!({ "organizationId": "acme", "identifier": "https://a.test", "name": "x", "scopes": ["b", "a"] }), "api { id }").await.data("/createApi/api/id");
    let input =
        json!({ "serviceAccountId": account.id, "apiId": api, "scopes": ["a", "x", "b", "y"] });
    let fields = invalid(&admin.mutate("grantApiScopes", input).await);
    assert_eq!(fields, ["scopes.1", "scopes.3"]);
}

#[tokio::test]
async fn several_invalid_inputs_are_one_error() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({
        "serviceAccountId": account.id,
        "name": "\u{200B}",
        "description": "x".repeat(501),
        "expiresAt": "2000-01-01T00:00:00Z",
        "restrictions": { "addresses": ["10.0.0.0/8", "nowhere"], "tokenLifetime": 1 },
    });
    let reply = admin.mutate_selecting("createCredential", input, "clientSecret").await;
    reply.is_graphql_error("BAD_USER_INPUT");
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    assert_eq!(extensions["field"], "name");
    let fields: Vec<_> = extensions["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|it| it["field"].clone())
        .collect();
    let expected = [
        "name",
        "description",
        "expiresAt",
        "restrictions.addresses.1",
        "restrictions.tokenLifetime",
    ];
    assert_eq!(json!(fields), json!(expected));
}

#[tokio::test]
async fn a_description_may_contain_line_breaks_and_tabs() {
    let world = World::new().await;
    let admin = world.admin().await;
    let text = "one\n\ttwo";
    let reply = admin
        .mutate_selecting(
            "createServiceAccount",
            json!({ "organizationId": "acme", "name": "x", "description": text }),
            "serviceAccount { description }",
        )
        .await;
    assert_eq!(reply.data("/createServiceAccount/serviceAccount/description"), text);
}
