//! The indexes of filters. Only SQLite is asked: the plans of PostgreSQL depend on the number of rows.

use postern::server::maintenance;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use super::{ACCOUNTS, CREDENTIALS, apis, filled, list};
use crate::graphql::api;
use crate::support::{Caller, World};

const EVENTS: &str = r#"
    query($first: Int, $after: String, $filter: AuditEventFilter, $orderBy: AuditEventOrder) {
      organization(id: "acme") {
        list: auditEvents(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
          nodes { id }
          pageInfo { endCursor }
        }
      }
    }
"#;

/// The steps of the plan of the page with a filter.
async fn plan(world: &World, admin: &Caller, query: &str, filter: &Value) -> String {
    let page = json!({ "first": 2, "filter": filter });
    let query = query.replace("totalCount", "");
    plan_of(world, admin, (&query, page), r#"AS "behind""#).await
}

/// The steps of the plan of the statement of a query that contains `part`.
async fn plan_of(
    world: &World,
    admin: &Caller,
    (query, variables): (&str, Value),
    part: &str,
) -> String {
    let about = variables.to_string();
    let statements = world.last_statements(admin.graphql(query, variables)).await;
    let page = statements.iter().find(|sql| sql.contains(part));
    let page = page.unwrap_or_else(|| panic!("no {part} with {about}: {statements:?}"));
    let explained = format!("EXPLAIN QUERY PLAN {page}");
    let explained = Statement::from_string(DbBackend::Sqlite, explained);
    let steps = world.app.db.reader().query_all_raw(explained).await.expect("a plan");
    let steps = steps.iter().map(|step| step.try_get::<String>("", "detail").expect("a detail"));
    steps.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn each_filter_is_served_by_its_index_in_sqlite() {
    let world = World::new().await;
    if !world.app.db.is_sqlite() {
        return;
    }
    let admin = world.admin().await;
    let at = postern::clock::to_rfc3339(world.now());
    let id = world.admin_account().id;
    let created = api::register(&admin, "acme", "https://orders.test").await;
    let api_id = created.data("/createApi/api/id");
    let accounts = [
        (json!({}), "service_accounts_of_tenant"),
        (json!({ "query": "name" }), "service_account_names VIRTUAL TABLE"),
        (json!({ "externalId": "none" }), "service_accounts_external_id"),
        (
            json!({ "clientId": world.admin_account().client_id }),
            "sqlite_autoindex_credentials_2 (client_id=?)",
        ),
        (json!({ "role": "org_viewer" }), "role_bindings_by_role"),
        (json!({ "apiScope": { "apiId": api_id } }), "api_grants_of_api"),
        (json!({ "status": "DISABLED" }), "service_accounts_disabled"),
        (json!({ "unusedSince": at }), "service_accounts_used_by_day"),
        (json!({ "hasNoActiveCredential": true }), "service_accounts_ending"),
        (json!({ "createdBefore": at }), "service_accounts_of_tenant"),
    ];
    let credentials = [
        (json!({}), "credentials_by_creation"),
        (json!({ "serviceAccountId": id }), "credentials_of_account_in_organization"),
        (json!({ "status": "DISABLED" }), "credentials_disabled"),
        (json!({ "status": "RETIRING" }), "credentials_rotating"),
        (json!({ "status": "EXPIRED" }), "credentials_by_expiry"),
        (json!({ "status": "ACCOUNT_DISABLED" }), "credentials_by_account_status"),
        (json!({ "expiresBefore": at }), "credentials_by_expiry"),
        (json!({ "unusedSince": at }), "credentials_by_usage"),
        (json!({ "neverUsed": true }), "credentials_never_used"),
        (json!({ "neverUsed": false }), "credentials_by_usage"),
        (json!({ "authMethod": "PRIVATE_KEY_JWT" }), "credentials_with_public_key"),
        (json!({ "unrestricted": false }), "credentials_restricted"),
    ];
    let events = [
        (json!({}), "audit_events_of_tenant"),
        (json!({ "types": ["CREDENTIAL_CREATE"] }), "audit_events_by_action"),
        (json!({ "types": ["CREDENTIAL_CREATE", "ROLE_GRANT"] }), "audit_events_by_action"),
        (json!({ "outcome": "DENIED" }), "audit_events_by_outcome"),
        (json!({ "actorId": id }), "audit_events_by_actor"),
        (json!({ "targetId": id }), "audit_events_by_target"),
        (json!({ "credentialId": id }), "audit_events_by_credential"),
        (json!({ "requestId": "none" }), "audit_events_by_request"),
        (json!({ "createdBefore": at }), "audit_events_of_tenant"),
    ];
    // Many rows are found in the order of the list, without a sort.
    let expiring = plan(&world, &admin, CREDENTIALS, &json!({ "expiresBefore": at })).await;
    let by_creation = "SEARCH credentials USING INDEX credentials_by_creation (organization_id=?)";
    assert!(expiring.contains(by_creation), "{expiring}");
    // Both directions of the order of grants are those of one index.
    let grants = apis::grants_of(&api_id);
    for direction in ["ASC", "DESC"] {
        let order = format!("ApiGrantOrder = {{ field: CREATED_AT, direction: {direction} }}");
        let query = grants.replace("ApiGrantOrder", &order);
        let plan = plan(&world, &admin, &query, &json!({})).await;
        assert!(plan.contains("api_grants USING INDEX api_grants_by_creation"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
    let mut different = Vec::new();
    let accounts = accounts.map(|(filter, index)| (ACCOUNTS, filter, index));
    let credentials = credentials.map(|(filter, index)| (CREDENTIALS, filter, index));
    let events = events.map(|(filter, index)| (EVENTS, filter, index));
    for (query, filter, index) in accounts.into_iter().chain(credentials).chain(events) {
        let plan = plan(&world, &admin, query, &filter).await;
        if !plan.contains(&format!(" {index}")) {
            different.push(format!("{filter} without {index}:\n{plan}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}

#[tokio::test]
async fn apis_and_their_holders_are_served_by_indexes_in_sqlite() {
    let world = World::new().await;
    if !world.app.db.is_sqlite() {
        return;
    }
    let admin = world.admin().await;
    let created = api::register(&admin, "acme", "https://orders.test").await;
    let apis = r#"query($filter: ApiFilter) { organization(id: "acme") { apis(filter: $filter) { id } } }"#;
    let filter = json!({ "filter": { "query": "orders" } });
    let plan = plan_of(&world, &admin, (apis, filter), r#"FROM "apis""#).await;
    assert!(plan.contains("INDEX apis_of_tenant (organization_id=?)"), "{plan}");
    let grants = "query($id: ID!, $scope: String) {
      node(id: $id) { ... on Api { grants(first: 2, scope: $scope) { nodes { scopes } } } }
    }";
    for scope in [Value::Null, json!("read")] {
        let variables = json!({ "id": created.data("/createApi/api/id"), "scope": scope });
        let plan = plan_of(&world, &admin, (grants, variables), r#"AS "behind""#).await;
        assert!(plan.contains("INDEX api_grants_by_creation (api_id=?"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[tokio::test]
async fn each_order_is_served_by_its_index_after_a_cursor_in_sqlite() {
    let (world, admin, _) = Box::pin(filled()).await;
    if !world.app.db.is_sqlite() {
        return;
    }
    for (query, field, index, key) in [
        (ACCOUNTS, "CREATED_AT", "service_accounts_of_tenant", "created_at"),
        (ACCOUNTS, "NAME", "service_accounts_by_name", "name_key"),
        (CREDENTIALS, "CREATED_AT", "credentials_by_creation", "created_at"),
        (CREDENTIALS, "NAME", "credentials_by_name", "name_key"),
        (CREDENTIALS, "EXPIRES_AT", "credentials_by_expiry", "expiry_key"),
        (CREDENTIALS, "LAST_USED_DAY", "credentials_by_usage", "last_used_day"),
        (EVENTS, "CREATED_AT", "audit_events_of_tenant", "created_at"),
    ] {
        for (direction, beyond) in [("ASC", '>'), ("DESC", '<')] {
            let order = json!({ "field": field, "direction": direction });
            let first = list(&admin, query, json!({ "first": 2, "orderBy": order })).await;
            let after = &first["pageInfo"]["endCursor"];
            let page = json!({ "first": 2, "after": after, "orderBy": order });
            let query = query.replace("totalCount", "");
            let plan = plan_of(&world, &admin, (&query, page), r#"AS "behind""#).await;
            let range = format!("INDEX {index} (organization_id=? AND ({key},id){beyond}(?,?))");
            assert!(plan.contains(&range), "{field} {direction} without {range}:\n{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{field} {direction}:\n{plan}");
        }
    }
}

#[tokio::test]
async fn maintenance_merges_the_parts_of_the_index_of_names_in_sqlite() {
    let world = World::new().await;
    if !world.app.db.is_sqlite() {
        return;
    }
    let parts = async || {
        let count = "SELECT count(DISTINCT segid) AS parts FROM service_account_names_idx";
        let count = Statement::from_string(DbBackend::Sqlite, count);
        let row = world.app.db.reader().query_one_raw(count).await.expect("read").expect("a row");
        row.try_get::<i64>("", "parts").expect("a number")
    };
    for _ in 0..3 {
        world.account(&[]).await;
    }
    assert!(parts().await > 1);
    maintenance::maintain(&world.app).await;
    assert_eq!(parts().await, 1);
}
