//! Disabling and enabling many things at once.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

const SELECTION: &str = "hasMore dryRun results { id outcome error { code reason permission } }";

pub async fn run(caller: &Caller, mutation: &str, mut input: Value) -> Reply {
    input["organizationId"] = json!("acme");
    caller.mutate_selecting(mutation, input, SELECTION).await
}

/// The outcomes, each with the reason, the permission or the code of its error.
pub fn outcomes(reply: &Reply, mutation: &str) -> Vec<String> {
    let results = reply.data(&format!("/{mutation}/results"));
    let text = |it: &Value| it.as_str().map(str::to_owned);
    let outcome = |it: &Value| {
        let error = &it["error"];
        let why = text(&error["reason"]).or(text(&error["permission"])).or(text(&error["code"]));
        let outcome = text(&it["outcome"]).expect("an outcome");
        why.map_or(outcome.clone(), |why| format!("{outcome} {why}"))
    };
    results.as_array().expect("results").iter().map(outcome).collect()
}

async fn statuses(admin: &Caller, accounts: &[&Account]) -> Vec<String> {
    let ids: Vec<_> = accounts.iter().map(|it| &it.id).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ServiceAccount { status } } }";
    let nodes = admin.graphql(query, json!({ "ids": ids })).await.data("/nodes");
    let text = |it: &Value| it["status"].as_str().expect("a status").to_owned();
    nodes.as_array().expect("nodes").iter().map(text).collect()
}

/// The actions of the last events, oldest first.
async fn actions(admin: &Caller, last: usize) -> Vec<Value> {
    let query = r#"query($last: Int!) { organization(id: "acme") { auditEvents(last: $last, filter: { outcome: SUCCESS }) { nodes { action targetId } } } }"#;
    let nodes = admin.graphql(query, json!({ "last": last })).await;
    nodes.data("/organization/auditEvents/nodes").as_array().expect("events").clone()
}

#[tokio::test]
async fn accounts_are_disabled_and_enabled_one_by_one_with_an_event_each() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (a, b) = (world.account(&[Role::Viewer]).await, world.account(&[]).await);
    let unknown = "s0000000000000000000000000";
    world.clock.advance(TimeDelta::seconds(1));
    let ids = json!({ "ids": [b.id, unknown, "nonsense", a.id, b.id] });
    let reply = run(&admin, "disableServiceAccounts", ids.clone()).await;
    let expected = ["CHANGED", "REJECTED NOT_FOUND", "REJECTED NOT_FOUND", "CHANGED"];
    assert_eq!(outcomes(&reply, "disableServiceAccounts"), expected);
    assert_eq!(reply.data("/disableServiceAccounts/results/0/id"), json!(b.id));
    assert_eq!(statuses(&admin, &[&a, &b]).await, ["DISABLED", "DISABLED"]);
    world.anonymous().ask_token(&a.form()).await.is_oauth_error(401, "invalid_client");
    let disabled = |it: &Account| json!({ "action": "service_account.disable", "targetId": it.id });
    let events = actions(&admin, 2).await;
    assert!([&a, &b].iter().all(|it| events.contains(&disabled(it))), "{events:?}");
    let again = run(&admin, "disableServiceAccounts", ids.clone()).await;
    let expected = ["UNCHANGED", "REJECTED NOT_FOUND", "REJECTED NOT_FOUND", "UNCHANGED"];
    assert_eq!(outcomes(&again, "disableServiceAccounts"), expected);
    assert_eq!(actions(&admin, 2).await, events, "no event of a repetition");
    let undone = run(&admin, "enableServiceAccounts", json!({ "ids": [a.id, b.id] })).await;
    assert_eq!(outcomes(&undone, "enableServiceAccounts"), ["CHANGED", "CHANGED"]);
    assert_eq!(statuses(&admin, &[&a, &b]).await, ["ACTIVE", "ACTIVE"]);
    world.anonymous().ask_token(&a.form()).await.body(200);
}

