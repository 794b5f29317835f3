//! Role bindings that end or are confined: the lists, maximums and grants that they affect.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::api::register;
use super::roles::{create, grant, update};
use crate::support::{Account, Caller, World, eventually, in_time};

/// The end of a grant.
pub fn until(world: &World, minutes: i64) -> Value {
    json!({ "expiresAt": clock::to_rfc3339(world.now() + TimeDelta::minutes(minutes)) })
}

async fn holders(caller: &Caller, role: &str) -> Value {
    let query = r#"query($role: String!) { organization(id: "acme") { serviceAccounts(filter: { role: $role }) { nodes { id } totalCount } } }"#;
    let reply = caller.graphql(query, json!({ "role": role })).await;
    reply.data("/organization/serviceAccounts")
}

#[tokio::test]
async fn a_filter_by_role_finds_no_holder_whose_role_has_ended() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    grant(&admin, &holder, "org_member", until(&world, 10)).await.data("");
    let found = json!({ "nodes": [{ "id": holder.id }], "totalCount": 1 });
    assert_eq!(holders(&admin, "org_member").await, found);
    world.clock.advance(TimeDelta::minutes(10));
    let none = json!({ "nodes": [], "totalCount": 0 });
    assert_eq!(holders(&admin, "org_member").await, none);
}

#[tokio::test]
async fn roles_that_have_ended_do_not_count_for_the_maximum_of_an_account() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    let targets = world.accounts(34).await;
    let grant_on = async |targets: &[Account]| {
        let all =
            targets.iter().flat_map(|target| Role::ALL.iter().map(move |role| (target, role)));
        for (nth, (target, role)) in all.enumerate() {
            let mut more = until(&world, 10);
            more["onServiceAccountId"] = json!(target.id);
            let reply = grant(&admin, &holder, role.label(), more).await;
            if nth < 50 {
                reply.data("");
            } else {
                reply.is_graphql_conflict("LIMIT_REACHED");
            }
        }
    };
    let (first, others) = targets.split_at(17);
    grant_on(first).await;
    world.clock.advance(TimeDelta::minutes(10));
    grant_on(others).await;
    // One that ended and is granted again counts again.
    let mut again = until(&world, 10);
    again["onServiceAccountId"] = json!(first[0].id);
    let refused = grant(&admin, &holder, "org_viewer", again.clone()).await;
    refused.is_graphql_conflict("LIMIT_REACHED");
    world.clock.advance(TimeDelta::minutes(10));
    again["expiresAt"] = until(&world, 10)["expiresAt"].clone();
    grant(&admin, &holder, "org_viewer", again).await.data("");
}

#[tokio::test]
async fn a_caller_whose_role_ends_grants_no_api_scopes_which_do_not_end() {
    let world = World::new().await;
    let (admin, weak) = (world.admin().await, world.account(&[]).await);
    let api = register(&admin, "acme", "https://ends.test").await.data("/createApi/api/id");
    let held = ["service_accounts:read", "apis:read", "apis:grant"];
    create(&admin, "api-granter", &held).await.data("");
    let granter = world.account(&[]).await;
    grant(&admin, &granter, "api-granter", until(&world, 30)).await.data("");
    let caller = world.sign_in(&granter).await;
    let input = json!({ "serviceAccountId": weak.id, "apiId": api, "scopes": ["read"] });
    let refused = caller.mutate("grantApiScopes", input.clone()).await;
    refused.is_graphql_error("FORBIDDEN");
    assert_eq!(refused.json()["errors"][0]["extensions"]["permission"], "apis:grant");
    grant(&admin, &granter, "api-granter", json!({})).await.data("");
    caller.mutate("grantApiScopes", input).await.data("");
    // The scopes of another account are beyond a caller whose role ends, as they do not.
    grant(&admin, &granter, "api-granter", until(&world, 30)).await.data("");
    let revoke = json!({ "serviceAccountId": weak.id, "apiId": api });
    caller.mutate("revokeApiScopes", revoke).await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn an_update_of_a_role_names_no_holders_that_the_caller_may_not_read() {
    let world = World::new().await;
    let (admin, holder, editor) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    create(&admin, "held", &["roles:list"]).await.data("");
    create(&admin, "role-editor", &["roles:list", "roles:update"]).await.data("");
    grant(&admin, &holder, "held", json!({})).await.data("");
    grant(&admin, &editor, "role-editor", json!({})).await.data("");
    let confined = json!({ "onServiceAccountId": editor.id });
    grant(&admin, &editor, "org_viewer", confined).await.data("");
    let caller = world.sign_in(&editor).await;
    let more = ["roles:list", "roles:update"];
    let seen = update(&admin, "held", &more, true).await.data("/updateRole/holders");
    assert_eq!(seen[0]["serviceAccountId"], json!(holder.id));
    for dry_run in [true, false] {
        let updated = update(&caller, "held", &more, dry_run).await.data("/updateRole");
        assert_eq!((&updated["holderCount"], &updated["holders"]), (&json!(1), &json!([])));
    }
}

async fn is_waiting(db: &DatabaseConnection) -> bool {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let statement = Statement::from_string(db.get_database_backend(), WAITING);
    let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get_by_index::<i64>(0).expect("a number") > 0
}

#[tokio::test]
async fn a_role_is_not_granted_on_an_account_whose_deletion_is_under_way() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let db = Database::connect(&world.database_url()).await.expect("a connection");
    let deletion = db.begin().await.expect("begun");
    let delete = format!("DELETE FROM service_accounts WHERE id = '{}'", target.id);
    deletion.execute_unprepared(&delete).await.expect("deleted");
    let granting = tokio::spawn(async move {
        let on = json!({ "onServiceAccountId": target.id });
        (grant(&admin, &holder, "org_viewer", on).await, holder)
    });
    // SQLite has one writer, for which the grant waits.
    if !world.app.db.is_sqlite() {
        let waits = async || granting.is_finished() || is_waiting(&db).await;
        eventually("the grant waits for the deletion", waits).await;
    }
    deletion.commit().await.expect("committed");
    let (reply, holder) = in_time("the grant", granting).await.expect("joined");
    reply.is_graphql_error("NOT_FOUND");
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roleBindings { onServiceAccountId } } } }";
    let node = world.admin().await.graphql(query, json!({ "id": holder.id })).await;
    assert_eq!(node.data("/node/roleBindings"), json!([]));
}

#[tokio::test]
async fn a_grant_is_recorded_with_its_target_and_its_end() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let mut more = until(&world, 10);
    more["onServiceAccountId"] = json!(target.id);
    grant(&admin, &holder, "org_member", more.clone()).await.data("");
    let query = r#"query($target: String!) { organization(id: "acme") { auditEvents(filter: { types: [ROLE_GRANT], targetId: $target }) { nodes { changes { field newValue } } } } }"#;
    let recorded = admin.graphql(query, json!({ "target": holder.id })).await;
    let recorded = recorded.data("/organization/auditEvents/nodes/0");
    let expected = json!({ "changes": [
        { "field": "roles", "newValue": "org_member" },
        { "field": "expires_at", "newValue": more["expiresAt"] },
        { "field": "on_service_account_id", "newValue": target.id },
    ] });
    assert_eq!(recorded, expected);
}
