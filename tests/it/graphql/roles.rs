//! Roles that an organization creates: creation, change, grants on one service account and until an
//! instant, and their effect.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

/// Creates a role with these permissions; returns its label.
pub async fn create(caller: &Caller, label: &str, permissions: &[&str]) -> Reply {
    let input = json!({ "organizationId": "acme", "label": label, "name": "Tried", "permissions": permissions });
    caller.mutate_selecting("createRole", input, "role { id label permissions }").await
}

pub async fn grant(caller: &Caller, account: &Account, role: &str, more: Value) -> Reply {
    let mut input = json!({ "serviceAccountId": account.id, "role": role });
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    caller.mutate("grantRole", input).await
}

pub async fn update(caller: &Caller, role: &str, permissions: &[&str], dry_run: bool) -> Reply {
    let input = json!({ "id": role, "permissions": permissions, "dryRun": dry_run });
    let selection = "holderCount changedHolderCount holders { serviceAccountId onServiceAccountId gains losses } role { permissions }";
    caller.mutate_selecting("updateRole", input, selection).await
}

/// What a holder gains and loses in the organization, or on one account.
fn impact(holder: &Account, on: Option<&Account>, gains: &[&str], losses: &[&str]) -> Value {
    let on = on.map(|it| it.id.clone());
    json!({ "serviceAccountId": holder.id, "onServiceAccountId": on, "gains": gains, "losses": losses })
}

pub async fn rename(caller: &Caller, account: &Account) -> Reply {
    caller.mutate("updateServiceAccount", json!({ "id": account.id, "name": "Renamed" })).await
}

async fn revoke(caller: &Caller, account: &Account, role: &str) -> Reply {
    caller.mutate("revokeRole", json!({ "serviceAccountId": account.id, "role": role })).await
}

const EDIT: [&str; 2] = ["service_accounts:read", "service_accounts:update"];

#[tokio::test]
async fn a_custom_role_grants_its_permissions_and_no_others() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&holder).await;
    create(&admin, "editor", &EDIT).await.data("");
    rename(&caller, &target).await.is_graphql_error("NOT_FOUND");
    grant(&admin, &holder, "editor", json!({})).await.data("");
    rename(&caller, &target).await.data("");
    let delete = caller.mutate("deleteServiceAccount", json!({ "id": target.id })).await;
    delete.is_graphql_error("FORBIDDEN");
    assert_eq!(delete.json()["errors"][0]["extensions"]["permission"], "service_accounts:delete");
    let query = "{ viewer { roles { label } effectivePermissions { permissions } } }";
    let viewer = caller.graphql(query, json!({})).await.data("/viewer");
    assert_eq!(viewer["roles"], json!([{ "label": "editor" }]));
    assert_eq!(viewer["effectivePermissions"]["permissions"], json!(EDIT));
    revoke(&admin, &holder, "editor").await.data("");
    rename(&caller, &target).await.is_graphql_error("NOT_FOUND");
}

#[tokio::test]
async fn a_role_on_one_service_account_applies_to_its_subtree_alone() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    let (target, other) = (world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&holder).await;
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "org_member", confined).await.data("");
    rename(&caller, &target).await.data("");
    rename(&caller, &other).await.is_graphql_error("NOT_FOUND");
    let credential = |of: &Account| json!({ "serviceAccountId": of.id, "name": "New" });
    caller.mutate("createCredential", credential(&target)).await.data("");
    caller.mutate("createCredential", credential(&other)).await.is_graphql_error("NOT_FOUND");
    let list = r#"{ organization(id: "acme") { serviceAccounts { totalCount } } }"#;
    caller.graphql(list, json!({})).await.is_graphql_error("FORBIDDEN");
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roles { label } roleBindings { role { label } onServiceAccountId expiresAt } } } }";
    let node = admin.graphql(query, json!({ "id": holder.id })).await.data("/node");
    assert_eq!(
        node,
        json!({
            "roles": [],
            "roleBindings": [{ "role": { "label": "org_member" }, "onServiceAccountId": target.id, "expiresAt": null }],
        })
    );
    // A strong account stays beyond a caller that is confined to it.
    let strong = world.account(&[Role::Admin]).await;
    let confined = json!({ "onServiceAccountId": strong.id });
    grant(&admin, &holder, "org_member", confined).await.data("");
    caller.mutate("createCredential", credential(&strong)).await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn a_role_until_an_instant_ends_then() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&holder).await;
    let end = |minutes| clock::to_rfc3339(world.now() + TimeDelta::minutes(minutes));
    let past = grant(&admin, &holder, "org_member", json!({ "expiresAt": end(0) })).await;
    past.is_graphql_error("BAD_USER_INPUT");
    assert_eq!(past.json()["errors"][0]["extensions"]["field"], "expiresAt");
    grant(&admin, &holder, "org_member", json!({ "expiresAt": end(10) })).await.data("");
    rename(&caller, &target).await.data("");
    world.clock.advance(TimeDelta::minutes(10));
    rename(&caller, &target).await.is_graphql_error("NOT_FOUND");
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roleBindings { expiresAt } } } }";
    let node = admin.graphql(query, json!({ "id": holder.id })).await.data("/node");
    assert_eq!(node["roleBindings"], json!([]));
}

