//! Secrets that rotate without a moment in which none is valid.

use chrono::{DateTime, TimeDelta, Utc};
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

const ROTATION: &str = "rotation {
  state startedAt retiresAt replacedBy { id }
  lastUsedAt tokenCount lastSourceAddress safeToRevoke
}";

/// Runs a mutation of a rotation: `step` is `start`, `finish` or `cancel`.
pub async fn rotate(caller: &Caller, step: &str, input: Value) -> Reply {
    let more = match step {
        "start" => "deletedId clientSecret newCredential { id clientId name expiresAt }",
        "cancel" => "deletedId",
        _ => "",
    };
    let selection = format!("credential {{ {ROTATION} }} {more}");
    caller.mutate_selecting(&format!("{step}CredentialRotation"), input, &selection).await
}

/// Starts a rotation, and returns the account with its new credential.
pub async fn start(caller: &Caller, old: &Account, overlap: i64) -> Account {
    let input = json!({ "id": old.credential, "overlap": overlap });
    successor(&rotate(caller, "start", input).await, old)
}

fn successor(reply: &Reply, old: &Account) -> Account {
    let started = reply.data("/startCredentialRotation");
    old.with_credential(&started["newCredential"], &started["clientSecret"])
}

async fn rotation(caller: &Caller, credential: &str) -> Value {
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Credential {{ {ROTATION} }} }} }}");
    caller.graphql(&query, json!({ "id": credential })).await.data("/node/rotation")
}

/// What is told of a credential that is gone.
async fn gone(caller: &Caller, credential: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { id } }";
    caller.graphql(query, json!({ "id": credential })).await.data("/node")
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    serde_json::from_value(value.clone()).expect("an instant or null")
}

async fn serves(world: &World, bases: &[&String], account: &Account) {
    for base in bases {
        world.anonymous().at(base).ask_token(&account.form()).await.body(200);
    }
}

pub async fn refuses(world: &World, bases: &[&String], account: &Account) {
    for base in bases {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await;
        reply.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn both_credentials_are_valid_until_the_old_one_retires_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let bases = [&world.base, &other];
    let (admin, old) = (world.admin().await, world.account(&[Role::Viewer]).await);
    serves(&world, &bases, &old).await;
    assert_eq!(rotation(&admin, &old.credential).await, Value::Null);
    let new = start(&admin, &old, 600).await;
    let told = rotation(&admin, &old.credential).await;
    assert_eq!(told["state"], "OVERLAPPING");
    assert_eq!(instant(&told["startedAt"]), Some(world.now()));
    assert_eq!(instant(&told["retiresAt"]), Some(world.now() + TimeDelta::seconds(600)));
    assert_eq!(told["replacedBy"]["id"], new.credential);
    assert_eq!(rotation(&admin, &new.credential).await, Value::Null);
    serves(&world, &bases, &old).await;
    serves(&world, &bases, &new).await;
    let signed_in = world.sign_in(&old).await;
    world.clock.advance(TimeDelta::seconds(600) - TimeDelta::microseconds(1));
    serves(&world, &bases, &old).await;
    world.clock.advance(TimeDelta::microseconds(1));
    refuses(&world, &bases, &old).await;
    for base in bases {
        assert_eq!(signed_in.at(base).get("/organizations").await.status, 401);
    }
    serves(&world, &bases, &new).await;
    assert_eq!(rotation(&admin, &old.credential).await["state"], "RETIRED");
}

#[tokio::test]
async fn a_token_of_the_old_credential_expires_when_it_retires() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    serves(&world, &[&world.base], &old).await;
    start(&admin, &old, 600).await;
    let reply = world.anonymous().ask_token(&old.form()).await.body(200);
    assert_eq!(reply["expires_in"], 600);
}

