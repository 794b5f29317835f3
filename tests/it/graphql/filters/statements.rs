//! The statements of filtered and ordered pages.

use serde_json::{Value, json};

use super::filled;
use crate::graphql::api;
use crate::support::{Caller, World};

/// Who calls, with the organization; and the page.
const MOST: usize = 2;

async fn takes_two(
    world: &World,
    caller: &Caller,
    list: &str,
    kinds: [&str; 2],
    filters: &[Value],
) {
    let [filter, order] = kinds;
    let query = format!(
        "query($filter: {filter}, $orderBy: {order}) {{
          organization(id: \"acme\") {{
            {list}(first: 2, filter: $filter, orderBy: $orderBy) {{
              nodes {{ id }}
              pageInfo {{ hasNextPage hasPreviousPage }}
            }}
          }}
        }}"
    );
    for filter in filters {
        for direction in ["ASC", "DESC"] {
            let order = json!({ "field": "CREATED_AT", "direction": direction });
            let variables = json!({ "filter": filter, "orderBy": order });
            let (reply, count) = world.count(caller.graphql(&query, variables)).await;
            let nodes = reply.data(&format!("/organization/{list}/nodes"));
            assert!(nodes.is_array(), "{list} {filter}: {nodes}");
            assert!(count <= MOST, "{list} {filter}: {count} statements");
        }
    }
}

#[tokio::test]
async fn a_page_takes_two_statements_with_each_filter() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let at = postern::clock::to_rfc3339(middle);
    let created = api::register(&admin, "acme", "https://orders.test").await;
    let api_id = created.data("/createApi/api/id");
    let account = world.admin_account();
    let client_id = account.client_id.as_str();
    let accounts = [
        json!({}),
        json!({ "query": "a" }),
        json!({ "query": "no such name" }),
        json!({ "externalId": "none" }),
        json!({ "clientId": client_id }),
        json!({ "role": "org_viewer" }),
        json!({ "apiScope": { "apiId": api_id } }),
        json!({ "apiScope": { "apiId": api_id, "scope": "read" } }),
        json!({ "status": "ACTIVE" }),
        json!({ "status": "DISABLED" }),
        json!({ "unusedSince": at }),
        json!({ "hasNoActiveCredential": true }),
        json!({ "hasNoActiveCredential": false }),
        json!({ "createdAfter": at }),
        json!({ "createdBefore": at }),
    ];
    let kinds = ["ServiceAccountFilter", "ServiceAccountOrder"];
    takes_two(&world, &admin, "serviceAccounts", kinds, &accounts).await;

    let mut credentials = vec![
        json!({}),
        json!({ "clientId": client_id }),
        json!({ "serviceAccountId": account.id }),
        json!({ "expiresBefore": at }),
        json!({ "unusedSince": at }),
        json!({ "neverUsed": true }),
        json!({ "neverUsed": false }),
        json!({ "authMethod": "PRIVATE_KEY_JWT" }),
        json!({ "unrestricted": true }),
        json!({ "unrestricted": false }),
        json!({ "createdAfter": at, "createdBefore": "9999-01-01T00:00:00Z" }),
    ];
    for status in ["ACTIVE", "DISABLED", "EXPIRED", "RETIRING", "RETIRED", "ACCOUNT_DISABLED"] {
        credentials.push(json!({ "status": status }));
    }
    let kinds = ["CredentialFilter", "CredentialOrder"];
    takes_two(&world, &admin, "credentials", kinds, &credentials).await;

    let events = [
        json!({}),
        json!({ "types": ["CREDENTIAL_CREATE", "CREDENTIAL_DISABLE"] }),
        json!({ "outcome": "DENIED" }),
        json!({ "actorId": account.id }),
        json!({ "targetId": account.id }),
        json!({ "credentialId": account.credential }),
        json!({ "requestId": "none" }),
        json!({ "createdAfter": at }),
    ];
    let kinds = ["AuditEventFilter", "AuditEventOrder"];
    takes_two(&world, &admin, "auditEvents", kinds, &events).await;
}
