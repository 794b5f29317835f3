//! Filters and orders of lists, against a sort and a filter in memory.

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

fn ids(nodes: &[Value]) -> Vec<String> {
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// All ids, page by page, forward or backward.
async fn walk(caller: &Caller, query: &str, order: &Value, size: usize, back: bool) -> Vec<String> {
    let (count, cursor, edge, more) = match back {
        true => ("last", "before", "startCursor", "hasPreviousPage"),
        false => ("first", "after", "endCursor", "hasNextPage"),
    };
    let (mut all, mut at) = (Vec::new(), Value::Null);
    for step in 0.. {
        assert!(step < 50, "the walk does not end");
        let page = list(caller, query, json!({ count: size, cursor: at, "orderBy": order })).await;
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

#[tokio::test]
async fn every_order_returns_every_row_once_in_both_directions() {
    let (_world, admin, _) = Box::pin(filled()).await;
    is_ordered(&admin, ACCOUNTS, &["CREATED_AT", "NAME"]).await;
    let fields = ["CREATED_AT", "NAME", "EXPIRES_AT", "LAST_USED_DAY"];
    is_ordered(&admin, CREDENTIALS, &fields).await;
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
async fn credentials_are_filtered_by_each_part() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let middle = postern::clock::to_rfc3339(middle);
    let soon = postern::clock::to_rfc3339(world.now() + TimeDelta::days(10));
    let by = async |filter, expected: &dyn Fn(&Value) -> bool| {
        matches(&admin, CREDENTIALS, filter, expected).await;
    };
    let text = |field: &'static str, value: &'static str| move |it: &Value| it[field] == value;
    by(json!({ "unusedSince": middle }), &|it| {
        before(it, "lastUsedAt", &middle)
            || it["lastUsedAt"].is_null() && before(it, "createdAt", &middle)
    })
    .await;
    by(json!({ "neverUsed": true }), &|it| it["lastUsedAt"].is_null()).await;
    by(json!({ "neverUsed": false }), &|it| it["lastUsedAt"].is_string()).await;
    by(json!({ "expiresBefore": soon }), &|it| before(it, "expiresAt", &soon)).await;
    by(json!({ "authMethod": "PRIVATE_KEY_JWT" }), &text("authMethod", "PRIVATE_KEY_JWT")).await;
    by(json!({ "authMethod": "CLIENT_SECRET" }), &text("authMethod", "CLIENT_SECRET")).await;
    by(json!({ "unrestricted": false }), &|it| it["restrictions"].is_object()).await;
    by(json!({ "unrestricted": true }), &|it| it["restrictions"].is_null()).await;
    by(json!({ "createdBefore": middle }), &|it| before(it, "createdAt", &middle)).await;
    by(json!({ "createdAfter": middle }), &|it| !before(it, "createdAt", &middle)).await;
    by(json!({ "status": "DISABLED" }), &|it| it["disabledAt"].is_string()).await;
    let first = world.admin_account();
    by(json!({ "clientId": first.client_id }), &|it| it["clientId"] == first.client_id).await;
    let account = first.id.as_str();
    by(json!({ "serviceAccountId": account }), &|it| it["serviceAccount"]["id"] == account).await;
    let disabled = nodes(&admin, CREDENTIALS, json!({ "status": "ACCOUNT_DISABLED" })).await;
    assert_eq!(disabled.len(), 1);
    world.clock.advance(TimeDelta::days(4));
    let admin = world.admin().await;
    let expired = nodes(&admin, CREDENTIALS, json!({ "status": "EXPIRED" })).await;
    assert_eq!(expired.iter().map(|it| &it["name"]).collect::<Vec<_>>(), ["expiring"]);
}

#[tokio::test]
async fn service_accounts_are_filtered_by_each_part() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let middle = postern::clock::to_rfc3339(middle);
    let by = async |filter, expected: &dyn Fn(&Value) -> bool| {
        matches(&admin, ACCOUNTS, filter, expected).await;
    };
    for query in ["BET", "% off_", "_", "ärz", "🚪", "\\'"] {
        by(json!({ "query": query }), &|it| {
            let name = it["name"].as_str().expect("a name").to_ascii_lowercase();
            name.contains(&query.to_ascii_lowercase())
        })
        .await;
    }
    by(json!({ "role": "org_viewer" }), &|it| it["roles"][0]["label"] == "org_viewer").await;
    by(json!({ "status": "DISABLED" }), &|it| it["disabledAt"].is_string()).await;
    by(json!({ "status": "ACTIVE" }), &|it| it["disabledAt"].is_null()).await;
    by(json!({ "createdBefore": middle }), &|it| before(it, "createdAt", &middle)).await;
    by(json!({ "unusedSince": middle }), &|it| {
        let credentials = it["credentials"]["nodes"].as_array().expect("credentials");
        let unused = |credential: &Value| {
            credential["lastUsedAt"].as_str().is_none_or(|used| used < middle.as_str())
        };
        before(it, "createdAt", &middle) && credentials.iter().all(unused)
    })
    .await;
    by(json!({ "clientId": world.admin_account().client_id }), &|it| it["name"] == "Administrator")
        .await;
    let none = nodes(&admin, ACCOUNTS, json!({ "hasNoActiveCredential": true })).await;
    let some = nodes(&admin, ACCOUNTS, json!({ "hasNoActiveCredential": false })).await;
    // Those without a credential, the disabled one, and the one with a disabled credential.
    assert_eq!(none.len(), NAMES.len() + 2);
    assert_eq!(none.len() + some.len(), nodes(&admin, ACCOUNTS, Value::Null).await.len());
}

#[tokio::test]
async fn holders_of_a_scope_are_found_from_either_side() {
    let (world, admin, _) = Box::pin(filled()).await;
    let holder = world.account(&[]).await.id;
    let input = json!({ "organizationId": "acme", "identifier": "https://x.test", "name": "Orders", "scopes": ["read", "read:all"] });
    let created = admin.mutate_selecting("createApi", input, "api { id }").await;
    let api = created.data("/createApi/api/id");
    let grant = json!({ "serviceAccountId": holder, "apiId": api, "scopes": ["read:all"] });
    admin.mutate("grantApiScopes", grant).await.data("");
    for (scope, count) in [(json!(null), 1), (json!("read:all"), 1), (json!("read"), 0)] {
        let filter = json!({ "apiScope": { "apiId": api, "scope": scope } });
        assert_eq!(nodes(&admin, ACCOUNTS, filter).await.len(), count, "{scope}");
        let query = r#"
            query($api: ID!, $scope: String) {
              node(id: $api) {
                ... on Api {
                  grants(scope: $scope) { totalCount nodes { scopes serviceAccount { id } } }
                }
              }
              organization(id: "acme") { apis(filter: { query: "ORD" }) { name } }
            }
        "#;
        let reply = admin.graphql(query, json!({ "api": api, "scope": scope })).await;
        let grants = reply.data("/node/grants");
        assert_eq!(grants["totalCount"], count);
        if count == 1 {
            let expected = json!({ "scopes": ["read:all"], "serviceAccount": { "id": holder } });
            assert_eq!(grants["nodes"][0], expected);
        }
        assert_eq!(reply.data("/organization/apis/0/name"), "Orders");
    }
}

#[tokio::test]
async fn a_credential_is_found_by_its_client_id_in_its_own_organization_only() {
    let world = World::new().await;
    let (admin, own, other) =
        (world.admin().await, world.account(&[]).await, world.other_tenant().await);
    let query = "query($id: String!, $node: ID!) { credential(clientId: $id) { id } node(id: $node) { id } }";
    let reply = admin.graphql(query, json!({ "id": own.client_id, "node": own.client_id })).await;
    assert_eq!(reply.data("/credential/id"), own.credential.as_str());
    assert_eq!(reply.data("/node/id"), own.credential.as_str());
    for id in [other.client_id.as_str(), "0123456789ABCDEFGHIJK", "", "%"] {
        let reply = admin.graphql(query, json!({ "id": id, "node": id })).await;
        let reply = reply.json();
        assert_eq!(reply["data"], json!({ "credential": null, "node": null }), "{id}");
        assert_eq!(reply["errors"][0]["extensions"]["code"], "NOT_FOUND", "{id}");
    }
}

#[tokio::test]
async fn a_filter_that_cannot_match_and_a_cursor_of_another_list_are_invalid() {
    let (world, admin, _) = Box::pin(filled()).await;
    let now = postern::clock::to_rfc3339(world.now());
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
        (CREDENTIALS, json!({ "filter": { "serviceAccountId": "x" } }), "filter.serviceAccountId"),
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

#[tokio::test]
async fn audit_events_are_filtered_and_ordered() {
    let (world, admin, _) = Box::pin(filled()).await;
    let query = r#"
        query($filter: AuditEventFilter, $direction: OrderDirection!) {
          organization(id: "acme") {
            auditEvents(first: 100, filter: $filter, orderBy: { field: CREATED_AT, direction: $direction }) {
              totalCount
              nodes { id actorId targetId action }
            }
          }
        }
    "#;
    let at = "/organization/auditEvents";
    let events = async |filter: Value, direction| {
        let arguments = json!({ "filter": filter, "direction": direction });
        admin.graphql(query, arguments).await.data(at)
    };
    let mut all = ids(events(Value::Null, "ASC").await["nodes"].as_array().expect("nodes"));
    all.reverse();
    assert_eq!(ids(events(Value::Null, "DESC").await["nodes"].as_array().expect("nodes")), all);
    let created = events(json!({ "types": ["CREDENTIAL_DISABLE"] }), "DESC").await;
    assert_eq!(created["totalCount"], 1);
    let target = created["nodes"][0]["targetId"].clone();
    let of_target = events(json!({ "targetId": target, "outcome": "SUCCESS" }), "ASC").await;
    assert!(of_target["totalCount"].as_u64().is_some_and(|count| count >= 1), "{of_target}");
    let admin_id = world.admin_account().id;
    let by_admin = events(json!({ "actorId": admin_id }), "ASC").await;
    assert_eq!(by_admin["nodes"][0]["actorId"], admin_id.as_str());
    let none = events(json!({ "requestId": "no such request" }), "ASC").await;
    assert_eq!(none["totalCount"], 0);
    let reply =
        admin.graphql(query, json!({ "filter": { "types": [] }, "direction": "ASC" })).await;
    reply.is_graphql_error("BAD_USER_INPUT");
}