#[tokio::test]
async fn a_finished_rotation_retires_the_old_credential_for_good() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let bases = [&world.base, &other];
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    serves(&world, &bases, &old).await;
    let new = start(&admin, &old, 600).await;
    let id = json!({ "id": old.credential });
    let told = rotate(&admin, "finish", id.clone()).await.data("/finishCredentialRotation");
    assert_eq!(told["credential"]["rotation"]["state"], "RETIRED");
    refuses(&world, &bases, &old).await;
    serves(&world, &bases, &new).await;
    let again = rotate(&admin, "finish", id.clone()).await.data("/finishCredentialRotation");
    assert_eq!(again, told, "it had ended already");
    rotate(&admin, "cancel", id.clone()).await.is_graphql_error("CONFLICT");
    rotate(&admin, "start", id.clone()).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn a_cancelled_rotation_deletes_the_new_credential_and_keeps_the_old_one() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let bases = [&world.base, &other];
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    for step in ["finish", "cancel"] {
        let input = json!({ "id": old.credential });
        rotate(&admin, step, input).await.is_graphql_error("CONFLICT");
    }
    let new = start(&admin, &old, 600).await;
    serves(&world, &bases, &new).await;
    let cancel = |force: bool| json!({ "id": old.credential, "force": force });
    rotate(&admin, "cancel", cancel(false)).await.is_graphql_error("CONFLICT");
    serves(&world, &bases, &new).await;
    let told = rotate(&admin, "cancel", cancel(true)).await;
    assert_eq!(told.data("/cancelCredentialRotation/credential/rotation"), Value::Null);
    assert_eq!(told.data("/cancelCredentialRotation/deletedId"), json!(new.credential));
    refuses(&world, &bases, &new).await;
    world.clock.advance(TimeDelta::seconds(601));
    serves(&world, &bases, &old).await;
    let admin = world.admin().await;
    let unused = start(&admin, &old, 600).await;
    rotate(&admin, "cancel", cancel(false)).await.data("");
    refuses(&world, &bases, &unused).await;
}

#[tokio::test]
async fn deleting_the_new_credential_cancels_the_rotation() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let new = start(&admin, &old, 600).await;
    admin.mutate("deleteCredential", json!({ "id": new.credential })).await.data("");
    assert_eq!(rotation(&admin, &old.credential).await, Value::Null);
    world.clock.advance(TimeDelta::seconds(601));
    serves(&world, &[&world.base], &old).await;
}

#[tokio::test]
async fn safe_to_revoke_reports_whether_the_old_credential_is_still_in_use() {
    let world = World::new().await;
    let (old, idle) = (world.account(&[]).await, world.account(&[]).await);
    serves(&world, &[&world.base, &world.base], &old).await;
    let admin = world.admin().await;
    let week = 7 * 86_400;
    let new = start(&admin, &old, week).await;
    start(&admin, &idle, week).await;
    assert_eq!(rotation(&admin, &idle.credential).await["safeToRevoke"], true, "never used");
    let told = rotation(&admin, &old.credential).await;
    assert_eq!((&told["tokenCount"], &told["safeToRevoke"]), (&json!(0), &json!(false)));
    world.clock.advance(TimeDelta::hours(1));
    serves(&world, &[&world.base], &old).await;
    let used = world.now();
    let told = rotation(&world.admin().await, &old.credential).await;
    assert_eq!((&told["tokenCount"], &told["lastSourceAddress"]), (&json!(1), &json!("127.0.0.1")));
    assert_eq!(instant(&told["lastUsedAt"]), Some(used));
    world.clock.advance(TimeDelta::hours(24));
    let told = rotation(&world.admin().await, &old.credential).await;
    assert_eq!(told["safeToRevoke"], false, "nobody uses the new one yet");
    serves(&world, &[&world.base], &new).await;
    let told = rotation(&world.admin().await, &old.credential).await;
    assert_eq!(told["safeToRevoke"], true);
    serves(&world, &[&world.base], &old).await;
    let told = rotation(&world.admin().await, &old.credential).await;
    assert_eq!(told["safeToRevoke"], false, "it is in use again");
}

