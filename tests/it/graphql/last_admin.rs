//! An organization keeps an admin that can authenticate, whichever operation would end the last one.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

/// A rotation of the only credential of the only admin; the caller is the new credential.
async fn rotated(world: &World, input: Value) -> (Account, Caller) {
    let first = world.admin_account();
    let mut input = input;
    input["id"] = json!(first.credential);
    let reply = world
        .admin()
        .await
        .mutate_selecting(
            "startCredentialRotation",
            input,
            "newCredential { id clientId } clientSecret",
        )
        .await;
    let started = reply.data("/startCredentialRotation");
    let new = first.with_credential(&started["newCredential"], &started["clientSecret"]);
    let caller = world.sign_in(&new).await;
    (new, caller)
}

async fn revoke_admin_role(caller: &Caller, account: &str) -> Reply {
    caller.mutate("revokeRole", json!({ "serviceAccountId": account, "role": "org_admin" })).await
}

/// Checks that a change was rejected for the last admin.
pub fn is_last(reply: &Reply) {
    reply.is_graphql_conflict("LAST_ADMIN");
}

#[tokio::test]
async fn a_rotation_to_the_last_active_credential_cannot_be_cancelled() {
    let world = World::new().await;
    let (_, caller) = rotated(&world, json!({})).await;
    let old = world.admin_account();
    caller.mutate("disableCredential", json!({ "id": old.credential })).await.data("");
    let cancel = json!({ "id": old.credential, "force": true });
    is_last(&caller.mutate("cancelCredentialRotation", cancel.clone()).await);
    let path = format!("/organizations/acme/service-accounts/{}/credentials", old.id);
    let reply = caller
        .post(&format!("{path}/{}/rotation/cancel", old.credential), &json!({ "force": true }))
        .await;
    reply.is_conflict("LAST_ADMIN");
    caller.mutate("enableCredential", json!({ "id": old.credential })).await.data("");
    caller.mutate("cancelCredentialRotation", cancel).await.data("");
    world.admin().await;
}

#[tokio::test]
async fn a_retiring_credential_does_not_count_as_active() {
    let world = World::new().await;
    let (new, caller) = rotated(&world, json!({})).await;
    is_last(&caller.mutate("disableCredential", json!({ "id": new.credential })).await);
    let other = world.account(&[Role::Admin]).await;
    let admin = world.sign_in(&other).await;
    admin.mutate("disableCredential", json!({ "id": new.credential })).await.data("");
    let revoke = json!({ "serviceAccountId": other.id, "role": "org_admin" });
    is_last(&admin.mutate("revokeRole", revoke).await);
}

#[tokio::test]
async fn the_expiry_of_the_last_credential_cannot_be_brought_forward() {
    let world = World::new().await;
    let (first, other) = (world.admin_account(), world.account(&[Role::Admin]).await);
    let admin = world.sign_in(&other).await;
    let at = |hours| clock::to_rfc3339(world.now() + TimeDelta::hours(hours));
    let expire = |hours| json!({ "id": first.credential, "expiresAt": at(hours) });
    admin.mutate("updateCredential", expire(26)).await.data("");
    let revoke = json!({ "serviceAccountId": other.id, "role": "org_admin" });
    admin.mutate("revokeRole", revoke).await.data("");
    let last = world.admin().await;
    is_last(&last.mutate("updateCredential", expire(25)).await);
    last.mutate("updateCredential", expire(27)).await.is_graphql_error("FORBIDDEN");
    let start = json!({ "id": first.credential, "expiresAt": at(26) });
    last.mutate("startCredentialRotation", start).await.data("");
}

#[tokio::test]
async fn a_credential_that_ends_within_a_day_is_no_other_admin() {
    let world = World::new().await;
    let (first, admin) = (world.admin_account(), world.admin().await);
    let at = |hours| clock::to_rfc3339(world.now() + TimeDelta::hours(hours));
    let new = json!({ "serviceAccountId": first.id, "name": "Short", "expiresAt": at(23) });
    let reply = admin.mutate_selecting("createCredential", new, "credential { id }").await;
    let short = reply.data("/createCredential/credential/id");
    let delete = json!({ "id": first.credential, "force": true });
    is_last(&admin.mutate("deleteCredential", delete.clone()).await);
    // Another admin, whose only credential ends as soon.
    let other = world.account(&[Role::Admin]).await;
    let expire = |hours| json!({ "id": other.credential, "expiresAt": at(hours) });
    admin.mutate("updateCredential", expire(23)).await.data("");
    is_last(&admin.mutate("deleteCredential", delete.clone()).await);
    is_last(
        &world
            .sign_in(&other)
            .await
            .mutate("disableServiceAccount", json!({ "id": first.id }))
            .await,
    );
    // The credential that is lost ends no later than the others.
    admin.mutate("deleteCredential", json!({ "id": short })).await.data("");
    admin.mutate("updateCredential", expire(25)).await.data("");
    admin.mutate("deleteCredential", delete).await.data("");
    world.sign_in(&other).await;
}

#[tokio::test]
async fn the_last_admin_cannot_be_deleted_or_lose_the_role() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account().id);
    admin.mutate("deleteServiceAccount", json!({ "id": first })).await.is_graphql_error("CONFLICT");
    revoke_admin_role(&admin, &first).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn of_two_admins_that_revoke_their_roles_concurrently_one_remains() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let second = world.account(&[Role::Admin]).await;
    // Each gives up its own: neither request depends on the other's caller.
    let (one, two) = (world.admin().await, world.sign_in(&second).await.at(&other));
    let (first, second) = (world.admin_account().id, second.id);
    let (a, b) = tokio::join!(revoke_admin_role(&one, &first), revoke_admin_role(&two, &second));
    let refused: Vec<_> = [&a, &b].into_iter().filter(|it| !it.errors().is_empty()).collect();
    let [refused] = refused.as_slice() else { panic!("{a:?} {b:?}") };
    assert_eq!(refused.json()["errors"][0]["extensions"]["reason"], "LAST_ADMIN", "{refused:?}");
}

#[tokio::test]
async fn an_admin_without_an_active_credential_does_not_count_as_an_admin() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let second = world.account(&[Role::Admin]).await;
    let disable = r#"
        mutation($id: ID!) {
          disableCredential(input: { id: $id }) {
            credential { disabledAt }
          }
        }
    "#;
    admin.graphql(disable, json!({ "id": second.credential })).await.data("");
    let delete_account =
        "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    let delete =
        "mutation($id: ID!) { deleteCredential(input: { id: $id, force: true }) { deletedId } }";
    let expire = r#"
        mutation($id: ID!) {
          updateCredential(input: { id: $id, expiresAt: "2099-01-01T00:00:00Z" }) {
            clientMutationId
          }
        }
    "#;
    for (mutation, id) in [
        (delete_account, &first.id),
        (delete, &first.credential),
        (disable, &first.credential),
        (expire, &first.credential),
    ] {
        let reply = admin.graphql(mutation, json!({ "id": id })).await;
        reply.is_graphql_error("CONFLICT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["reason"], "LAST_ADMIN", "{mutation}");
    }
    let path = format!(
        "/organizations/acme/service-accounts/{}/credentials/{}",
        first.id, first.credential
    );
    admin.delete(&path).await.body(409);
    admin.mutate("enableCredential", json!({ "id": second.credential })).await.data("");
    admin.graphql(delete, json!({ "id": first.credential })).await.data("");
}
