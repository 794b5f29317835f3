//! Ends and restrictions of a credential cannot be shed by who acts with it.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use super::apis::register;
use crate::support::{Account, Caller, Reply, World};

pub async fn run(caller: &Caller, mutation: &str, input: Value) -> Reply {
    let kind = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ clientMutationId }} }}"
    );
    caller.graphql(&query, json!({ "input": input })).await
}

async fn credential(caller: &Caller, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { expiresAt updatedAt restrictions { addresses tokenLifetime } rotation { replacedBy { id expiresAt restrictions { addresses } } } } } }";
    caller.graphql(query, json!({ "id": id })).await.data("/node")
}

/// An admin whose credential ends in an hour.
async fn expiring(world: &World) -> (Account, Caller, String) {
    let account = world.account(&[Role::Admin]).await;
    let end = clock::spell(world.now() + TimeDelta::hours(1));
    let input = json!({ "id": account.credential, "expiresAt": end });
    run(&world.admin().await, "updateCredential", input).await.data("");
    let caller = world.sign_in(&account).await;
    (account, caller, end)
}

/// An admin whose credential is restricted by address.
async fn restricted(world: &World) -> (Account, Caller) {
    let account = world.account(&[Role::Admin]).await;
    let restrictions = json!({ "addresses": ["127.0.0.0/8"] });
    let input = json!({ "id": account.credential, "restrictions": restrictions });
    run(&world.admin().await, "updateCredential", input).await.data("");
    let caller = world.sign_in(&account).await;
    (account, caller)
}

#[tokio::test]
async fn an_expiring_credential_cannot_outlive_its_end_by_itself_or_by_another() {
    let world = World::new().await;
    let (own, caller, end) = expiring(&world).await;
    let later = clock::spell(world.now() + TimeDelta::hours(2));
    for expiry in [Value::Null, json!(later)] {
        let input = json!({ "id": own.credential, "expiresAt": expiry });
        run(&caller, "updateCredential", input).await.is_refused("FORBIDDEN");
        let input = json!({ "serviceAccountId": own.id, "name": "x", "expiresAt": expiry });
        run(&caller, "createCredential", input).await.is_refused("FORBIDDEN");
    }
    let input = json!({ "id": own.credential, "expiresAt": later });
    run(&caller, "startCredentialRotation", input).await.is_refused("BAD_USER_INPUT");
    let lasting = world.account(&[]).await;
    for mutation in ["updateCredential", "startCredentialRotation", "enableCredential"] {
        let input = json!({ "id": lasting.credential });
        run(&caller, mutation, input).await.is_refused("FORBIDDEN");
    }
    run(&caller, "startCredentialRotation", json!({ "id": own.credential })).await.data("");
    let admin = world.admin().await;
    let rotated = credential(&admin, &own.credential).await;
    assert_eq!(rotated["rotation"]["replacedBy"]["expiresAt"], json!(end), "the end is inherited");
    let sooner = clock::spell(world.now() + TimeDelta::minutes(30));
    let input = json!({ "serviceAccountId": own.id, "name": "x", "expiresAt": sooner });
    run(&caller, "createCredential", input).await.data("");
}

#[tokio::test]
async fn a_restricted_credential_grants_nothing_to_an_account_that_is_less_restricted() {
    let world = World::new().await;
    let (_, caller) = restricted(&world).await;
    let lasting = world.account(&[]).await;
    let grant = json!({ "serviceAccountId": lasting.id, "role": "org_admin" });
    let refused = run(&caller, "grantRole", grant.clone()).await;
    refused.is_refused("FORBIDDEN");
    assert_eq!(refused.json()["errors"][0]["extensions"]["permission"], "roles:grant");
    let disable = json!({ "id": lasting.id });
    run(&caller, "disableServiceAccount", disable.clone()).await.data("");
    run(&caller, "enableServiceAccount", disable).await.is_refused("FORBIDDEN");
    let restrictions = json!({ "addresses": ["127.0.0.1"] });
    let input = json!({ "id": lasting.credential, "restrictions": restrictions });
    run(&world.admin().await, "updateCredential", input).await.data("");
    run(&caller, "grantRole", grant).await.data("");
}

#[tokio::test]
async fn a_retiring_credential_does_not_take_its_own_rotation_back() {
    let world = World::new().await;
    let own = world.account(&[Role::Admin]).await;
    let caller = world.sign_in(&own).await;
    let id = json!({ "id": own.credential });
    run(&caller, "startCredentialRotation", id.clone()).await.data("");
    run(&caller, "cancelCredentialRotation", id.clone()).await.is_refused("FORBIDDEN");
    run(&world.admin().await, "cancelCredentialRotation", id).await.data("");
}