#[tokio::test]
async fn only_an_active_credential_is_rotated_by_an_equally_privileged_caller() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, member) = (world.admin().await, world.member().await);
    let strong = world.account(&[Role::Admin]).await;
    for step in ["start", "finish", "cancel"] {
        let input = json!({ "id": strong.credential });
        let refused = rotate(&member, step, input).await;
        refused.is_graphql_error("FORBIDDEN");
    }
    let weak = world.account(&[Role::Viewer]).await;
    let new = start(&member, &weak, 0).await;
    refuses(&world, &[&world.base], &weak).await;
    serves(&world, &[&world.base], &new).await;
    rotate(&member, "start", json!({ "id": weak.credential })).await.is_graphql_error("CONFLICT");
    // What has retired makes room, and nothing else does.
    let started = rotate(&member, "start", json!({ "id": new.credential, "overlap": 600 })).await;
    assert_eq!(started.data("/startCredentialRotation/deletedId"), json!(weak.credential));
    let newest = successor(&started, &new);
    assert_eq!(gone(&admin, &weak.credential).await, Value::Null);
    let full = rotate(&member, "start", json!({ "id": newest.credential })).await;
    full.is_graphql_error("CONFLICT");
    assert!(full.text.contains("at most 2"), "{}", full.text);
    for overlap in [-1, 7_776_001] {
        let input = json!({ "id": strong.credential, "overlap": overlap });
        let reply = rotate(&admin, "start", input).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "overlap");
    }
    let other = world.account(&[]).await;
    admin.mutate("disableCredential", json!({ "id": other.credential })).await.data("");
    rotate(&admin, "start", json!({ "id": other.credential })).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn an_idempotent_start_returns_the_same_secret() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "id": old.credential, "overlap": 60, "idempotencyKey": "rotate-1" });
    let elsewhere = admin.at(&other);
    let (first, second) = tokio::join!(
        rotate(&admin, "start", input.clone()),
        rotate(&elsewhere, "start", input.clone())
    );
    assert_eq!(first.data("/startCredentialRotation"), second.data("/startCredentialRotation"));
    let (first, second) = (successor(&first, &old), successor(&second, &old));
    assert_eq!((&first.client_id, &first.secret), (&second.client_id, &second.secret));
    serves(&world, &[&world.base, &other], &first).await;
    let other_input = json!({ "id": old.credential, "overlap": 61, "idempotencyKey": "rotate-1" });
    rotate(&admin, "start", other_input).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn an_idempotent_start_or_create_returns_the_same_deleted_id() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, first) = (world.admin().await, world.account(&[]).await);
    let second = start(&admin, &first, 0).await;
    let input = json!({ "id": second.credential, "overlap": 0, "idempotencyKey": "a" });
    let started = rotate(&admin, "start", input.clone()).await.data("/startCredentialRotation");
    assert_eq!(started["deletedId"], json!(first.credential));
    assert_eq!(rotate(&admin, "start", input).await.data("/startCredentialRotation"), started);
    let input = json!({ "serviceAccountId": first.id, "name": "x", "idempotencyKey": "b" });
    let created = admin
        .mutate_selecting("createCredential", &input, "deletedId clientSecret credential { id }")
        .await
        .data("/createCredential");
    assert_eq!(created["deletedId"], json!(second.credential));
    let again = admin
        .mutate_selecting("createCredential", input, "deletedId clientSecret credential { id }")
        .await
        .data("/createCredential");
    assert_eq!(again, created);
}

#[tokio::test]
async fn no_credential_is_deleted_to_make_room_if_that_cancels_a_rotation() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "3")]).await;
    let (admin, first) = (world.admin().await, world.account(&[]).await);
    let second = start(&admin, &first, 600).await;
    let third = start(&admin, &second, 0).await;
    admin.mutate("deleteCredential", json!({ "id": third.credential })).await.data("");
    let input = json!({ "serviceAccountId": first.id, "name": "x" });
    admin.mutate("createCredential", input.clone()).await.data("");
    let refused = admin.mutate("createCredential", input.clone()).await;
    refused.is_graphql_conflict("LIMIT_REACHED");
    assert!(rotation(&admin, &first.credential).await.is_object(), "it still retires");
    world.clock.advance(TimeDelta::seconds(600));
    admin.mutate("createCredential", input).await.data("");
    refuses(&world, &[&world.base], &first).await;
}

#[tokio::test]
async fn two_concurrent_starts_create_one_rotation() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "id": old.credential });
    let elsewhere = admin.at(&other);
    let (first, second) =
        tokio::join!(rotate(&admin, "start", input.clone()), rotate(&elsewhere, "start", input));
    let refused = [&first, &second].into_iter().filter(|it| !it.errors().is_empty());
    assert_eq!(refused.count(), 1, "{first:?} {second:?}");
}

#[tokio::test]
async fn a_retiring_credential_still_retires_when_its_retired_successor_is_deleted() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.account(&[]).await);
    let second = start(&admin, &first, 600).await;
    let third = start(&admin, &second, 0).await;
    admin.mutate("deleteCredential", json!({ "id": second.credential })).await.data("");
    let told = rotation(&admin, &first.credential).await;
    assert_eq!(told["replacedBy"]["id"], third.credential);
    serves(&world, &[&world.base], &first).await;
    world.clock.advance(TimeDelta::seconds(600));
    refuses(&world, &[&world.base], &first).await;
    serves(&world, &[&world.base], &third).await;
}
