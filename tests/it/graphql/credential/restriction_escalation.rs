//! Ends and restrictions of a credential cannot be shed by who acts with it.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use crate::graphql::api::register;
use crate::support::{Account, Caller, World};

async fn credential(caller: &Caller, id: &str) -> Value {
    let query = r#"
        query($id: ID!) {
          node(id: $id) {
            ... on Credential {
              expiresAt updatedAt
              restrictions { addresses tokenLifetime }
              rotation {
                replacedBy { id expiresAt restrictions { addresses } }
              }
            }
          }
        }
    "#;
    caller.graphql(query, json!({ "id": id })).await.data("/node")
}

/// An admin whose credential ends in an hour.
async fn expiring(world: &World) -> (Account, Caller, String) {
    let account = world.account(&[Role::Admin]).await;
    let end = clock::to_rfc3339(world.now() + TimeDelta::hours(1));
    let input = json!({ "id": account.credential, "expiresAt": end });
    world.admin().await.mutate("updateCredential", input).await.data("");
    let caller = world.sign_in(&account).await;
    (account, caller, end)
}

/// An admin whose credential is restricted by address.
async fn restricted(world: &World) -> (Account, Caller) {
    let account = world.account(&[Role::Admin]).await;
    let restrictions = json!({ "addresses": ["127.0.0.0/8"] });
    let input = json!({ "id": account.credential, "restrictions": restrictions });
    world.admin().await.mutate("updateCredential", input).await.data("");
    let caller = world.sign_in(&account).await;
    (account, caller)
}

#[tokio::test]
async fn an_expiring_credential_cannot_extend_itself_or_create_a_lasting_one() {
    let world = World::new().await;
    let (own, caller, end) = expiring(&world).await;
    let later = clock::to_rfc3339(world.now() + TimeDelta::hours(2));
    for expiry in [Value::Null, json!(later)] {
        let input = json!({ "id": own.credential, "expiresAt": expiry });
        caller.mutate("updateCredential", input).await.is_graphql_error("FORBIDDEN");
        let input = json!({ "serviceAccountId": own.id, "name": "x", "expiresAt": expiry });
        caller.mutate("createCredential", input).await.is_graphql_error("FORBIDDEN");
    }
    let input = json!({ "id": own.credential, "expiresAt": later });
    caller.mutate("startCredentialRotation", input).await.is_graphql_error("BAD_USER_INPUT");
    let lasting = world.account(&[]).await;
    for mutation in ["updateCredential", "startCredentialRotation", "enableCredential"] {
        let input = json!({ "id": lasting.credential });
        caller.mutate(mutation, input).await.is_graphql_error("FORBIDDEN");
    }
    caller.mutate("startCredentialRotation", json!({ "id": own.credential })).await.data("");
    let admin = world.admin().await;
    let rotated = credential(&admin, &own.credential).await;
    assert_eq!(rotated["rotation"]["replacedBy"]["expiresAt"], json!(end), "the end is inherited");
    let sooner = clock::to_rfc3339(world.now() + TimeDelta::minutes(30));
    let input = json!({ "serviceAccountId": own.id, "name": "x", "expiresAt": sooner });
    caller.mutate("createCredential", input).await.data("");
}

#[tokio::test]
async fn an_expiring_credential_cannot_extend_itself_while_it_retires() {
    let world = World::new().await;
    let (own, caller, _) = expiring(&world).await;
    let input = json!({ "id": own.credential, "overlap": 600 });
    caller.mutate("startCredentialRotation", input).await.data("");
    let later = clock::to_rfc3339(world.now() + TimeDelta::hours(2));
    for expiry in [Value::Null, json!(later)] {
        let input = json!({ "id": own.credential, "expiresAt": expiry });
        caller.mutate("updateCredential", input).await.is_graphql_error("FORBIDDEN");
    }
}

#[tokio::test]
async fn an_expiring_credential_cannot_change_a_lasting_one_while_that_retires() {
    let world = World::new().await;
    let (_, caller, _) = expiring(&world).await;
    let (admin, lasting) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "id": lasting.credential, "restrictions": { "tokenLifetime": 60 } });
    admin.mutate("updateCredential", input).await.data("");
    let input = json!({ "id": lasting.credential, "overlap": 1000 });
    admin.mutate("startCredentialRotation", input).await.data("");
    admin.mutate("disableCredential", json!({ "id": lasting.credential })).await.data("");
    let wider = json!({ "id": lasting.credential, "restrictions": { "tokenLifetime": null } });
    let enabled = json!({ "id": lasting.credential });
    for (mutation, input) in [("updateCredential", wider), ("enableCredential", enabled)] {
        caller.mutate(mutation, input).await.is_graphql_error("FORBIDDEN");
    }
}