#[tokio::test]
async fn a_caller_whose_role_ends_grants_nothing_that_lasts_longer() {
    let world = World::new().await;
    let (admin, lender, weak) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let end = |minutes| clock::to_rfc3339(world.now() + TimeDelta::minutes(minutes));
    grant(&admin, &lender, "org_admin", json!({ "expiresAt": end(30) })).await.data("");
    let caller = world.sign_in(&lender).await;
    grant(&caller, &weak, "org_viewer", json!({})).await.is_graphql_error("FORBIDDEN");
    let later = json!({ "expiresAt": end(31) });
    grant(&caller, &weak, "org_viewer", later).await.is_graphql_error("FORBIDDEN");
    grant(&caller, &weak, "org_viewer", json!({ "expiresAt": end(30) })).await.data("");
    create(&caller, "lasting", &EDIT).await.is_graphql_error("FORBIDDEN");
    // An account whose permissions outlast its own is beyond it.
    let lasting = world.account(&[Role::Viewer]).await;
    let credential = json!({ "serviceAccountId": lasting.id, "name": "New" });
    caller.mutate("createCredential", credential).await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn a_role_cannot_be_created_beyond_the_permissions_of_its_creator() {
    let world = World::new().await;
    let admin = world.admin().await;
    let holder = world.account(&[]).await;
    let held = ["roles:list", "roles:create", "roles:update", "service_accounts:read"];
    create(&admin, "role-editor", &held).await.data("");
    grant(&admin, &holder, "role-editor", json!({})).await.data("");
    let caller = world.sign_in(&holder).await;
    create(&caller, "more", &["service_accounts:delete"]).await.is_graphql_error("FORBIDDEN");
    create(&caller, "within", &["service_accounts:read"]).await.data("");
    update(&caller, "within", &["service_accounts:delete"], false)
        .await
        .is_graphql_error("FORBIDDEN");
    // A holder holds more than the editor.
    let strong = world.account(&[Role::Admin]).await;
    grant(&admin, &strong, "within", json!({})).await.data("");
    for dry_run in [true, false] {
        update(&caller, "within", &["roles:list"], dry_run).await.is_graphql_error("FORBIDDEN");
    }
    let roles = admin
        .graphql(r#"{ organization(id: "acme") { roles { label permissions } } }"#, json!({}))
        .await;
    let roles = roles.data("/organization/roles");
    let within = roles.as_array().expect("roles").iter().find(|it| it["label"] == "within");
    assert_eq!(within.expect("the role")["permissions"], json!(["service_accounts:read"]));
}

#[tokio::test]
async fn a_changed_role_tells_its_impact_and_takes_effect_for_all_holders() {
    let world = World::new().await;
    let (admin, target) = (world.admin().await, world.account(&[]).await);
    create(&admin, "editor", &EDIT).await.data("");
    let (one, both) = (world.account(&[]).await, world.account(&[Role::Viewer]).await);
    for holder in [&one, &both] {
        grant(&admin, holder, "editor", json!({})).await.data("");
    }
    let new = ["service_accounts:update", "roles:list"];
    let mut expected = [
        impact(&one, None, &["roles:list"], &["service_accounts:read"]),
        impact(&both, None, &["roles:list"], &[]),
    ];
    expected.sort_by_key(|it| it["serviceAccountId"].to_string());
    let caller = world.sign_in(&one).await;
    for dry_run in [true, false] {
        let updated = update(&admin, "editor", &new, dry_run).await.data("/updateRole");
        assert_eq!(
            (&updated["holderCount"], &updated["changedHolderCount"]),
            (&json!(2), &json!(2))
        );
        assert_eq!(updated["holders"], json!(expected));
        let renamed = rename(&caller, &target).await;
        if dry_run {
            assert_eq!(updated["role"]["permissions"], json!(EDIT));
            renamed.data("");
        } else {
            renamed.is_graphql_error("NOT_FOUND");
        }
    }
}

#[tokio::test]
async fn a_changed_role_tells_where_its_holders_gain_and_lose() {
    let world = World::new().await;
    let (admin, target) = (world.admin().await, world.account(&[]).await);
    create(&admin, "editor", &EDIT).await.data("");
    create(&admin, "reader", &["service_accounts:read"]).await.data("");
    let on_target = || json!({ "onServiceAccountId": target.id });
    let holders = world.accounts(4).await;
    let [confined, both, wide, covered] = holders.as_slice() else { panic!("four accounts") };
    // On one account only; there, and with another role in the organization.
    grant(&admin, confined, "editor", on_target()).await.data("");
    grant(&admin, both, "editor", on_target()).await.data("");
    grant(&admin, both, "reader", json!({})).await.data("");
    // In the organization, with another role on one account; and with one that holds all.
    grant(&admin, wide, "editor", json!({})).await.data("");
    grant(&admin, wide, "org_admin", on_target()).await.data("");
    grant(&admin, covered, "editor", json!({})).await.data("");
    grant(&admin, covered, "org_admin", json!({})).await.data("");
    // A confined role does not grant `roles:update`, which is about the organization.
    let new = ["service_accounts:update", "service_accounts:delete", "roles:update"];
    let (delete, read) = (["service_accounts:delete"], ["service_accounts:read"]);
    let mut expected = [
        impact(confined, Some(&target), &delete, &read),
        impact(both, Some(&target), &delete, &[]),
        impact(wide, None, &["service_accounts:delete", "roles:update"], &read),
    ];
    expected.sort_by_key(|it| it["serviceAccountId"].to_string());
    for dry_run in [true, false] {
        let updated = update(&admin, "editor", &new, dry_run).await.data("/updateRole");
        assert_eq!(
            (&updated["holderCount"], &updated["changedHolderCount"]),
            (&json!(4), &json!(3))
        );
        assert_eq!(updated["holders"], json!(expected), "{dry_run}");
    }
}

#[tokio::test]
async fn invalid_roles_change_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (label, permissions, field) in [
        ("org_admin", json!(["roles:list"]), "label"),
        ("org_auditor", json!(["roles:list"]), "label"),
        ("Upper", json!(["roles:list"]), "label"),
        ("", json!(["roles:list"]), "label"),
        ("r0123456789abcdefghijklmno", json!(["roles:list"]), "label"),
        ("ok", json!([]), "permissions"),
        ("ok", json!(["roles:list", "roles:invent"]), "permissions.1"),
    ] {
        let input = json!({ "organizationId": "acme", "label": label, "name": "x", "permissions": permissions });
        let reply = admin.mutate_selecting("createRole", input, "role { id }").await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{label}");
    }
    for mutation in ["updateRole", "deleteRole"] {
        let reply = admin.mutate(mutation, json!({ "id": "org_viewer" })).await;
        reply.is_graphql_conflict("BUILT_IN_ROLE");
    }
    create(&admin, "editor", &EDIT).await.data("");
    create(&admin, "editor", &EDIT).await.is_graphql_error("CONFLICT");
    let roles = r#"{ organization(id: "acme") { roles { label } } }"#;
    let roles = admin.graphql(roles, json!({})).await.data("/organization/roles");
    assert_eq!(roles.as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn an_update_with_an_unknown_permission_or_one_that_the_editor_lacks_changes_nothing() {
    let world = World::new().await;
    let (admin, editor) = (world.admin().await, world.account(&[]).await);
    create(&admin, "role-editor", &["roles:list", "roles:update", "service_accounts:read"])
        .await
        .data("");
    grant(&admin, &editor, "role-editor", json!({})).await.data("");
    let caller = world.sign_in(&editor).await;
    create(&admin, "tried", &["service_accounts:read"]).await.data("");
    let path = "/organizations/acme/roles/tried";
    let before = admin.get(path).await.body(200);
    world.clock.advance(TimeDelta::seconds(1));
    let unknown = ["service_accounts:read", "service_accounts:invent"];
    let lacking = ["service_accounts:read", "service_accounts:delete"];
    for dry_run in [true, false] {
        let input = |permissions| json!({ "id": "tried", "name": "Changed", "permissions": permissions, "dryRun": dry_run });
        for by in [&admin, &caller] {
            let reply = by.mutate("updateRole", input(unknown)).await;
            reply.is_graphql_error("BAD_USER_INPUT");
            assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "permissions.1");
        }
        caller.mutate("updateRole", input(lacking)).await.is_graphql_error("FORBIDDEN");
        let path = format!("{path}?dry_run={dry_run}");
        let body = |permissions| json!({ "name": "Changed", "permissions": permissions });
        admin.patch(&path, &body(unknown)).await.is_invalid("permissions.1");
        caller.patch(&path, &body(lacking)).await.is_error(403, "FORBIDDEN");
    }
    assert_eq!(admin.get(path).await.body(200), before);
    let events = r#"{ organization(id: "acme") { auditEvents(filter: { types: [ROLE_UPDATE], outcome: SUCCESS }) { totalCount } } }"#;
    let events = admin.graphql(events, json!({})).await;
    assert_eq!(events.data("/organization/auditEvents/totalCount"), 0);
}

#[tokio::test]
async fn a_held_role_cannot_be_deleted() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    let role = create(&admin, "editor", &EDIT).await.data("/createRole/role/id");
    grant(&admin, &holder, "editor", json!({})).await.data("");
    let refused = admin.mutate("deleteRole", json!({ "id": role })).await;
    refused.is_graphql_conflict("ROLE_IN_USE");
    revoke(&admin, &holder, "editor").await.data("");
    admin.mutate("deleteRole", json!({ "id": role })).await.data("");
    grant(&admin, &holder, "editor", json!({})).await.is_graphql_error("BAD_USER_INPUT");
    let node =
        admin.graphql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": role })).await;
    assert_eq!(node.data("/node"), Value::Null);
}

#[tokio::test]
async fn the_last_admin_keeps_a_role_that_does_not_end() {
    let world = World::new().await;
    let (admin, second) = (world.admin().await, world.account(&[]).await);
    let first = world.admin_account();
    let soon = clock::to_rfc3339(world.now() + TimeDelta::minutes(5));
    grant(&admin, &first, "org_admin", json!({ "expiresAt": soon }))
        .await
        .is_graphql_error("CONFLICT");
    // Neither an admin whose role ends nor one of a single account takes its place.
    grant(&admin, &second, "org_admin", json!({ "expiresAt": soon })).await.data("");
    revoke(&admin, &first, "org_admin").await.is_graphql_error("CONFLICT");
    let confined = json!({ "onServiceAccountId": first.id });
    grant(&admin, &second, "org_admin", confined).await.data("");
    revoke(&admin, &first, "org_admin").await.is_graphql_error("CONFLICT");
    grant(&admin, &second, "org_admin", json!({})).await.data("");
    revoke(&admin, &first, "org_admin").await.data("");
}

#[tokio::test]
async fn a_restricted_caller_adds_no_permission_to_a_role_of_less_restricted_holders() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    create(&admin, "editor", &EDIT).await.data("");
    grant(&admin, &holder, "editor", json!({})).await.data("");
    let restricted = world.account(&[Role::Admin]).await;
    let restrictions = json!({ "addresses": ["127.0.0.0/8"] });
    let input = json!({ "id": restricted.credential, "restrictions": restrictions });
    admin.mutate("updateCredential", input).await.data("");
    let caller = world.sign_in(&restricted).await;
    let more = ["service_accounts:read", "service_accounts:update", "roles:list"];
    update(&caller, "editor", &more, false).await.is_graphql_error("FORBIDDEN");
    update(&caller, "editor", &more[..1], false).await.data("");
}

#[tokio::test]
async fn what_may_grant_says_is_what_granting_does() {
    let world = World::new().await;
    let admin = world.admin().await;
    create(&admin, "editor", &EDIT).await.data("");
    create(
        &admin,
        "granter",
        &["service_accounts:read", "roles:list", "roles:grant", "service_accounts:update"],
    )
    .await
    .data("");
    let granter = world.account(&[]).await;
    grant(&admin, &granter, "granter", json!({})).await.data("");
    for caller in [world.sign_in(&granter).await, admin, world.member().await] {
        for target in [world.account(&[]).await, world.account(&[Role::Admin]).await] {
            for role in ["editor", "granter", "org_viewer", "org_admin"] {
                let query = "query($id: ID!, $role: String!) { node(id: $id) { ... on ServiceAccount { mayGrant(role: $role) } } }";
                let variables = json!({ "id": target.id, "role": role });
                let said = caller.graphql(query, variables).await.data("/node/mayGrant");
                let granted = grant(&caller, &target, role, json!({})).await;
                assert_eq!(
                    said,
                    json!(granted.json()["errors"].is_null()),
                    "{role}: {}",
                    granted.text
                );
                revoke(&world.admin().await, &target, role).await;
            }
        }
    }
}
