//! The statements of pages of all lists, over both surfaces: after a cursor and in each order.

use serde_json::{Value, json};

use crate::graphql::api;
use crate::support::{Account, Caller, World};

/// 40 accounts with a credential, which hold a scope of an API.
async fn filled() -> (World, Caller, Vec<Account>, Value) {
    let world = World::new().await;
    let admin = world.admin().await;
    let accounts = world.accounts(40).await;
    let registered = api::register(&admin, "acme", "https://orders.test").await;
    let api = registered.data("/createApi/api/id");
    for account in &accounts {
        api::grant(&admin, account, &api, &["read"]).await;
    }
    (world, admin, accounts, api)
}

/// The orders of each connection of the organization.
const ORDERS: &[(&str, &str, &[&str])] = &[
    ("serviceAccounts", "ServiceAccountOrder", &["CREATED_AT", "NAME"]),
    ("credentials", "CredentialOrder", &["CREATED_AT", "NAME", "EXPIRES_AT", "LAST_USED_DAY"]),
    ("auditEvents", "AuditEventOrder", &["CREATED_AT"]),
];

#[tokio::test]
async fn a_page_takes_two_statements_in_each_order_and_after_a_cursor() {
    let (world, admin, ..) = Box::pin(filled()).await;
    for (list, input, fields) in ORDERS {
        let query = format!(
            "query($orderBy: {input}, $after: String) {{
              organization(id: \"acme\") {{
                {list}(first: 20, orderBy: $orderBy, after: $after) {{
                  nodes {{ id }}
                  pageInfo {{ endCursor hasNextPage hasPreviousPage }}
                }}
              }}
            }}"
        );
        let orders = fields.iter().flat_map(|field| [(field, "ASC"), (field, "DESC")]);
        for (field, direction) in orders {
            let mut after = Value::Null;
            for page in ["the first page", "the page after it"] {
                let order = json!({ "field": field, "direction": direction });
                let variables = json!({ "orderBy": order, "after": after });
                let (reply, count) = world.count(admin.graphql(&query, variables)).await;
                let found = reply.data(&format!("/organization/{list}"));
                let nodes = found["nodes"].as_array().map(Vec::len);
                assert_eq!(nodes, Some(20), "{list} {field}: {page}");
                assert_eq!(count, 2, "who calls, and {page}: {list} by {field} {direction}");
                after = found["pageInfo"]["endCursor"].clone();
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_holders_of_an_api_takes_as_many_statements_for_40_as_for_two() {
    let (world, admin, _, api) = Box::pin(filled()).await;
    let query = r"
        query($api: ID!, $first: Int!, $after: String) {
          node(id: $api) {
            ... on Api {
              grants(first: $first, after: $after) {
                nodes { scopes serviceAccount { name status } }
                pageInfo { startCursor hasNextPage hasPreviousPage }
              }
            }
          }
        }
    ";
    let mut after = Value::Null;
    for (first, expected) in [(2, 2), (40, 39)] {
        let variables = json!({ "api": api, "first": first, "after": after });
        let (reply, count) = world.count(admin.graphql(query, variables)).await;
        let page = reply.data("/node/grants");
        assert_eq!(page["nodes"].as_array().map(Vec::len), Some(expected));
        assert!(page["nodes"][1]["serviceAccount"]["name"].is_string(), "{page}");
        assert_eq!(count, 4, "who calls, the API, the page, the accounts");
        after = page["pageInfo"]["startCursor"].clone();
    }
}

/// The lists of REST, with the statements of a page: who calls, the page, and those that are named.
/// `API` and `ACCOUNT` stand for ids.
const REST: &[(&str, usize)] = &[
    ("service-accounts?", 2),
    ("service-accounts?order_by=name&direction=desc&", 2),
    ("service-accounts?expand=permissions,status&", 2),
    ("credentials?", 2),
    ("credentials?order_by=name&", 2),
    ("credentials?order_by=expires_at&", 2),
    ("credentials?order_by=last_used_day&direction=desc&", 2),
    ("credentials?expand=permissions,status,usage&", 2),
    // The credentials that they replace.
    ("credentials?expand=replaces&", 3),
    ("audit-events?", 2),
    ("audit-events?direction=desc&", 2),
    // The API.
    ("apis/API/grants?", 3),
    ("apis/API/grants?scope=read&", 3),
    // The account.
    ("service-accounts/ACCOUNT/credentials?", 3),
];

#[tokio::test]
async fn a_page_over_rest_takes_as_many_statements_for_40_items_as_for_two() {
    let (world, admin, accounts, api) = Box::pin(filled()).await;
    for _ in 0..3 {
        let input = json!({ "serviceAccountId": accounts[0].id, "name": "More" });
        admin.mutate("createCredential", input).await.data("");
    }
    let api = api.as_str().expect("an id");
    for (list, expected) in REST {
        let list = list.replace("API", api).replace("ACCOUNT", &accounts[0].id);
        let mut after = String::new();
        for limit in [2, 40] {
            let path = format!("/organizations/acme/{list}limit={limit}{after}");
            let (reply, count) = world.count(admin.get(&path)).await;
            let page = reply.body(200);
            assert!(page["items"].as_array().is_some_and(|it| it.len() > 1), "{list} {page}");
            assert_eq!(count, *expected, "{list} {limit}");
            let end = page["page_info"]["end_cursor"].as_str().expect("a cursor");
            after = format!("&after={end}");
        }
    }
}
