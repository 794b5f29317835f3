//! Every pair of mutations against each other, on the same things at two replicas: they wait for each
//! other in one order, so that none of them fails and PostgreSQL finds no deadlock.

use futures_util::future::join_all;
use postern::app::App;
use postern::authz::Role;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use super::api::register;
use crate::support::{Account, Caller, World, eventually, mutation_call};

/// Mutations of the same account, credential and API.
const MUTATIONS: &[&str] = &[
    r#"updateOrganization(input: { id: "acme", name: $name })"#,
    "updateServiceAccount(input: { id: $account, name: $name })",
    "updateCredential(input: { id: $credential, name: $name })",
    r#"updateCredential(input: { id: $credential, expiresAt: "2099-01-01T00:00:00Z" })"#,
    "updateCredential(input: { id: $credential, expiresAt: null })",
    r#"grantRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
    r#"revokeRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
    "disableServiceAccount(input: { id: $account })",
    "enableServiceAccount(input: { id: $account })",
    "disableCredential(input: { id: $credential })",
    "enableCredential(input: { id: $credential })",
    "createCredential(input: { serviceAccountId: $account, name: $name })",
    "startCredentialRotation(input: { id: $credential })",
    "finishCredentialRotation(input: { id: $credential })",
    "cancelCredentialRotation(input: { id: $credential, force: true })",
    "revokeCredentialTokens(input: { id: $credential })",
    "revokeServiceAccountTokens(input: { id: $account })",
    r#"createServiceAccount(input: { organizationId: "acme", name: $name, roles: ["org_admin"] })"#,
    r#"grantApiScopes(input: { serviceAccountId: $account, apiId: $api, scopes: ["delete"] })"#,
    r#"revokeApiScopes(input: { serviceAccountId: $account, apiId: $api, scopes: ["delete"] })"#,
    "updateApi(input: { id: $api, name: $name })",
    r#"updateApi(input: { id: $api, removeScopes: ["read"], force: true })"#,
    r#"updateApi(input: { id: $api, addScopes: ["read"] })"#,
];

/// The conflicts that the state of the things brings with it; anything else is a failure.
const CONFLICTS: &[&str] =
    &["CREDENTIAL_NOT_ACTIVE", "ROTATION_IN_PROGRESS", "NO_ROTATION", "LIMIT_REACHED"];

async fn run(caller: &Caller, mutation: &str, variables: &Value) {
    let document = mutation_call(mutation);
    let reply = caller.graphql(&document, variables.clone()).await;
    for error in reply.json()["errors"].as_array().into_iter().flatten() {
        let reason = error["extensions"]["reason"].as_str().unwrap_or_default();
        assert!(CONFLICTS.contains(&reason), "{mutation}: {error}");
    }
}

async fn pair(callers: &[Caller; 2], account: &Account, api: &Value, pair: [&str; 2]) {
    let each = pair.into_iter().zip(callers).map(async |(mutation, caller)| {
        for nth in 0..3 {
            let variables = json!({
                "account": account.id, "credential": account.credential, "api": api, "name": format!("Nth {nth}"),
            });
            run(caller, mutation, &variables).await;
        }
    });
    join_all(each).await;
}

#[tokio::test]
async fn no_two_mutations_deadlock() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "100")]).await;
    let (replica, other) = world.replica().await;
    let admin = world.admin().await;
    let callers = [admin.clone(), admin.at(&other)];
    let api = register(&admin, "acme", "https://pairs.test").await.data("/createApi/api/id");
    for (nth, first) in MUTATIONS.iter().enumerate() {
        let account = world.account(&[Role::Member]).await;
        for second in &MUTATIONS[nth..] {
            pair(&callers, &account, &api, [first, second]).await;
        }
    }
    assert_no_deadlocks(&[&world.app, &replica]).await;
}

/// Closes the database of all servers, and asserts that PostgreSQL found no deadlock in it.
pub async fn assert_no_deadlocks(apps: &[&App]) {
    // PostgreSQL counts for certain when a connection ends.
    for app in apps {
        app.db.clone().close().await.expect("closed");
    }
    if !apps[0].db.is_sqlite() {
        assert_eq!(deadlocks(apps[0].config.database.url.reveal()).await, 0);
    }
}

async fn deadlocks(url: &str) -> i64 {
    // One connection, which is not among the others.
    let options = ConnectOptions::new(url).max_connections(1).to_owned();
    let db = &Database::connect(options).await.expect("the database answers");
    let number = async |sql: &str| -> i64 {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
        row.try_get_by_index(0).expect("a number")
    };
    // A worker of autovacuum is no connection, and may take longer than the test.
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let alone = || async { number(OTHERS).await == 0 };
    eventually("all other connections have ended", alone).await;
    number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await
}
