//! The status of service accounts and credentials, their numbers, and what replaces what.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, World};

async fn status(caller: &Caller, account: &Account) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { status } } }";
    caller.graphql(query, json!({ "id": account.credential })).await.data("/node/status")
}

const COUNTS: &str = r#"{
    organization(id: "acme") {
        serviceAccountCounts { total active disabled }
        credentialCounts { total active retiring disabled accountDisabled expired retired }
    }
}"#;

#[tokio::test]
async fn a_credential_has_one_status_and_is_counted_by_it() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut accounts = Vec::new();
    for _ in 0..5 {
        accounts.push(world.account(&[]).await);
    }
    let [active, disabled, of_disabled, expiring, rotating] = &accounts[..] else { panic!() };
    let end = postern::clock::to_rfc3339(world.now() + TimeDelta::hours(1));
    for (mutation, input) in [
        ("disableCredential", json!({ "id": disabled.credential })),
        ("disableCredential", json!({ "id": of_disabled.credential })),
        ("disableServiceAccount", json!({ "id": of_disabled.id })),
        ("updateCredential", json!({ "id": expiring.credential, "expiresAt": end })),
        ("startCredentialRotation", json!({ "id": rotating.credential, "overlap": 1800 })),
    ] {
        admin.mutate(mutation, input).await.data("");
    }
    assert_eq!(status(&admin, active).await, "ACTIVE");
    assert_eq!(status(&admin, disabled).await, "DISABLED");
    assert_eq!(status(&admin, of_disabled).await, "ACCOUNT_DISABLED");
    assert_eq!(status(&admin, expiring).await, "ACTIVE");
    assert_eq!(status(&admin, rotating).await, "RETIRING");
    let (reply, statements) = world.count(admin.graphql(COUNTS, json!({}))).await;
    assert_eq!(statements, 3, "who calls, and one for each kind");
    let credentials = json!({ "total": 7, "active": 4, "retiring": 1, "disabled": 1, "accountDisabled": 1, "expired": 0, "retired": 0 });
    let accounts = json!({ "total": 6, "active": 5, "disabled": 1 });
    let expected = json!({ "serviceAccountCounts": accounts, "credentialCounts": credentials });
    assert_eq!(reply.data("/organization"), expected);
    world.clock.advance(TimeDelta::hours(1));
    let admin = world.admin().await;
    assert_eq!(status(&admin, expiring).await, "EXPIRED");
    assert_eq!(status(&admin, rotating).await, "RETIRED");
    let counts = admin.graphql(COUNTS, json!({})).await.data("/organization/credentialCounts");
    let expected = json!({ "total": 7, "active": 3, "retiring": 0, "disabled": 1, "accountDisabled": 1, "expired": 1, "retired": 1 });
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn counts_require_the_permissions_of_the_lists_and_concern_one_tenant() {
    let world = World::new().await;
    world.viewer().await.graphql(COUNTS, json!({})).await.data("");
    let roleless = world.sign_in(&world.account(&[]).await).await;
    let reply = roleless.graphql(COUNTS, json!({})).await;
    let mut errors = reply.errors();
    errors.sort();
    let denied = |field: &str| (format!("organization.{field}"), "FORBIDDEN".to_owned());
    assert_eq!(errors, [denied("credentialCounts"), denied("serviceAccountCounts")]);
    let stranger = world.stranger().await;
    stranger.graphql(COUNTS, json!({})).await.is_graphql_error("NOT_FOUND");
    let own = COUNTS.replace("acme", "globex");
    let counts = stranger.graphql(&own, json!({})).await;
    assert_eq!(counts.data("/organization/serviceAccountCounts/total"), 1);
    let filtered = r#"{ organization(id: "acme") { serviceAccountCounts(filter: { role: "org_viewer" }) { total } } }"#;
    world.viewer().await.graphql(filtered, json!({})).await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn a_new_credential_names_the_one_that_it_replaces_without_a_statement_per_row() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut successors = Vec::new();
    for nth in 0..20 {
        let account = world.account(&[Role::Viewer]).await;
        let selection = "newCredential { id replaces { id } } ";
        let input = json!({ "id": account.credential });
        let started = admin.mutate_selecting("startCredentialRotation", input, selection).await;
        let new = started.data("/startCredentialRotation/newCredential");
        assert_eq!(new["replaces"]["id"], account.credential, "{nth}");
        successors.push(new["id"].clone());
    }
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Credential { replaces { id status } } } }";
    let (reply, statements) = world.count(admin.graphql(query, json!({ "ids": successors }))).await;
    let nodes = reply.data("/nodes");
    assert!(
        nodes
            .as_array()
            .expect("nodes")
            .iter()
            .all(|it| { it["replaces"]["status"] == "RETIRING" })
    );
    assert_eq!(statements, 3, "who calls, the credentials, those that they replace");
}

#[tokio::test]
async fn the_viewer_reads_the_credential_in_use_whatever_its_roles() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let caller = world.sign_in(&account).await;
    let query = "{ viewer { credential { id status permissions { serviceAccountCredentials { read update } } } } }";
    let seen = caller.graphql(query, json!({})).await.data("/viewer/credential");
    let actions = json!({ "read": false, "update": false });
    let permissions = json!({ "serviceAccountCredentials": actions });
    let expected =
        json!({ "id": account.credential, "status": "ACTIVE", "permissions": permissions });
    assert_eq!(seen, expected);
}
