//! The indexes of filters. Only SQLite is asked: the plans of PostgreSQL depend on the number of rows.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use super::{ACCOUNTS, CREDENTIALS};
use crate::graphql::api;
use crate::support::{Caller, World};

/// The steps of the plan of the page with a filter.
async fn plan(world: &World, admin: &Caller, query: &str, filter: &Value) -> String {
    let page = json!({ "first": 2, "filter": filter });
    let query = query.replace("totalCount", "");
    let statements = world.last_statements(admin.graphql(&query, page)).await;
    let page = statements.iter().find(|sql| sql.contains(r#"AS "behind""#));
    let page = page.unwrap_or_else(|| panic!("no page with {filter}: {statements:?}"));
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
        (json!({ "unusedSince": at }), "service_accounts_by_used_day"),
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
    // Many rows are found in the order of the list, without a sort.
    let expiring = plan(&world, &admin, CREDENTIALS, &json!({ "expiresBefore": at })).await;
    let by_creation = "SEARCH credentials USING INDEX credentials_by_creation (organization_id=?)";
    assert!(expiring.contains(by_creation), "{expiring}");
    let mut different = Vec::new();
    let accounts = accounts.map(|(filter, index)| (ACCOUNTS, filter, index));
    let credentials = credentials.map(|(filter, index)| (CREDENTIALS, filter, index));
    for (query, filter, index) in accounts.into_iter().chain(credentials) {
        let plan = plan(&world, &admin, query, &filter).await;
        if !plan.contains(&format!(" {index}")) {
            different.push(format!("{filter} without {index}:\n{plan}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}
