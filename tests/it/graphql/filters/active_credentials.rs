//! The filter of service accounts by their active credentials, after each change that decides.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::ids;
use crate::support::{Caller, World};

const ACCOUNTS: &str = r#"
    query($filter: ServiceAccountFilter) {
      organization(id: "acme") {
        serviceAccounts(first: 100, filter: $filter) {
          nodes { id credentials { nodes { status } } }
        }
      }
    }
"#;

async fn accounts(admin: &Caller, filter: Value) -> Vec<Value> {
    let reply = admin.graphql(ACCOUNTS, json!({ "filter": filter })).await;
    let nodes = reply.data("/organization/serviceAccounts/nodes");
    nodes.as_array().expect("accounts").clone()
}

/// Compares both filters with the statuses of all credentials.
async fn agrees(world: &World, step: &str) {
    let admin = world.admin().await;
    let is_active =
        |credential: &Value| matches!(credential["status"].as_str(), Some("ACTIVE" | "RETIRING"));
    let has_active = |account: &Value| {
        account["credentials"]["nodes"].as_array().expect("credentials").iter().any(is_active)
    };
    let all = accounts(&admin, Value::Null).await;
    let (with, without): (Vec<_>, Vec<_>) = all.into_iter().partition(has_active);
    for (none, expected) in [(false, with), (true, without)] {
        let found = accounts(&admin, json!({ "hasNoActiveCredential": none })).await;
        assert_eq!(ids(&found), ids(&expected), "{none} after {step}");
    }
}

/// Applies changes as an admin, one after the other.
async fn change(world: &World, changes: &[(&str, Value)]) {
    for (mutation, input) in changes {
        world.admin().await.mutate(mutation, input.clone()).await.data("");
        agrees(world, mutation).await;
    }
}

async fn pass(world: &World, days: i64) {
    world.clock.advance(TimeDelta::days(days));
    agrees(world, "a pause").await;
}

#[tokio::test]
async fn accounts_without_an_active_credential_are_found_after_each_change() {
    let world = World::new().await;
    let accounts = world.accounts(2).await;
    let [account, other] = accounts.as_slice() else { unreachable!("two were created") };
    let (account, credential) = (json!(account.id), json!(account.credential));
    agrees(&world, "the creation").await;
    let in_days = |days| postern::clock::to_rfc3339(world.now() + TimeDelta::days(days));
    let one = json!({ "id": credential });
    let expiring = json!({ "id": credential, "expiresAt": in_days(2) });
    let disable = ("disableCredential", one.clone());
    let enable = ("enableCredential", one.clone());
    change(&world, &[disable, enable, ("updateCredential", expiring)]).await;
    pass(&world, 3).await;
    let lasting = json!({ "id": credential, "expiresAt": null });
    let new = json!({ "serviceAccountId": account, "name": "More", "expiresAt": in_days(20) });
    change(&world, &[("createCredential", new), ("updateCredential", lasting)]).await;
    let rotated = json!({ "id": other.credential, "overlap": 3600 });
    change(&world, &[("startCredentialRotation", rotated.clone())]).await;
    change(&world, &[("cancelCredentialRotation", json!({ "id": other.credential }))]).await;
    change(&world, &[("startCredentialRotation", rotated)]).await;
    pass(&world, 1).await;
    change(&world, &[("disableServiceAccount", json!({ "id": other.id }))]).await;
    change(&world, &[("enableServiceAccount", json!({ "id": other.id }))]).await;
    let many = json!({ "organizationId": "acme", "ids": [credential, other.credential] });
    change(&world, &[("disableCredentials", many.clone()), ("enableCredentials", many)]).await;
    change(&world, &[("deleteCredential", one)]).await;
    pass(&world, 30).await;
}