#[tokio::test]
async fn each_account_is_decided_by_the_rules_of_the_single_operation() {
    let world = World::new().await;
    let (admin, member) = (world.admin().await, world.member().await);
    let weak = world.account(&[Role::Viewer]).await;
    let ids = json!({ "ids": [world.admin_account().id, weak.id] });
    let reply = run(&member, "disableServiceAccounts", ids.clone()).await;
    let expected = ["REJECTED service_accounts:update", "CHANGED"];
    assert_eq!(outcomes(&reply, "disableServiceAccounts"), expected);
    let reply = run(&admin, "disableServiceAccounts", ids).await;
    assert_eq!(outcomes(&reply, "disableServiceAccounts"), ["REJECTED LAST_ADMIN", "UNCHANGED"]);
    let viewer = world.viewer().await;
    for (mutation, id) in [
        ("disableServiceAccounts", &weak.id),
        ("enableServiceAccounts", &weak.id),
        ("disableCredentials", &weak.credential),
        ("enableCredentials", &weak.credential),
    ] {
        run(&viewer, mutation, json!({ "ids": [id] })).await.is_graphql_error("FORBIDDEN");
        run(&world.stranger().await, mutation, json!({ "ids": [id] }))
            .await
            .is_graphql_error("NOT_FOUND");
    }
}

#[tokio::test]
async fn another_tenants_things_are_not_found_among_ones_own() {
    let world = World::new().await;
    let (stranger, victim) = (world.stranger().await, world.account(&[]).await);
    for (mutation, id) in
        [("disableServiceAccounts", &victim.id), ("disableCredentials", &victim.credential)]
    {
        let input = json!({ "organizationId": "globex", "ids": [id] });
        let reply = stranger.mutate_selecting(mutation, input, SELECTION).await;
        assert_eq!(outcomes(&reply, mutation), ["REJECTED NOT_FOUND"]);
    }
    world.anonymous().ask_token(&victim.form()).await.body(200);
}

#[tokio::test]
async fn a_dry_run_says_what_happens_and_changes_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (first, second) = (world.admin_account(), world.account(&[Role::Admin]).await);
    let events = actions(&admin, 100).await;
    for mutation in ["disableServiceAccounts", "disableCredentials"] {
        let ids = match mutation {
            "disableCredentials" => json!([second.credential, first.credential]),
            _ => json!([second.id, first.id]),
        };
        let reply = run(&admin, mutation, json!({ "ids": ids, "dryRun": true })).await;
        assert_eq!(outcomes(&reply, mutation), ["CHANGED", "REJECTED LAST_ADMIN"], "{mutation}");
        assert_eq!(reply.data(&format!("/{mutation}/dryRun")), true);
        assert_eq!(statuses(&admin, &[&first, &second]).await, ["ACTIVE", "ACTIVE"]);
    }
    assert_eq!(actions(&admin, 100).await, events);
    let input = json!({ "ids": [second.id, first.id] });
    let real = run(&admin, "disableServiceAccounts", input).await;
    assert_eq!(outcomes(&real, "disableServiceAccounts"), ["CHANGED", "REJECTED LAST_ADMIN"]);
}

const STATE: &str = "query($id: ID!) { node(id: $id) { ... on Credential { \
    status disabledAt permissions { serviceAccountCredentials { update } } } } }";

#[tokio::test]
async fn credentials_that_have_ended_are_enabled_again_after_they_were_disabled() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (expired, retired, expiring) =
        (world.account(&[]).await, world.account(&[]).await, world.account(&[]).await);
    expire(&world, &expired, TimeDelta::minutes(1)).await;
    expire(&world, &expiring, TimeDelta::minutes(3)).await;
    let input = json!({ "id": retired.credential, "overlap": 0 });
    admin.mutate("startCredentialRotation", input).await.data("");
    world.clock.advance(TimeDelta::minutes(2));
    let ids = json!({ "ids": [expired.credential, retired.credential, expiring.credential] });
    let off = run(&admin, "disableCredentials", ids.clone()).await;
    assert_eq!(outcomes(&off, "disableCredentials"), ["CHANGED"; 3]);
    world.clock.advance(TimeDelta::minutes(2));
    for (dry_run, expected) in [(true, "CHANGED"), (false, "CHANGED"), (false, "UNCHANGED")] {
        let mut input = ids.clone();
        input["dryRun"] = json!(dry_run);
        let on = run(&admin, "enableCredentials", input).await;
        assert_eq!(outcomes(&on, "enableCredentials"), [expected; 3]);
    }
    for (account, status) in [(&expired, "EXPIRED"), (&retired, "RETIRED"), (&expiring, "EXPIRED")]
    {
        let node = admin.graphql(STATE, json!({ "id": account.credential })).await.data("/node");
        let permissions = json!({ "serviceAccountCredentials": { "update": true } });
        let expected = json!({ "status": status, "disabledAt": null, "permissions": permissions });
        assert_eq!(node, expected);
        world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    }
}

async fn expire(world: &World, account: &Account, after: TimeDelta) {
    let at = postern::clock::to_rfc3339(world.now() + after);
    let input = json!({ "id": account.credential, "expiresAt": at });
    world.admin().await.mutate("updateCredential", input).await.data("");
}

