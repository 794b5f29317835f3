//! Secrets that rotate without a moment in which none is valid.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use postern::authz::Role;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::support::{Account, Caller, Reply, World, eventually, in_time};

const ROTATION: &str = "rotation { state startedAt retiresAt replacedBy { id } lastUsedAt tokenCount lastSourceAddress safeToRevoke }";

/// A step of a rotation: the start, unless the input names another.
async fn rotate(caller: &Caller, mut input: Value) -> Reply {
    let action = input.as_object_mut().and_then(|input| input.remove("action"));
    let (verb, new) = match action.as_ref().and_then(Value::as_str) {
        None | Some("START") => {
            ("start", "clientSecret newCredential { id clientId name expiresAt } deletedId")
        }
        Some("FINISH") => ("finish", ""),
        Some("CANCEL") => ("cancel", "deletedId"),
        other => panic!("{other:?}"),
    };
    let kind = format!("{}{}", verb[..1].to_uppercase(), &verb[1..]);
    let query = format!(
        "mutation($input: {kind}CredentialRotationInput!) {{ step: {verb}CredentialRotation(input: $input) {{ credential {{ {ROTATION} }} {new} }} }}"
    );
    caller.graphql(&query, json!({ "input": input })).await
}

/// Starts a rotation, and returns the account with its new credential.
async fn start(caller: &Caller, old: &Account, overlap: i64) -> Account {
    let input = json!({ "id": old.credential, "overlap": overlap });
    successor(&rotate(caller, input).await, old)
}

fn successor(reply: &Reply, old: &Account) -> Account {
    let started = reply.data("/step");
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    Account {
        credential: text(&started["newCredential"]["id"]),
        client_id: text(&started["newCredential"]["clientId"]),
        secret: text(&started["clientSecret"]),
        ..old.clone()
    }
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

async fn refuses(world: &World, bases: &[&String], account: &Account) {
    for base in bases {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await;
        reply.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn both_are_valid_until_the_deadline_and_then_the_old_one_is_refused_at_every_replica() {
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
async fn a_token_of_the_old_one_ends_at_the_deadline_so_that_its_bearer_knows() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    serves(&world, &[&world.base], &old).await;
    start(&admin, &old, 600).await;
    let reply = world.anonymous().ask_token(&old.form()).await.body(200);
    assert_eq!(reply["expires_in"], 600);
}

#[tokio::test]
async fn it_can_be_finished_early_and_that_is_the_end_of_it() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let bases = [&world.base, &other];
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    serves(&world, &bases, &old).await;
    let new = start(&admin, &old, 600).await;
    let step = |action: &str| json!({ "id": old.credential, "action": action });
    let told = rotate(&admin, step("FINISH")).await.data("/step");
    assert_eq!(told["credential"]["rotation"]["state"], "RETIRED");
    refuses(&world, &bases, &old).await;
    serves(&world, &bases, &new).await;
    let again = rotate(&admin, step("FINISH")).await.data("/step");
    assert_eq!(again, told, "it had ended already");
    rotate(&admin, step("CANCEL")).await.is_refused("CONFLICT");
    rotate(&admin, step("START")).await.is_refused("CONFLICT");
}

#[tokio::test]
async fn it_can_be_cancelled_before_the_deadline_and_the_old_one_stays() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let bases = [&world.base, &other];
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    for action in ["FINISH", "CANCEL"] {
        let input = json!({ "id": old.credential, "action": action });
        rotate(&admin, input).await.is_refused("CONFLICT");
    }
    let new = start(&admin, &old, 600).await;
    serves(&world, &bases, &new).await;
    let cancel = |force: bool| json!({ "id": old.credential, "action": "CANCEL", "force": force });
    rotate(&admin, cancel(false)).await.is_refused("CONFLICT");
    serves(&world, &bases, &new).await;
    let told = rotate(&admin, cancel(true)).await;
    assert_eq!(told.data("/step/credential/rotation"), Value::Null);
    assert_eq!(told.data("/step/deletedId"), json!(new.credential));
    refuses(&world, &bases, &new).await;
    world.clock.advance(TimeDelta::seconds(601));
    serves(&world, &bases, &old).await;
    let admin = world.admin().await;
    let unused = start(&admin, &old, 600).await;
    rotate(&admin, cancel(false)).await.data("");
    refuses(&world, &bases, &unused).await;
}

#[tokio::test]
async fn an_old_one_stays_when_the_new_one_is_deleted() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let new = start(&admin, &old, 600).await;
    let delete = "mutation($id: ID!) { deleteCredential(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": new.credential })).await.data("");
    assert_eq!(rotation(&admin, &old.credential).await, Value::Null);
    world.clock.advance(TimeDelta::seconds(601));
    serves(&world, &[&world.base], &old).await;
}

