//! What was done is answered with its payload, also when nothing can be read any more.

use postern::authz::Role;
use serde_json::{Value, json};

use super::invalid_inputs::{Schema, base, selection, target, text};
use crate::support::{Caller, World, input_type};

/// An admin of whom each decision on an account is looked up: the token lacks a permission.
async fn caller(world: &World) -> Caller {
    let all = postern::authz::PermissionSet::all().names().join(" ");
    let scope = all.replace(" audit_events:list", "");
    world.sign_in_for(&world.admin_account(), Some(&scope)).await
}

/// The things in the payload of a mutation.
fn things<'a>(schema: &'a Schema, mutation: &str) -> impl Iterator<Item = &'a Value> {
    // Fields of reports do not fail.
    const REPORTS: [&str; 2] = ["BulkResult", "RoleHolderChange"];
    let is_thing = |of: &Value| {
        of["kind"] == "OBJECT" && !REPORTS.contains(&of["name"].as_str().unwrap_or_default())
    };
    schema.payload(mutation).iter().filter(move |it| is_thing(base(&it["type"])))
}

async fn run(caller: &Caller, mutation: &str, selection: &str, input: &Value) -> Value {
    let kind = input_type(mutation);
    let query = format!("mutation($a: {kind}!) {{ a: {mutation}(input: $a) {{ {selection} }} }}");
    caller.graphql(&query, json!({ "a": input })).await.json()
}

#[tokio::test]
async fn every_object_in_a_payload_is_nullable() {
    let schema = Schema::of(&World::new().await.admin().await).await;
    for (mutation, _) in schema.mutations() {
        for thing in things(&schema, mutation) {
            assert_eq!(thing["type"]["kind"], "OBJECT", "{mutation}: {thing}");
        }
    }
}

#[tokio::test]
async fn a_payload_keeps_its_secret_when_the_fields_below_it_cannot_be_read() {
    let world = World::new().await;
    let (admin, caller) = (world.admin().await, caller(&world).await);
    let (schema, mut secrets) = (Schema::of(&admin).await, 0);
    for (mutation, _) in schema.mutations() {
        let input = target(&world, &admin, mutation).await;
        let replica = world.replica_that_reads_until("INSERT INTO \"audit_events\"").await;
        let (selection, before) = (selection(&schema, mutation), world.dump().await);
        let reply = run(&caller.at(&replica), mutation, &selection, &input).await;
        assert_ne!(world.dump().await, before, "{mutation} is done");
        let payload = &reply["data"]["a"];
        assert!(payload.is_object(), "{mutation}: {reply:#}");
        if schema.has_secret(mutation) {
            assert!(payload["clientSecret"].is_string(), "{mutation}: {reply:#}");
            secrets += 1;
        }
        let names: Vec<_> = things(&schema, mutation).map(|it| text(&it["name"])).collect();
        for error in reply["errors"].as_array().into_iter().flatten() {
            let code = &error["extensions"]["code"];
            assert!(code == "UNAVAILABLE" || code == "FORBIDDEN", "{mutation}: {error:#}");
            assert!(names.contains(&text(&error["path"][1])), "{mutation}: {error:#}");
        }
        for name in ["credential", "newCredential", "serviceAccount"] {
            if names.contains(&name) {
                assert!(payload[name].is_null(), "its permissions are unknown: {reply:#}");
            }
        }
    }
    assert_eq!(secrets, 2);
}

fn paths(reply: &Value) -> Vec<String> {
    let errors = reply["errors"].as_array().cloned().unwrap_or_default();
    let mut paths: Vec<_> = errors.iter().map(|it| it["path"].to_string()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn error_paths_end_at_the_failed_field_below_fragments_and_lists() {
    let world = World::new().await;
    let (admin, caller) = (world.admin().await, caller(&world).await);
    let input = target(&world, &admin, "startCredentialRotation").await;
    let replica = world.replica_that_reads_until("INSERT INTO \"audit_events\"").await;
    let query = r#"
        mutation($a: StartCredentialRotationInput!) {
          a: startCredentialRotation(input: $a) {
            clientSecret
            old: credential { ...F }
            newCredential { ...F }
          }
        }
        fragment F on Credential {
          may: permissions { serviceAccountCredentials { update } }
        }
    "#;
    let reply = caller.at(&replica).graphql(query, json!({ "a": input })).await;
    let below = r#""may","serviceAccountCredentials","update""#;
    assert_eq!(
        paths(&reply.json()),
        [format!(r#"["a","newCredential",{below}]"#), format!(r#"["a","old",{below}]"#)]
    );
}

#[tokio::test]
async fn error_paths_include_list_positions() {
    let world = World::new().await;
    let own = world.account(&[Role::Admin]).await;
    let end = postern::clock::to_rfc3339(world.now() + chrono::TimeDelta::hours(1));
    let input = json!({ "id": own.credential, "expiresAt": end });
    run(&world.admin().await, "updateCredential", "clientMutationId", &input).await;
    // What may be done to accounts with an expiring credential is looked up after the page.
    let (caller, select) = (world.sign_in(&own).await, "SELECT \"service_accounts\"");
    for (page, position) in [("edges { node {", r#""edges",0,"node""#), ("nodes {", r#""nodes",0"#)]
    {
        let replica = world.replica_that_reads_until(select).await;
        let close = if page.starts_with("edges") { "} }" } else { "}" };
        let query = format!(
            "{{ organization(id: \"acme\") {{ serviceAccounts {{ {page} permissions {{ serviceAccounts {{ delete }} }} {close} }} }} }}"
        );
        let reply = caller.at(&replica).graphql(&query, json!({})).await.json();
        let below = r#""permissions","serviceAccounts","delete""#;
        let path = format!(r#"["organization","serviceAccounts",{position},{below}]"#);
        assert_eq!(paths(&reply), [path], "{reply:#}");
        assert_eq!(reply["data"]["organization"], json!({ "serviceAccounts": null }));
    }
}

#[tokio::test]
async fn fields_below_a_payload_require_the_usual_permissions() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let everything = postern::authz::PermissionSet::all().names().join(" ");
    let hidden = everything.replace("service_accounts:read ", "");
    let caller = world.sign_in_for(&world.admin_account(), Some(&hidden)).await;
    let reply = caller
        .mutate_selecting(
            "updateCredential",
            json!({ "id": account.credential, "name": "New" }),
            "credential { name serviceAccount { id } }",
        )
        .await;
    let credential = reply.json()["data"]["updateCredential"]["credential"].clone();
    assert_eq!(credential, json!({ "name": "New", "serviceAccount": null }));
    let path = "updateCredential.credential.serviceAccount".to_owned();
    assert_eq!(reply.errors(), [(path, "NOT_FOUND".to_owned())]);
    caller
        .mutate_selecting(
            "updateServiceAccount",
            json!({ "id": account.id, "name": "New" }),
            "serviceAccount { name }",
        )
        .await
        .is_graphql_error("NOT_FOUND");
}
