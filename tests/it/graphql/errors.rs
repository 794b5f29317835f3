//! Partial answers, codes, and nothing from inside.

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

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
        ("roles.0", json!({ "organizationId": "acme", "name": "a", "roles": ["boss"] })),
    ] {
        let reply = admin.graphql(mutation, json!({ "input": wrong })).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field);
        assert_eq!(reply.json()["data"], json!({ "createServiceAccount": null }));
    }
}

/// The paths of all invalid inputs of the only error.
fn invalid(reply: &Reply) -> Vec<String> {
    reply.is_refused("BAD_USER_INPUT");
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    let text = |it: &Value| it.as_str().expect("a path").to_owned();
    match extensions["fields"].as_array() {
        Some(fields) => fields.iter().map(|it| text(&it["field"])).collect(),
        None => vec![text(&extensions["field"])],
    }
}

async fn change(caller: &Caller, mutation: &str, input: Value) -> Reply {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let query = format!(
        "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ clientMutationId }} }}"
    );
    caller.graphql(&query, json!({ "input": input })).await
}

#[tokio::test]
async fn a_create_names_every_invalid_input_at_once() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({
        "organizationId": "acme", "name": " ", "description": "x".repeat(501),
        "roles": ["boss", "org_viewer", "chief"], "idempotencyKey": "a b",
    });
    let account_fields = change(&admin, "createServiceAccount", input.clone()).await;
    let expected = ["roles.0", "roles.2", "name", "description", "idempotencyKey"];
    assert_eq!(invalid(&account_fields), expected);
    let viewer = world.viewer().await;
    change(&viewer, "createServiceAccount", input).await.is_refused("FORBIDDEN");
    let restrictions = json!({ "addresses": ["x", "10.0.0.0/8", "y"], "tokenLifetime": 1 });
    let input = json!({
        "serviceAccountId": account.id, "name": "", "idempotencyKey": "", "restrictions": restrictions,
        "expiresAt": "2000-01-01T00:00:00Z", "publicKey": "x",
    });
    let mut fields = invalid(&change(&admin, "createCredential", input).await);
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
    let fields = invalid(&change(&admin, "startCredentialRotation", input).await);
    assert_eq!(fields, ["overlap", "idempotencyKey", "name"]);
}

#[tokio::test]
async fn what_an_account_or_an_api_lacks_is_named_by_its_position() {
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
    assert_eq!(invalid(&change(&admin, "createCredential", input).await), expected);
    let input = json!({ "id": account.credential, "restrictions": restrictions });
    assert_eq!(invalid(&change(&admin, "updateCredential", input).await), expected);
    let create = r#"mutation { createApi(input: { organizationId: "acme", identifier: "https://a.test", name: "x", scopes: ["b", "a"] }) { api { id } } }"#;
    let api = admin.graphql(create, json!({})).await.data("/createApi/api/id");
    let input =
        json!({ "serviceAccountId": account.id, "apiId": api, "scopes": ["a", "x", "b", "y"] });
    let fields = invalid(&change(&admin, "grantApiScopes", input).await);
    assert_eq!(fields, ["scopes.1", "scopes.3"]);
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

#[tokio::test]
async fn a_field_that_is_denied_alike_for_many_rows_is_one_error_with_their_number() {
    let world = World::new().await;
    for _ in 0..30 {
        world.account(&[]).await;
    }
    let scope = Some("service_accounts:list service_accounts:read organizations:read");
    let caller = world.sign_in_for(&world.admin_account(), scope).await;
    let query = "{ organization(id: \"acme\") { serviceAccounts { nodes { id roles { label } credentials { totalCount } } } auditEvents { totalCount } } }";
    let reply = caller.graphql(query, json!({})).await;
    let mut errors: Vec<_> = reply
        .errors()
        .into_iter()
        .zip(reply.json()["errors"].as_array().cloned().unwrap_or_default())
        .map(|((path, code), error)| (path, code, error["extensions"]["count"].as_u64()))
        .collect();
    errors.sort();
    let denied = |path: &str, count| (path.to_owned(), "FORBIDDEN".to_owned(), count);
    assert_eq!(
        errors,
        [
            denied("organization.auditEvents", None),
            denied("organization.serviceAccounts.nodes.0.credentials", Some(31)),
            denied("organization.serviceAccounts.nodes.0.roles", Some(31)),
        ]
    );
    let nodes = &reply.json()["data"]["organization"]["serviceAccounts"]["nodes"];
    assert_eq!(nodes.as_array().map(Vec::len), Some(31));
}

#[tokio::test]
async fn errors_beyond_the_most_that_are_reported_are_counted() {
    let world = World::new().await;
    let unknown: String = (0..250).map(|n| format!("unknown{n} ")).collect();
    let query = format!("{{ viewer {{ {unknown} }} }}");
    let reply = world.admin().await.graphql(&query, json!({})).await;
    let errors = reply.json()["errors"].as_array().cloned().expect("errors");
    assert_eq!(errors.len(), 101);
    assert_eq!(errors[100]["message"], "150 more errors are left out");
    let limit = json!({ "name": "errors", "maximum": 100, "reached": 250 });
    assert_eq!(errors[100]["extensions"]["limit"], limit);
}
