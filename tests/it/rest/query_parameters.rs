//! Query parameters that decide how much a request changes or shows: repeated, unknown and malformed
//! ones are rejected.

use reqwest::Method;
use serde_json::json;

use super::path;
use crate::support::{Reply, World};

#[tokio::test]
async fn an_update_of_a_role_takes_dry_run_once_and_no_other_parameter() {
    let world = World::new().await;
    let admin = world.admin().await;
    let role = world.role("tried", vec!["roles:list".to_owned()]).await;
    let at = format!("/organizations/acme/roles/{}", role.label);
    let body = json!({ "name": "Changed" });
    for (query, field) in [
        ("dry_run=true&dry_run=false", "dry_run"),
        ("dry_run=1", "dry_run"),
        ("dry_run", "dry_run"),
        ("dryrun=true", "dryrun"),
    ] {
        admin.patch(&format!("{at}?{query}"), &body).await.is_invalid(field);
    }
    admin.patch(&format!("{at}?dry_run=true"), &body).await.body(200);
    assert_eq!(admin.get(&at).await.body(200)["name"], "Tried");
    admin.patch(&format!("{at}?dry_run=false"), &body).await.body(200);
    assert_eq!(admin.get(&at).await.body(200)["name"], "Changed");
}

#[tokio::test]
async fn a_grant_takes_its_target_and_its_end_once_and_no_other_parameter() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let other = world.account(&[]).await;
    let at = format!("{}/roles/org_viewer", path(&account));
    let target = "on_service_account_id";
    for (query, field) in [
        (format!("{target}={}&{target}={}", account.id, other.id), target),
        (format!("{target}=nonsense"), target),
        ("expires_at=tomorrow".to_owned(), "expires_at"),
        ("on_service_account=x".to_owned(), "on_service_account"),
    ] {
        let grant = admin.request(Method::PUT, &format!("{at}?{query}"));
        Reply::of(grant).await.is_invalid(field);
    }
    let held = admin.get(&format!("{}/role-bindings", path(&account))).await.body(200);
    assert_eq!(held["items"], json!([]));
}

#[tokio::test]
async fn a_role_that_cannot_exist_is_not_found() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = path(&account);
    for role in ["org_admin%00", "%00", "ORG_ADMIN", &"a".repeat(1000)] {
        let grant = admin.request(Method::PUT, &format!("{at}/roles/{role}"));
        Reply::of(grant).await.is_error(404, "NOT_FOUND");
        admin.delete(&format!("{at}/roles/{role}")).await.is_error(404, "NOT_FOUND");
        let may_grant = admin.get(&format!("{at}/roles/{role}/may-grant")).await;
        may_grant.is_error(404, "NOT_FOUND");
        let own = format!("/organizations/acme/roles/{role}");
        admin.get(&own).await.is_error(404, "NOT_FOUND");
        admin.delete(&own).await.is_error(404, "NOT_FOUND");
        let query = "query($role: String!, $id: ID!) { node(id: $id) { ... on ServiceAccount { mayGrant(role: $role) } } }";
        let variables = json!({ "role": role.replace("%00", "\0"), "id": account.id });
        admin.graphql(query, variables).await.is_graphql_error("BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_range_of_days_is_rejected_unless_it_is_one() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/credentials/{}/usage", path(&account), account.credential);
    for (query, field) in [
        ("from=2026-11-01&from=2026-11-02", "from"),
        ("to=", "to"),
        ("from=2026-11-26&to=2026-11-25", "from"),
        ("from=2026-01-01&to=2026-11-25", "from"),
        ("from=9999-12-31", "from"),
        ("to=99999-01-01", "to"),
        ("from=-262143-01-01", "from"),
        ("to=2026-02-30", "to"),
    ] {
        admin.get(&format!("{at}?{query}")).await.is_invalid(field);
    }
    for query in ["to=0001-01-01", "to=9999-12-31", "from=2026-11-25&to=2026-11-25"] {
        let usage = admin.get(&format!("{at}?{query}")).await.body(200);
        assert_eq!(usage["items"], json!([]), "{query}");
    }
}

#[tokio::test]
async fn a_range_of_creation_that_no_time_is_in_is_invalid() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (first, second) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    for list in [
        "service-accounts",
        "credentials",
        "audit-events",
        "service-account-counts",
        "credential-counts",
    ] {
        let at = format!("/organizations/acme/{list}");
        for (after, before) in [(second, first), (first, first)] {
            let query = format!("created_after={after}&created_before={before}");
            admin.get(&format!("{at}?{query}")).await.is_invalid("created_before");
        }
        admin.get(&format!("{at}?created_after={first}&created_before={second}")).await.body(200);
    }
}

#[tokio::test]
async fn an_export_takes_no_parameter_that_it_does_not_know() {
    let world = World::new().await;
    let admin = world.admin().await;
    let export = admin.request(Method::GET, "/organizations/acme/audit-events?action=role.grant");
    let reply = Reply::of(export.header("accept", "application/x-ndjson")).await;
    reply.is_invalid("action");
}
