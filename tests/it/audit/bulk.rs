//! Audit events of rejected items of bulk operations, and of rejected dry runs.

use postern::authz::Role;
use postern::domain::audit;
use reqwest::Method;
use serde_json::{Value, json};

use super::events;
use super::operations::Surface;
use crate::support::{Account, Caller, Reply, World};

const SURFACES: [Surface; 2] = [Surface::GraphQl, Surface::Rest];

/// A bulk operation: its mutation, its path and its action.
type Bulk = (&'static str, &'static str, &'static str);

const BULK: [Bulk; 4] = [
    ("disableServiceAccounts", "service-accounts/disable", "service_account.disable"),
    ("enableServiceAccounts", "service-accounts/enable", "service_account.enable"),
    ("disableCredentials", "credentials/disable", "credential.disable"),
    ("enableCredentials", "credentials/enable", "credential.enable"),
];

async fn switch(surface: Surface, by: &Caller, bulk: Bulk, ids: &[&str], dry_run: bool) {
    let (mutation, path, _) = bulk;
    match surface {
        Surface::GraphQl => {
            let input = json!({ "organizationId": "acme", "ids": ids, "dryRun": dry_run });
            by.mutate(mutation, input).await.data("");
        }
        Surface::Rest => {
            let body = json!({ "ids": ids, "dry_run": dry_run });
            by.post(&format!("/organizations/acme/{path}"), &body).await.body(200);
        }
    }
}

/// The events of an action by these accounts: outcome, reason, detail, kind and id of the target, and
/// id of the actor.
async fn recorded(world: &World, action: &str, by: &[&Account]) -> Vec<String> {
    audit::write_rejected(&world.app, true).await.expect("written");
    let events = events(world, action).await.into_iter();
    let events = events.filter(|it| by.iter().any(|by| it.actor_id.as_ref() == Some(&by.id)));
    let mut events: Vec<_> = events
        .map(|it| {
            assert_eq!((it.event_count, it.client_address.as_deref()), (1, Some("127.0.0.1")));
            event(&it.outcome, it.reason, it.detail, &it.target_kind, &it.target_id, it.actor_id)
        })
        .collect();
    events.sort_unstable();
    events
}

fn event(
    outcome: &str,
    reason: impl Into<Value>,
    detail: impl Into<Value>,
    target_kind: &str,
    target_id: &str,
    actor_id: impl Into<Value>,
) -> String {
    let values = [reason.into(), detail.into(), actor_id.into()];
    json!([outcome, target_kind, target_id, values]).to_string()
}

#[tokio::test]
async fn each_rejected_item_leaves_an_event_with_its_reason_but_none_in_a_dry_run() {
    for (surface, dry_run) in SURFACES.into_iter().flat_map(|it| [(it, true), (it, false)]) {
        let world = World::new().await;
        let (admin, member) = (world.admin_account(), world.account(&[Role::Member]).await);
        let (by_admin, by_member) = (world.admin().await, world.sign_in(&member).await);
        let other = world.account(&[]).await;
        let organization = world.first.organization.id.to_string();
        for bulk in BULK {
            let (mutation, _, action) = bulk;
            let of_credentials = mutation.ends_with("Credentials");
            let (kind, own, target, permission) = if of_credentials {
                let permission = "service_account_credentials:update";
                ("credential", &admin.credential, &other.credential, permission)
            } else {
                ("service_account", &admin.id, &other.id, "service_accounts:update")
            };
            let unknown = format!("{}{}", &own[..1], "0".repeat(25));
            let ids = [own.as_str(), &unknown, "nonsense", target];
            switch(surface, &by_admin, bulk, &ids, dry_run).await;
            switch(surface, &by_member, bulk, &[own], dry_run).await;

            let id = |of: &Account| of.id.clone();
            let none = Value::Null;
            let mut expected = vec![
                event("denied", "HIDDEN", none.clone(), kind, &unknown, id(&admin)),
                event("denied", "HIDDEN", none.clone(), "organization", &organization, id(&admin)),
                event("denied", "HOLDS_MORE", permission, kind, own, id(&member)),
            ];
            if mutation.starts_with("disable") {
                expected.push(event("failed", "CONFLICT", "LAST_ADMIN", kind, own, id(&admin)));
            }
            expected.push(event("success", none.clone(), none, kind, target, id(&admin)));
            if dry_run {
                expected.clear();
            }
            expected.sort_unstable();
            let recorded = recorded(&world, action, &[&admin, &member]).await;
            assert_eq!(recorded, expected, "{mutation} by {surface:?}, dry run: {dry_run}");
        }
    }
}

/// Renames a role, or tries to.
async fn rename(surface: Surface, by: &Caller, role: &str, dry_run: bool) -> Reply {
    match surface {
        Surface::GraphQl => {
            let input = json!({ "id": role, "name": "Renamed", "dryRun": dry_run });
            by.mutate("updateRole", input).await
        }
        Surface::Rest => {
            let path = format!("/organizations/acme/roles/{role}?dry_run={dry_run}");
            let request = by.request(Method::PATCH, &path);
            Reply::of(request.json(&json!({ "name": "Renamed" }))).await
        }
    }
}

#[tokio::test]
async fn a_rejected_dry_run_of_a_role_is_recorded_like_its_change() {
    for (surface, dry_run) in SURFACES.into_iter().flat_map(|it| [(it, true), (it, false)]) {
        let world = World::new().await;
        let (admin, member) = (world.admin_account(), world.account(&[Role::Member]).await);
        let (by_admin, by_member) = (world.admin().await, world.sign_in(&member).await);
        let role = world.role("tried", vec!["roles:list".to_owned()]).await.id.to_string();
        let denied = rename(surface, &by_member, &role, dry_run).await;
        assert!(denied.text.contains("FORBIDDEN"), "{}", denied.text);
        let failed = rename(surface, &by_admin, "org_viewer", dry_run).await;
        assert!(failed.text.contains("BUILT_IN_ROLE"), "{}", failed.text);
        let renamed = rename(surface, &by_admin, &role, dry_run).await;
        assert!(renamed.status == 200 && !renamed.text.contains("errors"), "{}", renamed.text);

        let organization = world.first.organization.id.to_string();
        let (id, none) = (|of: &Account| of.id.clone(), Value::Null);
        let missing = "MISSING_PERMISSION";
        let mut expected = vec![
            event("denied", missing, "roles:update", "role", &role, id(&member)),
            event("failed", "CONFLICT", "BUILT_IN_ROLE", "organization", &organization, id(&admin)),
        ];
        if !dry_run {
            expected.push(event("success", none.clone(), none, "role", &role, id(&admin)));
        }
        expected.sort_unstable();
        let recorded = recorded(&world, "role.update", &[&admin, &member]).await;
        assert_eq!(recorded, expected, "by {surface:?}, dry run: {dry_run}");
    }
}