#[tokio::test]
async fn a_retiring_credential_does_not_delete_what_replaces_it() {
    let world = World::new().await;
    let own = world.account(&[Role::Admin]).await;
    let caller = world.sign_in(&own).await;
    run(&caller, "startCredentialRotation", json!({ "id": own.credential })).await.data("");
    let replaced = credential(&caller, &own.credential).await;
    let successor = replaced["rotation"]["replacedBy"]["id"].clone();
    let delete = json!({ "id": successor, "force": true });
    run(&caller, "deleteCredential", delete.clone()).await.is_refused("FORBIDDEN");
    run(&world.admin().await, "deleteCredential", delete).await.data("");
}

#[tokio::test]
async fn no_part_of_the_restrictions_is_widened_by_who_acts_with_them() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (part, own, wider) in [
        ("scopes", json!(["roles:grant"]), json!(["roles:grant", "roles:list"])),
        ("audiences", json!(["https://postern.test"]), Value::Null),
        ("addresses", json!(["127.0.0.0/8"]), json!(["127.0.0.0/7"])),
        ("tokenLifetime", json!(60), json!(61)),
    ] {
        let account = world.account(&[Role::Admin]).await;
        let input =
            |value: &Value| json!({ "id": account.credential, "restrictions": { part: value } });
        // Restricted after it has signed in: the restrictions hold for its tokens, too.
        let caller = world.sign_in(&account).await;
        run(&admin, "updateCredential", input(&own)).await.data("");
        let scoped = part == "scopes";
        for restrictions in [json!({ part: wider }), json!({ part: null }), Value::Null] {
            let input = json!({ "id": account.credential, "restrictions": restrictions });
            let refused = run(&caller, "updateCredential", input).await;
            // What may not be read for want of a scope is not found.
            refused.is_refused(if scoped { "NOT_FOUND" } else { "FORBIDDEN" });
        }
        if scoped {
            continue;
        }
        let lasting = json!({ "serviceAccountId": account.id, "name": "Wider", "restrictions": { part: wider } });
        run(&caller, "createCredential", lasting).await.is_refused("FORBIDDEN");
        run(&caller, "updateCredential", input(&own)).await.data("");
    }
}

#[tokio::test]
async fn a_restricted_credential_grants_no_api_scope_to_an_account_that_is_less_restricted() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (own, caller) = restricted(&world).await;
    let api = register(&admin, "acme", "https://bounds.test").await.data("/createApi/api/id");
    let lasting = world.account(&[]).await;
    let grant =
        |to: &Account| json!({ "serviceAccountId": to.id, "apiId": api, "scopes": ["read"] });
    run(&caller, "grantApiScopes", grant(&lasting)).await.is_refused("FORBIDDEN");
    run(&caller, "grantApiScopes", grant(&own)).await.data("");
}

#[tokio::test]
async fn an_expired_or_retired_credential_is_not_enabled() {
    let world = World::new().await;
    let (admin, expired) = (world.admin().await, world.account(&[]).await);
    let end = clock::spell(world.now() + TimeDelta::seconds(5));
    let input = json!({ "id": expired.credential, "expiresAt": end });
    run(&admin, "updateCredential", input).await.data("");
    let retired = world.account(&[]).await;
    let input = json!({ "id": retired.credential, "overlap": 0 });
    run(&admin, "startCredentialRotation", input).await.data("");
    world.clock.advance(TimeDelta::seconds(5));
    for account in [&expired, &retired] {
        let refused = run(&admin, "enableCredential", json!({ "id": account.credential })).await;
        refused.is_refused("CONFLICT");
        let reason = refused.json()["errors"][0]["extensions"]["reason"].clone();
        assert_eq!(reason, "CREDENTIAL_NOT_ACTIVE");
    }
}

#[tokio::test]
async fn a_write_that_changes_nothing_writes_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let restrictions = json!({ "tokenLifetime": 60 });
    let input = json!({ "id": account.credential, "name": "Same", "restrictions": restrictions });
    run(&admin, "updateCredential", input.clone()).await.data("");
    let count = "{ viewer { organization { auditEvents { totalCount } } } }";
    let events = async || {
        admin.graphql(count, json!({})).await.data("/viewer/organization/auditEvents/totalCount")
    };
    let (before, then) = (credential(&admin, &account.credential).await, events().await);
    world.clock.advance(TimeDelta::seconds(1));
    run(&admin, "updateCredential", input).await.data("");
    run(&admin, "updateCredential", json!({ "id": account.credential })).await.data("");
    run(&admin, "updateServiceAccount", json!({ "id": account.id, "name": "Tried" }))
        .await
        .data("");
    run(&admin, "updateOrganization", json!({ "id": "acme", "label": "acme" })).await.data("");
    run(&admin, "revokeRole", json!({ "serviceAccountId": account.id, "role": "org_viewer" }))
        .await
        .data("");
    assert_eq!((credential(&admin, &account.credential).await, events().await), (before, then));
}