#[tokio::test]
async fn it_tells_whether_the_old_one_is_still_used_and_may_go() {
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
async fn only_a_live_credential_is_rotated_by_one_who_holds_what_it_proves() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, member) = (world.admin().await, world.member().await);
    let strong = world.account(&[Role::Admin]).await;
    for action in ["START", "FINISH", "CANCEL"] {
        let input = json!({ "id": strong.credential, "action": action });
        let refused = rotate(&member, input).await;
        refused.is_refused("FORBIDDEN");
    }
    let weak = world.account(&[Role::Viewer]).await;
    let new = start(&member, &weak, 0).await;
    refuses(&world, &[&world.base], &weak).await;
    serves(&world, &[&world.base], &new).await;
    rotate(&member, json!({ "id": weak.credential })).await.is_refused("CONFLICT");
    // What has retired makes room, and nothing else does.
    let started = rotate(&member, json!({ "id": new.credential, "overlap": 600 })).await;
    assert_eq!(started.data("/step/deletedId"), json!(weak.credential));
    let newest = successor(&started, &new);
    assert_eq!(gone(&admin, &weak.credential).await, Value::Null);
    let full = rotate(&member, json!({ "id": newest.credential })).await;
    full.is_refused("CONFLICT");
    assert!(full.text.contains("at most 2"), "{}", full.text);
    for overlap in [-1, 7_776_001] {
        let input = json!({ "id": strong.credential, "overlap": overlap });
        let reply = rotate(&admin, input).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "overlap");
    }
    let other = world.account(&[]).await;
    let disable =
        "mutation($id: ID!) { disableCredential(input: { id: $id }) { clientMutationId } }";
    admin.graphql(disable, json!({ "id": other.credential })).await.data("");
    rotate(&admin, json!({ "id": other.credential })).await.is_refused("CONFLICT");
}

#[tokio::test]
async fn a_start_that_is_sent_again_begins_nothing_more_and_tells_the_same_secret() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "id": old.credential, "overlap": 60, "idempotencyKey": "rotate-1" });
    let elsewhere = admin.at(&other);
    let (first, second) =
        tokio::join!(rotate(&admin, input.clone()), rotate(&elsewhere, input.clone()));
    assert_eq!(first.data("/step"), second.data("/step"));
    let (first, second) = (successor(&first, &old), successor(&second, &old));
    assert_eq!((&first.client_id, &first.secret), (&second.client_id, &second.secret));
    serves(&world, &[&world.base, &other], &first).await;
    let other_input = json!({ "id": old.credential, "overlap": 61, "idempotencyKey": "rotate-1" });
    rotate(&admin, other_input).await.is_refused("CONFLICT");
}

#[tokio::test]
async fn a_start_or_create_that_is_sent_again_names_the_same_deletion() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, first) = (world.admin().await, world.account(&[]).await);
    let second = start(&admin, &first, 0).await;
    let input = json!({ "id": second.credential, "overlap": 0, "idempotencyKey": "a" });
    let started = rotate(&admin, input.clone()).await.data("/step");
    assert_eq!(started["deletedId"], json!(first.credential));
    assert_eq!(rotate(&admin, input).await.data("/step"), started);
    let create = "mutation($input: CreateCredentialInput!) { createCredential(input: $input) { deletedId clientSecret credential { id } } }";
    let input = json!({ "serviceAccountId": first.id, "name": "x", "idempotencyKey": "b" });
    let created = admin.graphql(create, json!({ "input": input })).await.data("/createCredential");
    assert_eq!(created["deletedId"], json!(second.credential));
    let again = admin.graphql(create, json!({ "input": input })).await.data("/createCredential");
    assert_eq!(again, created);
}

