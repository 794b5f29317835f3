//! Listing, granting and revoking the roles of service accounts.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{members, path};
use crate::support::{Account, Caller, Reply, World};

async fn put(caller: &Caller, account: &Account, role: &str) -> Reply {
    Reply::of(caller.request(Method::PUT, &format!("{}/roles/{role}", path(account)))).await
}

fn labels(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items");
    items.iter().map(|role| role["label"].as_str().expect("a label")).collect()
}

#[tokio::test]
async fn roles_are_granted_listed_and_revoked() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/roles", path(&account));
    let none =
        json!({ "items": [], "page_info": { "has_next_page": false, "has_prev_page": false } });
    assert_eq!(admin.get(&at).await.body(200), none);
    assert_eq!(labels(&put(&admin, &account, "org_viewer").await.body(200)), ["org_viewer"]);
    for _ in 0..2 {
        let both = put(&admin, &account, "org_member").await.body(200);
        assert_eq!(labels(&both), ["org_member", "org_viewer"]);
        assert_eq!(members(&both["items"][0]), ["description", "label", "name", "scope"]);
    }
    for _ in 0..2 {
        let revoked = admin.delete(&format!("{at}/org_member")).await;
        assert_eq!((revoked.status, revoked.text.as_str()), (204, ""));
    }
    assert_eq!(labels(&world.member().await.get(&at).await.body(200)), ["org_viewer"]);
}

#[tokio::test]
async fn unknown_roles_are_not_found() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for role in ["root", "ORG_ADMIN", "org_admin%20", "%ff"] {
        put(&admin, &account, role).await.is_error(404, "NOT_FOUND");
        admin.delete(&format!("{}/roles/{role}", path(&account))).await.is_error(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_body_of_a_grant_is_rejected_as_it_would_restrict_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/roles/org_viewer", path(&account));
    let body = json!({ "on_service_account_id": account.id });
    let reply = Reply::of(admin.request(Method::PUT, &at).json(&body)).await;
    reply.is_error(400, "BAD_USER_INPUT");
    assert_eq!(reply.json()["field"], "on_service_account_id");
    assert_eq!(labels(&admin.get(&format!("{}/roles", path(&account))).await.body(200)), [""; 0]);
}

#[tokio::test]
async fn granting_and_revoking_roles_require_the_permission() {
    let world = World::new().await;
    let (member, viewer) = (world.member().await, world.viewer().await);
    let account = world.account(&[Role::Viewer]).await;
    let at = format!("{}/roles", path(&account));
    viewer.get(&at).await.is_error(403, "FORBIDDEN");
    for caller in [&member, &viewer] {
        put(caller, &account, "org_viewer").await.is_error(403, "FORBIDDEN");
        caller.delete(&format!("{at}/org_viewer")).await.is_error(403, "FORBIDDEN");
    }
    let scope = Some("service_accounts:read roles:grant");
    let blind = world.sign_in_for(&world.admin_account(), scope).await;
    let refused = put(&blind, &world.account(&[]).await, "org_viewer").await;
    refused.is_error(403, "FORBIDDEN");
    assert_eq!(refused.json()["permission"], "roles:list");
    let last = format!("{}/roles/org_admin", path(&world.admin_account()));
    world.admin().await.delete(&last).await.is_conflict("LAST_ADMIN");
}
