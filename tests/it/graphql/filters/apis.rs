//! Orders of APIs; filters and orders of the grants of an API.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ids, key, list, nodes, walk_filtered};
use crate::graphql::api::{self, register};
use crate::support::{Caller, World};

/// The list of grants of an API, in the place of a list of an organization.
pub(super) fn grants_of(api: &Value) -> String {
    let arguments = "first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy";
    format!(
        "query($first: Int, $after: String, $last: Int, $before: String, $filter: ApiGrantFilter, $orderBy: ApiGrantOrder) {{
          organization: node(id: {api}) {{
            ... on Api {{
              list: grants({arguments}) {{
                totalCount
                nodes {{ scopes serviceAccount {{ id }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
              }}
            }}
          }}
        }}"
    )
}

fn by_creation(direction: &str) -> Value {
    json!({ "field": "CREATED_AT", "direction": direction })
}

/// Grants `scopes` to new accounts at one time; their ids, in the order of the list.
async fn grant_to(
    world: &World,
    (admin, api): (&Caller, &Value),
    count: usize,
    scopes: &[&str],
) -> Vec<String> {
    world.clock.advance(TimeDelta::seconds(1));
    let mut holders = Vec::new();
    for account in world.accounts(count).await {
        api::grant(admin, &account, api, scopes).await;
        holders.push(account.id);
    }
    holders.sort();
    holders
}

#[tokio::test]
async fn apis_are_listed_by_name_and_by_creation_in_both_directions() {
    let world = World::new().await;
    let admin = world.admin().await;
    let long = ["b", "a"].map(|last| "n".repeat(40) + last);
    let names = ["beta", "Beta", "ALPHA", "ärzte", long[0].as_str(), long[1].as_str()];
    for (nth, name) in names.iter().enumerate() {
        if nth % 2 == 0 {
            world.clock.advance(TimeDelta::seconds(1));
        }
        let identifier = format!("https://{nth}.test");
        let input = json!({ "organizationId": "acme", "identifier": identifier, "name": name, "scopes": ["read"] });
        admin.mutate("createApi", input).await.data("");
    }
    let query = r#"
        query($orderBy: ApiOrder, $filter: ApiFilter) {
          organization(id: "acme") { apis(orderBy: $orderBy, filter: $filter) { id name createdAt } }
        }
    "#;
    let apis = async |variables: Value| {
        let apis = admin.graphql(query, variables).await.data("/organization/apis");
        apis.as_array().expect("APIs").clone()
    };
    let mut all = apis(json!({})).await;
    assert_eq!(all.len(), names.len());
    assert_eq!(apis(json!({ "orderBy": by_creation("ASC") })).await, all, "the default");
    for field in ["NAME", "CREATED_AT"] {
        all.sort_by_key(|node| (key(node, field), node["id"].to_string()));
        let order = |direction| json!({ "field": field, "direction": direction });
        assert_eq!(apis(json!({ "orderBy": order("ASC") })).await, all, "{field}");
        let reversed: Vec<_> = all.iter().rev().cloned().collect();
        assert_eq!(apis(json!({ "orderBy": order("DESC") })).await, reversed, "{field}");
    }
    let filtered = json!({ "orderBy": by_creation("DESC"), "filter": { "query": "BETA" } });
    let mut found = apis(filtered).await;
    found.reverse();
    all.retain(|node| key(node, "NAME") == "beta");
    assert_eq!(found, all);
}

#[tokio::test]
async fn each_order_returns_every_grant_of_an_api_once_in_both_directions() {
    let world = World::new().await;
    let admin = world.admin().await;
    let api = register(&admin, "acme", "https://orders.test").await.data("/createApi/api/id");
    let other = register(&admin, "acme", "https://other.test").await.data("/createApi/api/id");
    let mut readers = grant_to(&world, (&admin, &api), 3, &["read"]).await;
    grant_to(&world, (&admin, &other), 1, &["read", "write"]).await;
    let mut writers = grant_to(&world, (&admin, &api), 4, &["read", "write"]).await;
    let last = grant_to(&world, (&admin, &api), 2, &["write"]).await;
    readers.extend(writers.clone());
    let mut all = readers.clone();
    all.extend(last.clone());
    writers.extend(last);
    let query = grants_of(&api);
    for (filter, mut expected) in [
        (json!(null), all.clone()),
        (json!({}), all),
        (json!({ "scope": "read" }), readers),
        (json!({ "scope": "write" }), writers),
        (json!({ "scope": "delete" }), Vec::new()),
    ] {
        assert_eq!(ids(&nodes(&admin, &query, filter.clone()).await), expected, "{filter}");
        for direction in ["ASC", "DESC"] {
            let order = by_creation(direction);
            for (size, back) in [(1, false), (2, false), (2, true), (100, true)] {
                let walked = walk_filtered(&admin, &query, (&filter, &order), size, back).await;
                assert_eq!(walked, expected, "{filter} {order} {size} {back}");
            }
            expected.reverse();
        }
    }
}

#[tokio::test]
async fn a_filter_of_grants_that_cannot_match_and_a_cursor_of_another_list_are_invalid() {
    let world = World::new().await;
    let admin = world.admin().await;
    let api = register(&admin, "acme", "https://orders.test").await.data("/createApi/api/id");
    grant_to(&world, (&admin, &api), 3, &["read"]).await;
    let query = grants_of(&api);
    let page = list(&admin, &query, json!({ "first": 2 })).await;
    let cursor = page["pageInfo"]["endCursor"].clone();
    for (arguments, field) in [
        (json!({ "filter": { "scope": "unknown" } }), "filter.scope"),
        (json!({ "after": cursor, "filter": { "scope": "read" } }), "after"),
        (json!({ "before": cursor, "orderBy": by_creation("DESC") }), "before"),
    ] {
        let reply = admin.graphql(&query, arguments.clone()).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let extensions = &reply.json()["errors"][0]["extensions"];
        assert_eq!(extensions["field"], field, "{arguments}");
    }
    let rest = json!({ "after": cursor, "orderBy": by_creation("ASC") });
    let rest = list(&admin, &query, rest).await;
    assert_eq!(rest["nodes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_deprecated_scope_of_grants_means_the_same_as_the_filter() {
    let world = World::new().await;
    let admin = world.admin().await;
    let api = register(&admin, "acme", "https://orders.test").await.data("/createApi/api/id");
    grant_to(&world, (&admin, &api), 1, &["read"]).await;
    let writers = grant_to(&world, (&admin, &api), 2, &["write"]).await;
    let grants = async |arguments: &str| {
        let query = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Api {{ grants({arguments}) {{ totalCount nodes {{ serviceAccount {{ id }} }} }} }} }} }}"
        );
        admin.graphql(&query, json!({ "id": api })).await
    };
    let old = grants(r#"scope: "write""#).await.data("/node/grants");
    assert_eq!(ids(old["nodes"].as_array().expect("nodes")), writers);
    assert_eq!(old["totalCount"], writers.len());
    assert_eq!(grants(r#"filter: { scope: "write" }"#).await.data("/node/grants"), old);
    for (arguments, field) in [
        (r#"scope: "unknown""#, "scope"),
        (r#"scope: "write", filter: { scope: "write" }"#, "scope"),
        (r#"filter: { scope: "unknown" }"#, "filter.scope"),
    ] {
        let reply = grants(arguments).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{arguments}");
    }
}
