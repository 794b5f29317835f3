//! Filters that cannot be, and those that would reveal something.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::json;

use super::{ACCOUNTS, CREDENTIALS, filled, list};

#[tokio::test]
async fn a_filter_that_cannot_match_and_a_cursor_of_another_list_are_invalid() {
    let (world, admin, _) = Box::pin(filled()).await;
    let now = postern::clock::to_rfc3339(world.now());
    let tomorrow = postern::clock::to_rfc3339(world.now() + TimeDelta::days(1));
    let order = |field: &str| json!({ "field": field, "direction": "ASC" });
    let page = list(&admin, ACCOUNTS, json!({ "first": 2, "orderBy": order("NAME") })).await;
    let cursor = page["pageInfo"]["endCursor"].clone();
    for (query, arguments, field) in [
        (ACCOUNTS, json!({ "filter": { "query": "" } }), "filter.query"),
        (ACCOUNTS, json!({ "filter": { "query": "x".repeat(101) } }), "filter.query"),
        (ACCOUNTS, json!({ "filter": { "clientId": "short" } }), "filter.clientId"),
        (ACCOUNTS, json!({ "filter": { "role": "Org Admin" } }), "filter.role"),
        (ACCOUNTS, json!({ "filter": { "apiScope": { "apiId": "x" } } }), "filter.apiScope.apiId"),
        (
            CREDENTIALS,
            json!({ "filter": { "createdAfter": now, "createdBefore": now } }),
            "filter.createdBefore",
        ),
        (
            ACCOUNTS,
            json!({ "filter": { "createdAfter": tomorrow, "createdBefore": now } }),
            "filter.createdBefore",
        ),
        (CREDENTIALS, json!({ "filter": { "serviceAccountId": "x" } }), "filter.serviceAccountId"),
        (ACCOUNTS, json!({ "filter": { "unusedSince": tomorrow } }), "filter.unusedSince"),
        (CREDENTIALS, json!({ "filter": { "unusedSince": tomorrow } }), "filter.unusedSince"),
        (ACCOUNTS, json!({ "after": cursor }), "after"),
        (ACCOUNTS, json!({ "before": cursor }), "before"),
        (ACCOUNTS, json!({ "after": cursor, "orderBy": order("CREATED_AT") }), "after"),
        (
            ACCOUNTS,
            json!({ "after": cursor, "orderBy": { "field": "NAME", "direction": "DESC" } }),
            "after",
        ),
        (
            ACCOUNTS,
            json!({ "after": cursor, "orderBy": order("NAME"), "filter": { "query": "a" } }),
            "after",
        ),
        (CREDENTIALS, json!({ "after": cursor, "orderBy": order("NAME") }), "after"),
    ] {
        let reply = admin.graphql(query, arguments.clone()).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let extensions = &reply.json()["errors"][0]["extensions"];
        assert_eq!(extensions["field"], field, "{arguments}");
    }
}

const EVENTS: &str = r#"
    query($first: Int, $after: String, $before: String, $filter: AuditEventFilter, $orderBy: AuditEventOrder) {
      organization(id: "acme") {
        list: auditEvents(first: $first, after: $after, before: $before, filter: $filter, orderBy: $orderBy) {
          nodes { id }
          pageInfo { endCursor }
        }
      }
    }
"#;

#[tokio::test]
async fn an_audit_filter_that_cannot_match_and_a_cursor_of_another_order_are_invalid() {
    let (world, admin, _) = Box::pin(filled()).await;
    let now = postern::clock::to_rfc3339(world.now());
    let tomorrow = postern::clock::to_rfc3339(world.now() + TimeDelta::days(1));
    let range = |after: &str, before: &str| json!({ "filter": { "createdAfter": after, "createdBefore": before } });
    let newest = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let page = list(&admin, EVENTS, json!({ "first": 2, "orderBy": newest })).await;
    let cursor = page["pageInfo"]["endCursor"].clone();
    let page = list(&admin, ACCOUNTS, json!({ "first": 2 })).await;
    let of_accounts = page["pageInfo"]["endCursor"].clone();
    for (arguments, field) in [
        (json!({ "filter": { "types": ["ROLE_GRANT", "NONE"] } }), "filter.types.1"),
        (json!({ "filter": { "types": [] } }), "filter.types"),
        (json!({ "filter": { "outcome": "GONE" } }), "filter.outcome"),
        (json!({ "filter": { "actorId": "" } }), "filter.actorId"),
        (range(&tomorrow, &now), "filter.createdBefore"),
        (range(&now, &now), "filter.createdBefore"),
        (json!({ "orderBy": { "field": "NAME", "direction": "ASC" } }), "orderBy.field"),
        (json!({ "after": cursor }), "after"),
        (json!({ "before": cursor }), "before"),
        (
            json!({ "after": cursor, "orderBy": newest, "filter": { "outcome": "SUCCESS" } }),
            "after",
        ),
        (json!({ "after": of_accounts }), "after"),
    ] {
        let reply = admin.graphql(EVENTS, arguments.clone()).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let extensions = &reply.json()["errors"][0]["extensions"];
        assert_eq!(extensions["field"], field, "{arguments}");
    }
    list(&admin, EVENTS, json!({ "after": cursor, "orderBy": newest })).await;
    for (filter, field) in [
        ("types: [ROLE_GRANT, NONE]", "filter.types.1"),
        ("outcome: GONE", "filter.outcome"),
        (r#"createdAfter: "yesterday""#, "filter.createdAfter"),
    ] {
        let query = format!(
            r#"{{ organization(id: "acme") {{ auditEvents(filter: {{ {filter} }}) {{ nodes {{ id }} }} }} }}"#
        );
        let reply = admin.graphql(&query, json!({})).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{filter}");
    }
}

#[tokio::test]
async fn a_filter_reveals_nothing_that_the_caller_may_not_list() {
    let (world, _, _) = Box::pin(filled()).await;
    let viewer = world.viewer().await;
    for filter in [json!({ "role": "org_admin" }), json!({ "role": "org_viewer", "query": "a" })] {
        let reply = viewer.graphql(ACCOUNTS, json!({ "filter": filter })).await;
        reply.is_graphql_error("FORBIDDEN");
        let extensions = &reply.json()["errors"][0]["extensions"];
        assert_eq!(extensions["permission"], "roles:list");
    }
    let account = world.account(&[Role::Viewer]).await;
    let scope = "organizations:read service_accounts:list service_accounts:read";
    let narrow = world.sign_in_for(&account, Some(scope)).await;
    let filters = [
        json!({ "clientId": world.admin_account().client_id }),
        json!({ "unusedSince": "2026-01-01T00:00:00Z" }),
        json!({ "hasNoActiveCredential": true }),
    ];
    for filter in filters {
        let reply = narrow.graphql(ACCOUNTS, json!({ "filter": filter })).await;
        reply.is_graphql_error("FORBIDDEN");
    }
    narrow.graphql(CREDENTIALS, json!({})).await.is_graphql_error("FORBIDDEN");
    let stranger = world.stranger().await;
    stranger.graphql(CREDENTIALS, json!({})).await.is_graphql_error("NOT_FOUND");
}
