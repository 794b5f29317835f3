//! An organization keeps an admin that can authenticate, whichever operation would end the last one.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use super::bounds::run;
use crate::support::{Account, Caller, Reply, World};

/// A rotation of the only credential of the only admin; the caller is the new credential.
async fn rotated(world: &World, input: Value) -> (Account, Caller) {
    let first = world.admin_account();
    let start = "mutation($input: StartCredentialRotationInput!) { startCredentialRotation(input: $input) { newCredential { id clientId } clientSecret } }";
    let mut input = input;
    input["id"] = json!(first.credential);
    let reply = world.admin().await.graphql(start, json!({ "input": input })).await;
    let started = reply.data("/startCredentialRotation");
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    let new = Account {
        id: first.id,
        credential: text(&started["newCredential"]["id"]),
        client_id: text(&started["newCredential"]["clientId"]),
        secret: text(&started["clientSecret"]),
    };
    let caller = world.sign_in(&new).await;
    (new, caller)
}

fn is_last(reply: &Reply) {
    reply.is_refused("CONFLICT");
    assert_eq!(reply.json()["errors"][0]["extensions"]["reason"], "LAST_ADMIN");
}

#[tokio::test]
async fn a_rotation_to_the_last_active_credential_is_not_cancelled() {
    let world = World::new().await;
    let (_, caller) = rotated(&world, json!({})).await;
    let old = world.admin_account();
    run(&caller, "disableCredential", json!({ "id": old.credential })).await.data("");
    let cancel = json!({ "id": old.credential, "force": true });
    is_last(&run(&caller, "cancelCredentialRotation", cancel.clone()).await);
    let path = format!("/organizations/acme/service-accounts/{}/credentials", old.id);
    let reply = caller
        .post(&format!("{path}/{}/rotation/cancel", old.credential), &json!({ "force": true }))
        .await;
    reply.is_conflict("LAST_ADMIN");
    run(&caller, "enableCredential", json!({ "id": old.credential })).await.data("");
    run(&caller, "cancelCredentialRotation", cancel).await.data("");
    world.admin().await;
}

#[tokio::test]
async fn a_credential_that_retires_does_not_count_as_one_that_can_authenticate() {
    let world = World::new().await;
    let (new, caller) = rotated(&world, json!({})).await;
    is_last(&run(&caller, "disableCredential", json!({ "id": new.credential })).await);
    let other = world.account(&[Role::Admin]).await;
    let admin = world.sign_in(&other).await;
    run(&admin, "disableCredential", json!({ "id": new.credential })).await.data("");
    let revoke = json!({ "serviceAccountId": other.id, "role": "org_admin" });
    is_last(&run(&admin, "revokeRole", revoke).await);
}

#[tokio::test]
async fn the_end_of_the_last_credential_is_postponed_but_not_brought_forward() {
    let world = World::new().await;
    let (first, other) = (world.admin_account(), world.account(&[Role::Admin]).await);
    let admin = world.sign_in(&other).await;
    let at = |hours| clock::spell(world.now() + TimeDelta::hours(hours));
    let expire = |hours| json!({ "id": first.credential, "expiresAt": at(hours) });
    run(&admin, "updateCredential", expire(2)).await.data("");
    let revoke = json!({ "serviceAccountId": other.id, "role": "org_admin" });
    run(&admin, "revokeRole", revoke).await.data("");
    let last = world.admin().await;
    is_last(&run(&last, "updateCredential", expire(1)).await);
    run(&last, "updateCredential", expire(3)).await.is_refused("FORBIDDEN");
    let start = json!({ "id": first.credential, "expiresAt": at(2) });
    run(&last, "startCredentialRotation", start).await.data("");
}