#[tokio::test]
async fn two_who_start_at_once_make_one_rotation() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "id": old.credential });
    let elsewhere = admin.at(&other);
    let (first, second) = tokio::join!(rotate(&admin, input.clone()), rotate(&elsewhere, input));
    let refused = [&first, &second].into_iter().filter(|it| !it.errors().is_empty());
    assert_eq!(refused.count(), 1, "{first:?} {second:?}");
}

#[tokio::test]
async fn what_retires_goes_on_to_retire_when_its_successor_that_has_retired_is_deleted() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.account(&[]).await);
    let second = start(&admin, &first, 600).await;
    let third = start(&admin, &second, 0).await;
    let delete = "mutation($id: ID!) { deleteCredential(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": second.credential })).await.data("");
    let told = rotation(&admin, &first.credential).await;
    assert_eq!(told["replacedBy"]["id"], third.credential);
    serves(&world, &[&world.base], &first).await;
    world.clock.advance(TimeDelta::seconds(600));
    refuses(&world, &[&world.base], &first).await;
    serves(&world, &[&world.base], &third).await;
}

/// How many tokens each of the busy callers has fetched.
type Fetched = Arc<[AtomicUsize; 8]>;

/// Callers that fetch tokens at both replicas with whatever secret they were told last.
async fn busy(bases: [String; 2], told: watch::Receiver<Account>, fetched: Fetched) {
    let mut callers = JoinSet::new();
    for nth in 0..fetched.len() {
        let caller = Caller::anonymous(&bases[nth % 2]);
        let (told, fetched) = (told.clone(), Arc::clone(&fetched));
        callers.spawn(async move {
            while told.has_changed().is_ok() {
                let account = told.borrow().clone();
                caller.ask_token(&account.form()).await.body(200);
                fetched[nth].fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    callers.join_all().await;
}

/// Waits until each caller has begun and ended a request.
async fn each_once_more(fetched: &Fetched, load: &JoinHandle<()>) {
    let now = |it: &AtomicUsize| it.load(Ordering::SeqCst);
    let goals: Vec<_> = fetched.iter().map(|it| now(it) + 2).collect();
    eventually("each caller has fetched again", async || {
        assert!(!load.is_finished(), "a request was refused");
        fetched.iter().zip(&goals).all(|(it, goal)| now(it) >= *goal)
    })
    .await;
}

#[tokio::test]
async fn a_load_goes_through_a_whole_rotation_without_one_refusal() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let (tell, told) = watch::channel(old.clone());
    let fetched = Fetched::default();
    let load = tokio::spawn(busy([world.base.clone(), other], told, Arc::clone(&fetched)));
    each_once_more(&fetched, &load).await;
    let new = start(&admin, &old, 600).await;
    each_once_more(&fetched, &load).await;
    tell.send_replace(new.clone());
    each_once_more(&fetched, &load).await;
    rotate(&admin, json!({ "id": old.credential, "action": "FINISH" })).await.data("");
    refuses(&world, &[&world.base], &old).await;
    each_once_more(&fetched, &load).await;
    drop(tell);
    load.await.expect("no request was refused");
}

#[tokio::test]
async fn a_rotation_that_is_begun_and_cancelled_again_and_again_under_load_disturbs_nobody() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let (tell, told) = watch::channel(old.clone());
    let fetched = Fetched::default();
    let bases = [world.base.clone(), other];
    let load = tokio::spawn(busy(bases.clone(), told, Arc::clone(&fetched)));
    for _ in 0..10 {
        each_once_more(&fetched, &load).await;
        let new = start(&admin, &old, 600).await;
        // The new one is in use until it is taken away.
        let mut users = JoinSet::new();
        for nth in 0..4 {
            let (caller, new) = (Caller::anonymous(&bases[nth % 2]), new.clone());
            users.spawn(async move {
                loop {
                    let reply = caller.ask_token(&new.form()).await;
                    if reply.status != 200 {
                        return reply;
                    }
                }
            });
        }
        each_once_more(&fetched, &load).await;
        let cancel = json!({ "id": old.credential, "action": "CANCEL", "force": true });
        rotate(&admin, cancel).await.data("");
        for refused in in_time("the deleted one is refused", users.join_all()).await {
            refused.is_oauth_error(401, "invalid_client");
        }
    }
    drop(tell);
    load.await.expect("no request was refused");
}
