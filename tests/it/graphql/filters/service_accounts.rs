//! Filters of service accounts, and the holders of scopes.

use serde_json::{Value, json};

use super::{ACCOUNTS, NAMES, before, filled, matches, nodes};

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
