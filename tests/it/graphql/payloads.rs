//! What was done is answered with its payload, also when nothing can be read any more.

use serde_json::{Value, json};

use super::inputs::{Schema, base, selection, target, text};
use crate::support::{Caller, World};

/// An admin of whom each decision on an account is looked up: the token lacks a permission.
async fn caller(world: &World) -> Caller {
    let all = postern::authz::PermissionSet::all().names().join(" ");
    let scope = all.replace(" audit_events:list", "");
    world.sign_in_for(&world.admin_account(), Some(&scope)).await
}

/// The things in the payload of a mutation.
fn things<'a>(schema: &'a Schema, mutation: &str) -> impl Iterator<Item = &'a Value> {
    schema.payload(mutation).iter().filter(|it| base(&it["type"])["kind"] == "OBJECT")
}

async fn run(caller: &Caller, mutation: &str, selection: &str, input: &Value) -> Value {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let query =
        format!("mutation($a: {kind}Input!) {{ a: {mutation}(input: $a) {{ {selection} }} }}");
    caller.graphql(&query, json!({ "a": input })).await.json()
}

#[tokio::test]
async fn every_thing_in_a_payload_is_nullable() {
    let schema = Schema::of(&World::new().await.admin().await).await;
    for (mutation, _) in schema.mutations() {
        for thing in things(&schema, mutation) {
            assert_eq!(thing["type"]["kind"], "OBJECT", "{mutation}: {thing}");
        }
    }
}

#[tokio::test]
async fn a_payload_and_its_secret_stand_when_what_is_below_cannot_be_read() {
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
