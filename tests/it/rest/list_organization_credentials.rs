//! GET /organizations/{organization_id}/credentials, and the filters of other lists.

use serde_json::Value;

use super::ACCOUNTS;
use crate::support::World;

const PATH: &str = "/organizations/acme/credentials";

fn names(page: &Value, member: &str) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item[member].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn a_page_has_the_credentials_of_all_accounts_with_their_accounts() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let page = admin.get(&format!("{PATH}?order_by=name&direction=desc&expand=permissions")).await;
    let page = page.body(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["permissions"]["service_account_credentials"]["list"], true);
    let found = admin.get(&format!("{PATH}?client_id={}", account.client_id)).await.body(200);
    assert_eq!(names(&found, "id"), [account.credential.as_str()]);
    assert_eq!(names(&found, "service_account_id"), [account.id.as_str()]);
    let next = page["page_info"]["start_cursor"].as_str().expect("a cursor");
    let path = format!("{PATH}?order_by=name&direction=desc&limit=1&after={next}");
    let second = admin.get(&path).await.body(200);
    assert_eq!(names(&second, "id"), names(&page, "id")[1..]);
    admin.get(&format!("{PATH}?after={next}")).await.is_invalid("after");
}

#[tokio::test]
async fn filters_are_validated_by_name() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (path, query, field) in [
        (PATH, "status=WRONG", "status"),
        (PATH, "never_used=maybe", "never_used"),
        (PATH, "expires_before=yesterday", "expires_before"),
        (PATH, "order_by=secret", "order_by"),
        (PATH, "direction=up", "direction"),
        (PATH, "client_id=x", "client_id"),
        (PATH, "service_account_id=x", "service_account_id"),
        (PATH, "auth_method=password", "auth_method"),
        (PATH, "status=ACTIVE&status=EXPIRED", "status"),
        (
            PATH,
            "created_after=2026-11-02T00:00:00Z&created_before=2026-11-01T00:00:00Z",
            "created_before",
        ),
        (ACCOUNTS, "query=", "query"),
        (ACCOUNTS, "api_scope=read", "api_scope"),
        (ACCOUNTS, "api_id=x", "api_id"),
        (ACCOUNTS, "order_by=expires_at", "order_by"),
        ("/organizations/acme/apis", "query=", "query"),
        ("/organizations/acme/audit-events", "types=credential.create,no", "types"),
        ("/organizations/acme/audit-events", "outcome=maybe", "outcome"),
    ] {
        admin.get(&format!("{path}?{query}")).await.is_invalid(field);
    }
}

#[tokio::test]
async fn lists_are_filtered_by_the_same_parts_as_in_graphql() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = world.account(&[postern::authz::Role::Viewer]).await;
    for (path, query, count) in [
        (ACCOUNTS, "query=ADMINI", 1),
        (ACCOUNTS, "role=org_viewer", 1),
        (ACCOUNTS, "status=DISABLED", 0),
        (ACCOUNTS, "has_no_active_credential=false&order_by=name", 2),
        (ACCOUNTS, "unused_since=2020-01-01T00:00:00Z", 0),
        (PATH, "never_used=true", 1),
        (PATH, "status=ACTIVE&unrestricted=true&auth_method=client_secret", 2),
        ("/organizations/acme/audit-events", "types=role.grant&direction=desc", 2),
    ] {
        let page = admin.get(&format!("{path}?{query}")).await.body(200);
        let items = page["items"].as_array().map(Vec::len);
        assert_eq!(items, Some(count), "{path}?{query} {}", account.id);
    }
}
