//! Bulk operations against each other and against single mutations, on the same things at two replicas.

use std::collections::HashMap;

use chrono::TimeDelta;
use postern::authz::{Permission, Role};
use serde_json::{Value, json};

use super::bulk::{outcomes, run};
use super::concurrent_mutations::assert_no_deadlocks;
use super::roles::grant;
use crate::support::{Caller, Reply, World};

/// The number of successful events with this action, by the ids of their targets.
async fn events(admin: &Caller, action: &str) -> HashMap<String, usize> {
    let query = r#"{ organization(id: "acme") { auditEvents(last: 100, filter: { outcome: SUCCESS }) { nodes { action targetId } } } }"#;
    let nodes = admin.graphql(query, json!({})).await.data("/organization/auditEvents/nodes");
    let mut counts = HashMap::new();
    for node in nodes.as_array().expect("events").iter().filter(|it| it["action"] == action) {
        *counts.entry(node["targetId"].as_str().expect("an id").to_owned()).or_default() += 1;
    }
    counts
}

/// The outcome of each id.
fn by_id(reply: &Reply, mutation: &str) -> HashMap<String, String> {
    let results = reply.data(&format!("/{mutation}/results"));
    let id = |it: &Value| it["id"].as_str().expect("an id").to_owned();
    let ids = results.as_array().expect("results").iter().map(id);
    ids.zip(outcomes(reply, mutation)).collect()
}

#[tokio::test]
async fn two_bulk_operations_in_opposite_order_change_each_thing_once() {
    let world = World::new().await;
    let (replica, other) = world.replica().await;
    let (here, there) = (world.admin().await, world.admin().await.at(&other));
    let accounts = world.accounts(20).await;
    let of_accounts: Vec<_> = accounts.iter().map(|it| it.id.clone()).collect();
    let of_credentials: Vec<_> = accounts.iter().map(|it| it.credential.clone()).collect();
    for (mutation, action, ids) in [
        ("disableServiceAccounts", "service_account.disable", &of_accounts),
        ("enableServiceAccounts", "service_account.enable", &of_accounts),
        ("disableCredentials", "credential.disable", &of_credentials),
        ("enableCredentials", "credential.enable", &of_credentials),
    ] {
        let reversed: Vec<_> = ids.iter().rev().collect();
        // The events of this round are the last ones.
        world.clock.advance(TimeDelta::seconds(1));
        let (first, second) = tokio::join!(
            run(&here, mutation, json!({ "ids": ids })),
            run(&there, mutation, json!({ "ids": reversed })),
        );
        let (first, second) = (by_id(&first, mutation), by_id(&second, mutation));
        let events = events(&here, action).await;
        for id in ids {
            let mut pair = [first[id].as_str(), second[id].as_str()];
            pair.sort_unstable();
            assert_eq!((pair, events.get(id)), (["CHANGED", "UNCHANGED"], Some(&1)), "{mutation}");
        }
        assert_eq!(events.len(), ids.len(), "{mutation}");
    }
    assert_no_deadlocks(&[&world.app, &replica]).await;
}

#[tokio::test]
async fn a_bulk_operation_against_single_mutations_and_deletions_records_what_it_changed() {
    let world = World::new().await;
    let (replica, other) = world.replica().await;
    let (here, there) = (world.admin().await, world.admin().await.at(&other));
    let accounts = world.accounts(20).await;
    let ids: Vec<_> = accounts.iter().map(|it| it.id.clone()).collect();
    world.clock.advance(TimeDelta::seconds(1));
    let single = async || {
        let mut payloads = Vec::new();
        for (nth, account) in accounts.iter().rev().enumerate() {
            let mutation = ["disableServiceAccount", "deleteServiceAccount"][nth % 2];
            let reply = there.mutate(mutation, json!({ "id": account.id })).await;
            reply.data("");
            payloads.push((account.id.clone(), mutation));
        }
        payloads
    };
    let (bulk, singles) =
        tokio::join!(run(&here, "disableServiceAccounts", json!({ "ids": ids })), single());
    let outcomes = by_id(&bulk, "disableServiceAccounts");
    let disabled = events(&here, "service_account.disable").await;
    for (id, mutation) in singles {
        let outcome = outcomes[&id].as_str();
        if mutation == "disableServiceAccount" {
            assert!(["CHANGED", "UNCHANGED"].contains(&outcome), "{outcome}");
            assert_eq!(disabled.get(&id), Some(&1), "{outcome}");
        } else {
            assert!(["CHANGED", "REJECTED NOT_FOUND"].contains(&outcome), "{outcome}");
            assert_eq!(disabled.contains_key(&id), outcome == "CHANGED");
        }
    }
    assert_eq!(events(&here, "service_account.delete").await.len(), 10);
    assert_no_deadlocks(&[&world.app, &replica]).await;
}

#[tokio::test]
async fn two_bulk_operations_leave_an_admin() {
    let world = World::new().await;
    let (replica, other) = world.replica().await;
    // A caller with all permissions who is no admin.
    let all = Permission::ALL.iter().map(|it| it.name().to_owned()).collect();
    world.role("everything", all).await;
    let operator = world.account(&[]).await;
    grant(&world.admin().await, &operator, "everything", json!({})).await.data("");
    let here = world.sign_in(&operator).await;
    let there = here.at(&other);
    let admins = [world.admin_account(), world.account(&[Role::Admin]).await];
    let of_accounts = admins.each_ref().map(|it| it.id.as_str());
    let of_credentials = admins.each_ref().map(|it| it.credential.as_str());
    for (noun, [a, b]) in [("ServiceAccounts", of_accounts), ("Credentials", of_credentials)] {
        for _ in 0..4 {
            let disable = format!("disable{noun}");
            let (first, second) = tokio::join!(
                run(&here, &disable, json!({ "ids": [a] })),
                run(&there, &disable, json!({ "ids": [b] })),
            );
            let mut both = [outcomes(&first, &disable), outcomes(&second, &disable)].concat();
            both.sort_unstable();
            assert_eq!(both, ["CHANGED", "REJECTED LAST_ADMIN"]);
            let enable = format!("enable{noun}");
            let enabled = run(&here, &enable, json!({ "ids": [a, b] })).await;
            let mut both = outcomes(&enabled, &enable);
            both.sort_unstable();
            assert_eq!(both, ["CHANGED", "UNCHANGED"]);
        }
    }
    assert_no_deadlocks(&[&world.app, &replica]).await;
}