#[tokio::test]
async fn a_restricted_credential_cannot_grant_roles_to_a_less_restricted_account() {
    let world = World::new().await;
    let (_, caller) = restricted(&world).await;
    let lasting = world.account(&[]).await;
    let grant = json!({ "serviceAccountId": lasting.id, "role": "org_admin" });
    let refused = caller.mutate("grantRole", grant.clone()).await;
    refused.is_graphql_error("FORBIDDEN");
    assert_eq!(refused.json()["errors"][0]["extensions"]["permission"], "roles:grant");
    let disable = json!({ "id": lasting.id });
    caller.mutate("disableServiceAccount", disable.clone()).await.data("");
    caller.mutate("enableServiceAccount", disable).await.is_graphql_error("FORBIDDEN");
    let restrictions = json!({ "addresses": ["127.0.0.1"] });
    let input = json!({ "id": lasting.credential, "restrictions": restrictions });
    world.admin().await.mutate("updateCredential", input).await.data("");
    caller.mutate("grantRole", grant).await.data("");
}

#[tokio::test]
async fn a_retiring_credential_cannot_cancel_its_own_rotation() {
    let world = World::new().await;
    let own = world.account(&[Role::Admin]).await;
    let caller = world.sign_in(&own).await;
    let id = json!({ "id": own.credential });
    caller.mutate("startCredentialRotation", id.clone()).await.data("");
    caller.mutate("cancelCredentialRotation", id.clone()).await.is_graphql_error("FORBIDDEN");
    world.admin().await.mutate("cancelCredentialRotation", id).await.data("");
}

#[tokio::test]
async fn a_retiring_credential_cannot_delete_its_successor() {
    let world = World::new().await;
    let own = world.account(&[Role::Admin]).await;
    let caller = world.sign_in(&own).await;
    caller.mutate("startCredentialRotation", json!({ "id": own.credential })).await.data("");
    let replaced = credential(&caller, &own.credential).await;
    let successor = replaced["rotation"]["replacedBy"]["id"].clone();
    let delete = json!({ "id": successor, "force": true });
    caller.mutate("deleteCredential", delete.clone()).await.is_graphql_error("FORBIDDEN");
    world.admin().await.mutate("deleteCredential", delete).await.data("");
}

#[tokio::test]
async fn a_restricted_credential_cannot_widen_any_of_its_restrictions() {
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
        admin.mutate("updateCredential", input(&own)).await.data("");
        let scoped = part == "scopes";
        for restrictions in [json!({ part: wider }), json!({ part: null }), Value::Null] {
            let input = json!({ "id": account.credential, "restrictions": restrictions });
            let refused = caller.mutate("updateCredential", input).await;
            // What may not be read for want of a scope is not found.
            refused.is_graphql_error(if scoped { "NOT_FOUND" } else { "FORBIDDEN" });
        }
        if scoped {
            continue;
        }
        let lasting = json!({ "serviceAccountId": account.id, "name": "Wider", "restrictions": { part: wider } });
        caller.mutate("createCredential", lasting).await.is_graphql_error("FORBIDDEN");
        caller.mutate("updateCredential", input(&own)).await.data("");
    }
}

#[tokio::test]
async fn a_restricted_credential_cannot_grant_api_scopes_to_a_less_restricted_account() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (own, caller) = restricted(&world).await;
    let api = register(&admin, "acme", "https://bounds.test").await.data("/createApi/api/id");
    let lasting = world.account(&[]).await;
    let grant =
        |to: &Account| json!({ "serviceAccountId": to.id, "apiId": api, "scopes": ["read"] });
    caller.mutate("grantApiScopes", grant(&lasting)).await.is_graphql_error("FORBIDDEN");
    caller.mutate("grantApiScopes", grant(&own)).await.data("");
}

#[tokio::test]
async fn an_update_without_changes_writes_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let restrictions = json!({ "tokenLifetime": 60 });
    let input = json!({ "id": account.credential, "name": "Same", "restrictions": restrictions });
    admin.mutate("updateCredential", input.clone()).await.data("");
    let count = "{ viewer { organization { auditEvents { totalCount } } } }";
    let events = async || {
        admin.graphql(count, json!({})).await.data("/viewer/organization/auditEvents/totalCount")
    };
    let (before, then) = (credential(&admin, &account.credential).await, events().await);
    world.clock.advance(TimeDelta::seconds(1));
    admin.mutate("updateCredential", input).await.data("");
    admin.mutate("updateCredential", json!({ "id": account.credential })).await.data("");
    admin
        .mutate("updateServiceAccount", json!({ "id": account.id, "name": "Tried" }))
        .await
        .data("");
    admin.mutate("updateOrganization", json!({ "id": "acme", "label": "acme" })).await.data("");
    admin
        .mutate("revokeRole", json!({ "serviceAccountId": account.id, "role": "org_viewer" }))
        .await
        .data("");
    assert_eq!((credential(&admin, &account.credential).await, events().await), (before, then));
}
