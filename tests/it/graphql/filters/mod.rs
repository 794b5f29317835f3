//! Filters and orders of lists, against a sort and a filter in memory.

mod active_credentials;
mod apis;
mod audit_events;
mod credentials;
mod holders;
mod invalid;
mod plans;
mod service_accounts;
mod statements;
mod surfaces;
mod unused;

use chrono::{DateTime, TimeDelta, Utc};
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Caller, ClientKeys, World};

const ACCOUNTS: &str = r#"
    query($first: Int, $after: String, $last: Int, $before: String, $filter: ServiceAccountFilter, $orderBy: ServiceAccountOrder) {
      organization(id: "acme") {
        list: serviceAccounts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
          totalCount
          nodes { id name createdAt disabledAt roles { label } credentials { nodes { clientId lastUsedAt } } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
"#;

const CREDENTIALS: &str = r#"
    query($first: Int, $after: String, $last: Int, $before: String, $filter: CredentialFilter, $orderBy: CredentialOrder) {
      organization(id: "acme") {
        list: credentials(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
          totalCount
          nodes { id clientId name createdAt expiresAt lastUsedAt disabledAt authMethod restrictions { tokenLifetime } serviceAccount { id } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
"#;

const NAMES: [&str; 7] = ["beta", "Beta", "ALPHA", "ärzte", "50% off_", "Zoë 🚪", "a\\'b"];

/// Accounts and credentials of all kinds, an admin, and the time between their creation and now.
async fn filled() -> (World, Caller, DateTime<Utc>) {
    let world = World::new().await;
    let early = world.account(&[Role::Viewer]).await;
    world.sign_in(&early).await;
    let middle = world.now() + TimeDelta::days(1);
    world.clock.advance(TimeDelta::days(2));
    let admin = world.admin().await;
    for name in NAMES {
        let input = json!({ "organizationId": "acme", "name": name });
        admin.mutate("createServiceAccount", input).await.data("");
    }
    let owner = world.account(&[]).await.id;
    let long = "n".repeat(40);
    let in_days = |days| postern::clock::to_rfc3339(world.now() + TimeDelta::days(days));
    let key = ClientKeys::new("ES256").jwk().to_string();
    for (name, more) in [
        ("expiring", json!({ "expiresAt": in_days(3) })),
        ("Expiring later", json!({ "expiresAt": in_days(30) })),
        (long.as_str(), json!({ "restrictions": { "tokenLifetime": 600 } })),
        (&format!("{long}b"), json!({ "publicKey": key })),
        (&format!("{long}a"), json!({})),
    ] {
        let mut input = json!({ "serviceAccountId": owner, "name": name });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        admin.mutate("createCredential", input).await.data("");
    }
    let disabled = world.account(&[]).await;
    admin.mutate("disableServiceAccount", json!({ "id": disabled.id })).await.data("");
    let disabled = world.account(&[]).await;
    admin.mutate("disableCredential", json!({ "id": disabled.credential })).await.data("");
    (world, admin, middle)
}

async fn list(caller: &Caller, query: &str, arguments: Value) -> Value {
    caller.graphql(query, arguments).await.data("/organization/list")
}

async fn nodes(caller: &Caller, query: &str, filter: Value) -> Vec<Value> {
    let page = list(caller, query, json!({ "first": 100, "filter": filter })).await;
    let nodes = page["nodes"].as_array().expect("nodes").clone();
    assert_eq!(page["totalCount"], nodes.len(), "{filter}");
    nodes
}

/// The ids of nodes; of grants, those of their service accounts.
fn ids(nodes: &[Value]) -> Vec<String> {
    let id = |node: &Value| node.get("id").unwrap_or(&node["serviceAccount"]["id"]).clone();
    nodes.iter().map(|node| id(node).as_str().expect("an id").to_owned()).collect()
}

/// All ids, page by page, forward or backward.
async fn walk(caller: &Caller, query: &str, order: &Value, size: usize, back: bool) -> Vec<String> {
    walk_filtered(caller, query, (&Value::Null, order), size, back).await
}

/// The same, of those that match a filter.
async fn walk_filtered(
    caller: &Caller,
    query: &str,
    (filter, order): (&Value, &Value),
    size: usize,
    back: bool,
) -> Vec<String> {
    let (count, cursor, edge, more) = match back {
        true => ("last", "before", "startCursor", "hasPreviousPage"),
        false => ("first", "after", "endCursor", "hasNextPage"),
    };
    let (mut all, mut at) = (Vec::new(), Value::Null);
    for step in 0.. {
        assert!(step < 50, "the walk does not end");
        let slice = json!({ count: size, cursor: at, "filter": filter, "orderBy": order });
        let page = list(caller, query, slice).await;
        let other = if back { "hasNextPage" } else { "hasPreviousPage" };
        assert_eq!(page["pageInfo"][other], !all.is_empty(), "{order}");
        let found = ids(page["nodes"].as_array().expect("nodes"));
        if back {
            all.splice(0..0, found);
        } else {
            all.extend(found);
        }
        if page["pageInfo"][more] == false {
            break;
        }
        at = page["pageInfo"][edge].clone();
    }
    all
}

/// The key of a node, as documented for the order.
fn key(node: &Value, field: &str) -> String {
    let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
    match field {
        "NAME" => text("name").to_ascii_lowercase().chars().take(32).collect(),
        "EXPIRES_AT" => node["expiresAt"].as_str().unwrap_or("~").to_owned(),
        "LAST_USED_DAY" => text("lastUsedAt").chars().take(10).collect(),
        _ => text("createdAt"),
    }
}

async fn is_ordered(caller: &Caller, query: &str, fields: &[&str]) {
    let mut all = nodes(caller, query, Value::Null).await;
    for field in fields {
        for direction in ["ASC", "DESC"] {
            all.sort_by_key(|node| (key(node, field), node["id"].to_string()));
            if direction == "DESC" {
                all.reverse();
            }
            let order = json!({ "field": field, "direction": direction });
            for (size, back) in [(1, false), (3, false), (4, true), (100, true)] {
                let walked = walk(caller, query, &order, size, back).await;
                assert_eq!(walked, ids(&all), "{order} {size} {back}");
            }
        }
    }
}

/// Compares a filter with a condition in memory, which must match some and not all.
async fn matches(caller: &Caller, query: &str, filter: Value, expected: impl Fn(&Value) -> bool) {
    let all = nodes(caller, query, Value::Null).await;
    let kept: Vec<_> = all.iter().filter(|node| expected(node)).cloned().collect();
    assert!(
        !kept.is_empty() && kept.len() < all.len(),
        "{filter}: {} of {}",
        kept.len(),
        all.len()
    );
    assert_eq!(ids(&nodes(caller, query, filter.clone()).await), ids(&kept), "{filter}");
}

fn before(node: &Value, field: &str, time: &str) -> bool {
    node[field].as_str().is_some_and(|at| at < time)
}

#[tokio::test]
async fn every_order_returns_every_row_once_in_both_directions() {
    let (_world, admin, _) = Box::pin(filled()).await;
    is_ordered(&admin, ACCOUNTS, &["CREATED_AT", "NAME"]).await;
    let fields = ["CREATED_AT", "NAME", "EXPIRES_AT", "LAST_USED_DAY"];
    is_ordered(&admin, CREDENTIALS, &fields).await;
}

#[tokio::test]
async fn a_filtered_page_takes_as_many_statements_as_an_unfiltered_one() {
    let (_world, admin, middle) = Box::pin(filled()).await;
    let query = r#"
        query($filter: CredentialFilter, $accounts: ServiceAccountFilter) {
          organization(id: "acme") {
            credentials(filter: $filter, orderBy: { field: NAME, direction: DESC }) { nodes { id } }
            serviceAccounts(filter: $accounts) { nodes { id } }
          }
        }
    "#;
    let (_, plain) = _world.count(admin.graphql(query, json!({}))).await;
    let since = postern::clock::to_rfc3339(middle);
    let filters = json!({
        "filter": { "status": "ACTIVE", "unusedSince": since, "unrestricted": true },
        "accounts": { "role": "org_viewer", "unusedSince": since, "hasNoActiveCredential": false },
    });
    let (_, filtered) = _world.count(admin.graphql(query, filters)).await;
    assert_eq!((plain, filtered), (3, 3), "who calls, and a page each");
}
