//! APIs: changes of their scopes, and what becomes of grants.

use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

/// Registers an API of `organization`.
pub async fn register(caller: &Caller, organization: &str, identifier: &str) -> Reply {
    let input = json!({
        "organizationId": organization,
        "identifier": identifier,
        "name": "An API",
        "scopes": ["read", "write", "delete"],
    });
    caller.mutate_selecting("createApi", input, "api { id }").await
}

pub async fn update(caller: &Caller, id: &Value, mut input: Value) -> Reply {
    input["id"] = id.clone();
    caller.mutate_selecting("updateApi", input, "api { name scopes updatedAt } revokedGrants").await
}

pub async fn delete(caller: &Caller, id: &Value) -> Reply {
    caller.mutate_selecting("deleteApi", json!({ "id": id }), "deletedId revokedGrants").await
}

pub async fn grant(caller: &Caller, account: &Account, api: &Value, scopes: &[&str]) {
    let query = r#"
        mutation($s: ID!, $p: ID!, $scopes: [String!]!) {
          grantApiScopes(input: { serviceAccountId: $s, apiId: $p, scopes: $scopes }) {
            serviceAccount { id }
          }
        }
    "#;
    let variables = json!({ "s": account.id, "p": api, "scopes": scopes });
    caller.graphql(query, variables).await.data("");
}

/// The actions of the audit events of `acme`, each with its detail, sorted.
pub async fn actions(admin: &Caller, prefix: &str) -> Vec<(String, Value)> {
    let query = r#"
        {
          organization(id: "acme") {
            auditEvents(last: 100, filter: { outcome: SUCCESS }) { nodes { action detail } }
          }
        }
    "#;
    let nodes = admin.graphql(query, json!({})).await.data("/organization/auditEvents/nodes");
    let events = nodes.as_array().expect("events").iter();
    let events = events.map(|it| (it["action"].as_str().expect("an action"), &it["detail"]));
    let mut actions: Vec<_> = events
        .filter(|(action, _)| action.starts_with(prefix))
        .map(|(action, detail)| (action.to_owned(), detail.clone()))
        .collect();
    actions.sort_by_key(|(action, detail)| (action.clone(), detail.to_string()));
    actions
}

/// An API whose scope `read` two accounts hold, and `write` one of them.
async fn granted(world: &World) -> (Caller, Value) {
    let admin = world.admin().await;
    let api = register(&admin, "acme", "https://orders.example.com").await;
    let api = api.data("/createApi/api/id");
    let (both, one) = (world.account(&[]).await, world.account(&[]).await);
    grant(&admin, &both, &api, &["read", "write"]).await;
    grant(&admin, &one, &api, &["read"]).await;
    (admin, api)
}

#[tokio::test]
async fn removing_a_granted_scope_requires_force() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    let refused = [
        (json!({ "name": "Other", "scopes": ["read"] }), "1 service account holds"),
        (json!({ "name": "Other", "removeScopes": ["write"] }), "1 service account holds"),
        (json!({ "name": "Other", "removeScopes": ["read", "delete"] }), "2 service accounts hold"),
        (json!({ "name": "Other", "scopes": ["new"], "force": null }), "2 service accounts hold"),
    ];
    for (input, message) in refused {
        let reply = update(&admin, &api, input).await;
        reply.is_graphql_error("CONFLICT");
        let error = &reply.json()["errors"][0];
        assert_eq!(error["extensions"]["reason"], "SCOPE_IN_USE");
        assert!(error["message"].as_str().is_some_and(|it| it.starts_with(message)), "{error}");
    }
    assert_eq!(actions(&admin, "api.update").await, []);
    let removed = update(&admin, &api, json!({ "removeScopes": ["delete"] })).await;
    assert_eq!(removed.data("/updateApi/revokedGrants"), 0);
    assert_eq!(removed.data("/updateApi/api/name"), "An API");
    let forced = json!({ "scopes": ["new", "write"], "force": true });
    let forced = update(&admin, &api, forced).await.data("/updateApi");
    assert_eq!(forced["api"]["scopes"], json!(["new", "write"]));
    assert_eq!(forced["revokedGrants"], 2);
    let detail = json!(format!("read of {}", api.as_str().expect("an id")));
    let revoked = ("api_scope.revoke".to_owned(), detail);
    assert_eq!(actions(&admin, "api_scope.revoke").await, [revoked.clone(), revoked]);
}

#[tokio::test]
async fn add_scopes_and_remove_scopes_keep_the_other_scopes() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    let both = json!({ "addScopes": ["new", "read"], "removeScopes": ["delete", "unknown"] });
    let reply = update(&admin, &api, both).await;
    assert_eq!(reply.data("/updateApi/api/scopes"), json!(["read", "write", "new"]));
    let invalid = [
        (json!({ "scopes": ["read"], "addScopes": ["x"] }), "scopes"),
        (json!({ "scopes": ["read"], "removeScopes": [] }), "scopes"),
        (json!({ "addScopes": ["x", "a b"] }), "addScopes.1"),
        (json!({ "removeScopes": ["\""] }), "removeScopes.0"),
        (json!({ "addScopes": ["x"], "removeScopes": ["y", "x"] }), "removeScopes.1"),
        (json!({ "removeScopes": ["read", "write", "new"], "force": true }), "removeScopes"),
    ];
    for (input, field) in invalid {
        let reply = update(&admin, &api, input).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field);
    }
    let many: Vec<_> = (0..98).map(|nth| nth.to_string()).collect();
    let full = update(&admin, &api, json!({ "addScopes": many })).await;
    full.is_graphql_conflict("LIMIT_REACHED");
    update(&admin, &api, json!({ "addScopes": many[1..] })).await.data("");
}