#[tokio::test]
async fn a_restricted_caller_enables_no_wider_credentials() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (own, other) = (world.account(&[Role::Admin]).await, world.account(&[]).await);
    let restrictions = json!({ "scopes": ["service_accounts:read", "service_accounts:update", "service_account_credentials:read", "service_account_credentials:update"] });
    let input = json!({ "id": own.credential, "restrictions": restrictions });
    admin.mutate("updateCredential", input).await.data("");
    let input = json!({ "ids": [other.id] });
    run(&admin, "disableServiceAccounts", input.clone()).await.data("");
    let restricted = world.sign_in(&own).await;
    for dry_run in [true, false] {
        let input = json!({ "ids": [other.id], "dryRun": dry_run });
        let reply = run(&restricted, "enableServiceAccounts", input).await;
        let expected = ["REJECTED service_accounts:update"];
        assert_eq!(outcomes(&reply, "enableServiceAccounts"), expected);
    }
    assert_eq!(statuses(&admin, &[&other]).await, ["DISABLED"]);
}

#[tokio::test]
async fn a_filter_selects_a_hundred_at_a_time_until_none_is_left() {
    let world = World::new().await;
    let admin = world.admin().await;
    for _ in 0..103 {
        world.account(&[]).await;
    }
    let filter = json!({ "filter": { "query": "tried" } });
    let mut dry = filter.clone();
    dry["dryRun"] = json!(true);
    let reply = run(&admin, "disableServiceAccounts", dry).await;
    assert_eq!(reply.data("/disableServiceAccounts/hasMore"), true);
    let mut changed = Vec::new();
    for more in [true, false, false] {
        let reply = run(&admin, "disableServiceAccounts", filter.clone()).await;
        assert_eq!(reply.data("/disableServiceAccounts/hasMore"), more);
        let outcomes = outcomes(&reply, "disableServiceAccounts");
        assert!(outcomes.iter().all(|it| it == "CHANGED"), "{outcomes:?}");
        changed.push(outcomes.len());
    }
    assert_eq!(changed, [100, 3, 0]);
    let counts =
        r#"{ organization(id: "acme") { serviceAccountCounts { total active disabled } } }"#;
    let counts = admin.graphql(counts, json!({})).await.data("/organization/serviceAccountCounts");
    assert_eq!(counts, json!({ "total": 104, "active": 1, "disabled": 103 }));
}

#[tokio::test]
async fn unused_credentials_are_counted_disabled_and_enabled_by_a_filter() {
    let world = World::new().await;
    let (used, unused) = (world.account(&[]).await, world.account(&[]).await);
    world.anonymous().ask_token(&used.form()).await.body(200);
    let admin = world.admin().await;
    let counts = r#"{ organization(id: "acme") { credentialCounts(filter: { neverUsed: true }) { total active disabled } } }"#;
    let counted = admin.graphql(counts, json!({})).await.data("/organization/credentialCounts");
    assert_eq!(counted, json!({ "total": 1, "active": 1, "disabled": 0 }));
    let filter = json!({ "filter": { "neverUsed": true } });
    let reply = run(&admin, "disableCredentials", filter.clone()).await;
    assert_eq!(reply.data("/disableCredentials/results/0/id"), json!(unused.credential));
    assert_eq!(outcomes(&reply, "disableCredentials"), ["CHANGED"]);
    let undone = run(&admin, "enableCredentials", filter).await;
    assert_eq!(outcomes(&undone, "enableCredentials"), ["CHANGED"]);
    world.anonymous().ask_token(&unused.form()).await.body(200);
}

#[tokio::test]
async fn inputs_that_cannot_be_are_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    let many: Vec<_> = (0..101).map(|nth| format!("s{nth}")).collect();
    for (input, field) in [
        (json!({}), "ids"),
        (json!({ "ids": [] }), "ids"),
        (json!({ "ids": many }), "ids"),
        (json!({ "ids": ["s0"], "filter": { "query": "a" } }), "ids"),
        (json!({ "filter": {} }), "filter"),
        (json!({ "filter": { "query": "" } }), "filter.query"),
        (json!({ "filter": { "role": "A B" } }), "filter.role"),
    ] {
        for mutation in ["disableServiceAccounts", "enableServiceAccounts"] {
            let reply = run(&admin, mutation, input.clone()).await;
            reply.is_graphql_error("BAD_USER_INPUT");
            assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{input}");
        }
    }
}
