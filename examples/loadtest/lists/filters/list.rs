//! The lists, with their filters and orders.

use postern::clock;
use serde_json::{Value, json};

use crate::installation::Installation;

/// A list of an organization.
pub struct List {
    /// The name of its field.
    pub field: &'static str,
    /// The names of the types of its filter and its order.
    types: [&'static str; 2],
    /// The fields that it is ordered by.
    pub orders: &'static [&'static str],
    /// The filters to measure.
    filters: Vec<Value>,
}

impl List {
    /// The query of one page.
    pub fn document(&self) -> String {
        let ([filter, order], field) = (self.types, self.field);
        format!(
            "query($first: Int = 50, $after: String, $filter: {filter}, $orderBy: {order}) {{
              organization(id: \"load\") {{
                list: {field}(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {{
                  pageInfo {{ hasNextPage hasPreviousPage startCursor }}
                  nodes {{ id createdAt }}
                }}
              }}
            }}"
        )
    }

    /// The plain page, and one for each filter and order.
    pub fn variables(&self) -> Vec<Value> {
        let order = |field| json!({ "orderBy": { "field": field, "direction": "DESC" } });
        let filters = self.filters.iter().map(|filter| json!({ "filter": filter }));
        let orders = self.orders.iter().map(order);
        std::iter::once(json!({})).chain(filters).chain(orders).collect()
    }
}

/// The lists that are measured.
pub fn lists(of: &Installation) -> [List; 3] {
    let (account, at) = (of.admin.service_account.id.as_str(), "2999-01-01T00:00:00Z");
    let now = clock::to_rfc3339(of.app.clock.now());
    [
        List {
            field: "serviceAccounts",
            types: ["ServiceAccountFilter", "ServiceAccountOrder"],
            orders: &["CREATED_AT", "NAME"],
            filters: vec![
                json!({ "externalId": "none" }),
                json!({ "query": "count" }),
                json!({ "query": "count 1" }),
                json!({ "query": "count 4217" }),
                json!({ "query": "no such name" }),
                json!({ "clientId": of.client_ids[0] }),
                json!({ "role": "org_viewer" }),
                json!({ "status": "DISABLED" }),
                json!({ "unusedSince": now }),
                json!({ "hasNoActiveCredential": true }),
                json!({ "hasNoActiveCredential": false }),
                json!({ "createdBefore": at }),
            ],
        },
        List {
            field: "credentials",
            types: ["CredentialFilter", "CredentialOrder"],
            orders: &["CREATED_AT", "NAME", "EXPIRES_AT", "LAST_USED_DAY"],
            filters: vec![
                json!({ "clientId": of.client_ids[0] }),
                json!({ "serviceAccountId": account }),
                json!({ "status": "ACTIVE" }),
                json!({ "status": "DISABLED" }),
                json!({ "status": "EXPIRED" }),
                json!({ "status": "RETIRING" }),
                json!({ "status": "RETIRED" }),
                json!({ "status": "ACCOUNT_DISABLED" }),
                json!({ "expiresBefore": at }),
                json!({ "unusedSince": now }),
                json!({ "neverUsed": true }),
                json!({ "neverUsed": false }),
                json!({ "authMethod": "PRIVATE_KEY_JWT" }),
                json!({ "unrestricted": false }),
            ],
        },
        List {
            field: "auditEvents",
            types: ["AuditEventFilter", "AuditEventOrder"],
            orders: &["CREATED_AT"],
            filters: vec![
                json!({ "types": ["CREDENTIAL_DELETE"] }),
                json!({ "types": ["CREDENTIAL_CREATE", "CREDENTIAL_DELETE"] }),
                json!({ "types": ["ORGANIZATION_UPDATE"] }),
                json!({ "outcome": "SUCCESS" }),
                json!({ "outcome": "DENIED" }),
                json!({ "outcome": "FAILED" }),
                json!({ "actorId": account }),
                json!({ "targetId": of.admin.credential.id.as_str() }),
                json!({ "credentialId": of.admin.credential.id.as_str() }),
                json!({ "requestId": "no such request" }),
                json!({ "createdBefore": at }),
            ],
        },
    ]
}