#[tokio::test]
async fn an_update_without_changes_writes_nothing() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    world.clock.advance(chrono::TimeDelta::minutes(1));
    let first = update(&admin, &api, json!({})).await.data("/updateApi");
    for input in [
        json!({ "name": "An API", "scopes": ["read", "write", "delete"], "force": true }),
        json!({ "scopes": ["read", "read", "write", "delete"] }),
        json!({ "addScopes": ["read"], "removeScopes": ["unknown"] }),
        json!({ "addScopes": [], "removeScopes": [], "scopes": null }),
    ] {
        assert_eq!(update(&admin, &api, input).await.data("/updateApi"), first);
    }
    assert_eq!(actions(&admin, "api.update").await, []);
}

#[tokio::test]
async fn deleting_an_api_reports_and_audits_the_revoked_grants() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    let reply = delete(&admin, &api).await;
    assert_eq!(reply.data("/deleteApi"), json!({ "deletedId": api, "revokedGrants": 3 }));
    let id = api.as_str().expect("an id");
    let revoked = |scope| ("api_scope.revoke".to_owned(), json!(format!("{scope} of {id}")));
    let expected = [revoked("read"), revoked("read"), revoked("write")];
    assert_eq!(actions(&admin, "api_scope.revoke").await, expected);
    let unused = register(&admin, "acme", "https://unused.example.com").await;
    let reply = delete(&admin, &unused.data("/createApi/api/id")).await;
    assert_eq!(reply.data("/deleteApi/revokedGrants"), 0);
}

#[tokio::test]
async fn a_scope_held_by_many_accounts_is_revoked_in_a_few_statements() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    for _ in 0..20 {
        let account = world.account(&[]).await;
        grant(&admin, &account, &api, &["read", "write", "delete"]).await;
    }
    let input = json!({ "scopes": ["read"], "force": true });
    let (reply, statements) = world.count(update(&admin, &api, input)).await;
    assert_eq!(reply.data("/updateApi/revokedGrants"), 41);
    assert!(statements <= 16, "{statements}");
}

#[tokio::test]
async fn removing_a_granted_scope_from_an_api_requires_apis_grant() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let api = admin.mutate_selecting("createApi", json!({ "organizationId": "acme", "identifier": "https://held.test", "name": "Held", "scopes": ["read", "write"] }), "api { id }").await.data("/createApi/api/id");
    let variables = json!({ "s": account.id, "p": api });
    let grant = r#"
        mutation($s: ID!, $p: ID!) {
          grantApiScopes(input: { serviceAccountId: $s, apiId: $p, scopes: ["read"] }) {
            clientMutationId
          }
        }
    "#;
    admin.graphql(grant, variables).await.data("");
    let scope = Some("apis:update apis:delete apis:read service_accounts:read");
    let caller = world.sign_in_for(&world.admin_account(), scope).await;
    for mutation in [
        r#"
            mutation($p: ID!) {
              updateApi(input: { id: $p, removeScopes: ["read"], force: true }) {
                revokedGrants
              }
            }
        "#,
        "mutation($p: ID!) { deleteApi(input: { id: $p }) { revokedGrants } }",
    ] {
        let refused = caller.graphql(mutation, json!({ "p": api })).await;
        refused.is_graphql_error("FORBIDDEN");
        assert_eq!(refused.json()["errors"][0]["extensions"]["permission"], "apis:grant");
    }
    assert_eq!(
        caller
            .mutate_selecting(
                "updateApi",
                json!({ "id": api, "removeScopes": ["write"] }),
                "revokedGrants"
            )
            .await
            .data("/updateApi/revokedGrants"),
        0
    );
}

#[tokio::test]
async fn granting_scopes_of_an_unreadable_api_is_not_found() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let api = register(&admin, "acme", "https://hidden.test").await.data("/createApi/api/id");
    let scope = Some("apis:grant roles:list service_accounts:read");
    let caller = world.sign_in_for(&world.admin_account(), scope).await;
    for mutation in ["grantApiScopes", "revokeApiScopes"] {
        for (api, scopes) in [
            (&api, ["read"]),
            (&api, ["guessed"]),
            (&json!("p0000000000000000000000000"), ["read"]),
        ] {
            let input = json!({ "serviceAccountId": account.id, "apiId": api, "scopes": scopes });
            caller.mutate(mutation, input).await.is_graphql_error("NOT_FOUND");
        }
    }
    let path = format!(
        "/organizations/acme/service-accounts/{}/api-grants/{}",
        account.id,
        api.as_str().expect("an id")
    );
    let body = json!({ "scopes": ["read"] });
    let put = caller.request(reqwest::Method::PUT, &path).json(&body);
    Reply::of(put).await.is_error(404, "NOT_FOUND");
    caller.delete(&path).await.is_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn removing_a_scope_of_unreadable_accounts_is_forbidden() {
    let world = World::new().await;
    let (admin, api) = granted(&world).await;
    let scope = Some("apis:read apis:update apis:delete apis:grant");
    let caller = world.sign_in_for(&world.admin_account(), scope).await;
    let remove = update(&caller, &api, json!({ "removeScopes": ["read"], "force": true })).await;
    for refused in [remove, delete(&caller, &api).await] {
        refused.is_graphql_error("FORBIDDEN");
        let permission = refused.json()["errors"][0]["extensions"]["permission"].clone();
        assert_eq!(permission, "service_accounts:read");
    }
    delete(&admin, &api).await.data("");
}
