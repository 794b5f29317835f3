//! Role bindings that end or are confined: the lists, maximums, grants and `permissions` that they
//! affect.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::api::{self, register};
use super::roles::{create, grant, rename, update};
use crate::support::{Caller, World, eventually, in_time};

fn until(world: &World, minutes: i64) -> Value {
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
    let mut granted = 0;
    for _ in 0..17 {
        let target = world.account(&[]).await;
        for role in Role::ALL {
            let mut more = until(&world, 10);
            more["onServiceAccountId"] = json!(target.id);
            let reply = grant(&admin, &holder, role.label(), more).await;
            granted += 1;
            if granted > 50 {
                reply.is_graphql_conflict("LIMIT_REACHED");
            } else {
                reply.data("");
            }
        }
    }
    assert_eq!(granted, 51);
    world.clock.advance(TimeDelta::minutes(10));
    grant(&admin, &holder, "org_viewer", json!({})).await.data("");
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

#[tokio::test]
async fn permissions_of_a_caller_confined_to_an_account_deny_lists_and_creates() {
    let world = World::new().await;
    let (admin, target) = (world.admin().await, world.account(&[]).await);
    let holder = world.account(&[]).await;
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "org_admin", confined).await.data("");
    let caller = world.sign_in(&holder).await;
    let query = r#"
        query($id: ID!) {
          organization(id: "acme") { permissions { serviceAccounts { create } roles { create } } }
          node(id: $id) { ... on ServiceAccount { permissions {
            serviceAccounts { list create update } serviceAccountCredentials { create }
          } } }
        }
    "#;
    let said = caller.graphql(query, json!({ "id": target.id })).await.data("");
    let none = json!({ "serviceAccounts": { "create": false }, "roles": { "create": false } });
    assert_eq!(said["organization"]["permissions"], none);
    let own = json!({ "list": false, "create": false, "update": true });
    assert_eq!(said["node"]["permissions"]["serviceAccounts"], own);
    assert_eq!(said["node"]["permissions"]["serviceAccountCredentials"]["create"], true);
    let input = json!({ "organizationId": "acme", "name": "New" });
    caller.mutate("createServiceAccount", input).await.is_graphql_error("FORBIDDEN");
    create(&caller, "any", &["roles:list"]).await.is_graphql_error("FORBIDDEN");
    rename(&caller, &target).await.data("");
    let input = json!({ "serviceAccountId": target.id, "name": "New" });
    caller.mutate("createCredential", input).await.data("");
}

#[tokio::test]
async fn permissions_of_an_admin_whose_role_ends_deny_the_creation_of_roles() {
    let world = World::new().await;
    let (admin, lender) = (world.admin().await, world.account(&[]).await);
    grant(&admin, &lender, "org_admin", until(&world, 30)).await.data("");
    let caller = world.sign_in(&lender).await;
    let query = r#"{ organization(id: "acme") { permissions { roles { create update } serviceAccounts { create } } } }"#;
    let said = async || caller.graphql(query, json!({})).await.data("/organization/permissions");
    let expected = |create| json!({ "roles": { "create": create, "update": true }, "serviceAccounts": { "create": true } });
    assert_eq!(said().await, expected(false));
    create(&caller, "any", &["roles:list"]).await.is_graphql_error("FORBIDDEN");
    let input = json!({ "organizationId": "acme", "name": "New" });
    caller.mutate("createServiceAccount", input).await.data("");
    grant(&admin, &lender, "org_admin", json!({})).await.data("");
    assert_eq!(said().await, expected(true));
    create(&caller, "any", &["roles:list"]).await.data("");
}

#[tokio::test]
async fn effective_permissions_of_a_credential_are_those_of_its_tokens() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[Role::Member]).await);
    let target = world.account(&[]).await;
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "org_admin", confined).await.data("");
    let selection =
        "effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } }";
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Credential {{ {selection} }} }} }}");
    let said = async || {
        let reply = admin.graphql(&query, json!({ "id": holder.credential })).await;
        reply.data("/node/effectivePermissions")
    };
    let of_token = async || {
        let viewer = format!("{{ viewer {{ {selection} }} }}");
        let caller = world.sign_in(&holder).await;
        caller.graphql(&viewer, json!({})).await.data("/viewer/effectivePermissions")
    };
    let restrict = async |restrictions: Value| {
        let input = json!({ "id": holder.credential, "restrictions": restrictions });
        admin.mutate("updateCredential", input).await.data("");
    };
    assert_eq!(said().await, of_token().await);
    let scopes = ["service_accounts:read", "service_accounts:delete", "audit_events:list"];
    restrict(json!({ "scopes": scopes })).await;
    let restricted = said().await;
    assert_eq!(restricted["permissions"], json!([scopes[0]]));
    let on_target = json!([{ "serviceAccountId": target.id, "permissions": [scopes[1]] }]);
    assert_eq!(restricted["onServiceAccounts"], on_target);
    assert_eq!(restricted, of_token().await);
    let api = register(&admin, "acme", "https://other.test").await.data("/createApi/api/id");
    api::grant(&admin, &holder, &api, &["read"]).await;
    restrict(json!({ "scopes": null, "audiences": ["https://other.test"] })).await;
    assert_eq!(said().await, json!({ "permissions": [], "onServiceAccounts": [] }));
    assert_eq!(world.anonymous().ask_token(&holder.form()).await.status, 400);
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

#[tokio::test]
async fn effective_permissions_on_an_account_are_those_that_apply_to_it() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&holder).await;
    create(&admin, "auditor", &["audit_events:list", "service_accounts:read"]).await.data("");
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "auditor", confined).await.data("");
    let query = "{ viewer { effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } } } }";
    let effective = caller.graphql(query, json!({})).await.data("/viewer/effectivePermissions");
    let on = json!([{ "serviceAccountId": target.id, "permissions": ["service_accounts:read"] }]);
    assert_eq!(effective, json!({ "permissions": [], "onServiceAccounts": on }));
}
