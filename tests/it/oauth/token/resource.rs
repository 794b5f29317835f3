//! Tokens for APIs: `resource` (RFC 8707) and `scope` select what they are for.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, VIEWER, World, claims};

pub const ORDERS: &str = "https://orders.example.com";
pub const STOCK: &str = "urn:example:stock";

async fn change(caller: &Caller, mutation: &str, input: Value) -> Reply {
    let selected = match mutation {
        "createApi" | "updateApi" => "api { id identifier name scopes }",
        "deleteApi" => "deletedId",
        _ => "serviceAccount { apiGrants { api { identifier } scopes } }",
    };
    caller.mutate_selecting(mutation, input, selected).await
}

/// Registers an API; gives its id.
async fn register(caller: &Caller, identifier: &str, scopes: &[&str]) -> String {
    let input = json!({
        "organizationId": "acme", "identifier": identifier, "name": "An API", "scopes": scopes,
    });
    let id = change(caller, "createApi", input).await.data("/createApi/api/id");
    id.as_str().expect("an id").to_owned()
}

async fn grant(caller: &Caller, account: &Account, api: &str, scopes: &[&str]) -> Reply {
    let input = json!({ "serviceAccountId": account.id, "apiId": api, "scopes": scopes });
    change(caller, "grantApiScopes", input).await
}

/// An account that may read and write orders and read the stock.
pub async fn clerk(world: &World) -> (Caller, Account, String, String) {
    let (admin, clerk) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let orders = register(&admin, ORDERS, &["orders:read", "orders:write", "orders:delete"]).await;
    world.clock.advance(TimeDelta::seconds(1));
    let stock = register(&admin, STOCK, &["read"]).await;
    grant(&admin, &clerk, &orders, &["orders:read", "orders:write"]).await.data("");
    grant(&admin, &clerk, &stock, &["read"]).await.data("");
    (admin, clerk, orders, stock)
}

#[tokio::test]
async fn a_token_has_the_requested_resource_as_audience_and_the_scopes_granted_there() {
    let world = World::new().await;
    let (_, clerk, ..) = clerk(&world).await;
    let reply = world.anonymous().ask_token_with(&clerk, &[("resource", ORDERS)]).await;
    let told = claims(&reply);
    assert_eq!(
        (&told["aud"], &told["scope"]),
        (&json!(ORDERS), &json!("orders:read orders:write"))
    );
    assert_eq!(reply.json()["scope"], told["scope"]);
    let narrowed = world
        .anonymous()
        .ask_token_with(&clerk, &[("resource", ORDERS), ("scope", "orders:read")])
        .await;
    let told = claims(&narrowed);
    assert_eq!((&told["aud"], &told["scope"]), (&json!(ORDERS), &json!("orders:read")));
    let both = world
        .anonymous()
        .ask_token_with(&clerk, &[("resource", STOCK), ("resource", ORDERS), ("resource", STOCK)])
        .await;
    let told = claims(&both);
    assert_eq!(told["aud"], json!([ORDERS, STOCK]));
    assert_eq!(told["scope"], "orders:read orders:write read");
    let own = world.anonymous().ask_token_with(&clerk, &[]).await;
    let told = claims(&own);
    assert_eq!((&told["aud"], told.get("scope")), (&json!("https://postern.test"), None));
    let own = world
        .anonymous()
        .ask_token_with(&clerk, &[("resource", "https://postern.test"), ("resource", "")])
        .await;
    assert_eq!(claims(&own)["aud"], "https://postern.test");
}

#[tokio::test]
async fn an_unknown_resource_or_scope_is_rejected_and_never_reduced() {
    let world = World::new().await;
    let (_, clerk, ..) = clerk(&world).await;
    let nobody = world.account(&[Role::Admin]).await;
    let target: [&[(&str, &str)]; 6] = [
        &[("resource", "https://unknown.example.com")],
        &[("resource", "https://orders.example.com/")],
        &[("resource", "no uri")],
        &[("resource", ORDERS), ("resource", "https://unknown.example.com")],
        &[("resource", ORDERS), ("resource", "https://postern.test")],
        &[("resource", "https://postern.test"), ("resource", ORDERS), ("scope", "orders:read")],
    ];
    for more in target {
        world.anonymous().ask_token_with(&clerk, more).await.is_oauth_error(400, "invalid_target");
    }
    world
        .anonymous()
        .ask_token_with(&nobody, &[("resource", ORDERS)])
        .await
        .is_oauth_error(400, "invalid_target");
    let scope: [&[(&str, &str)]; 4] = [
        &[("resource", ORDERS), ("scope", "orders:delete")],
        &[("resource", ORDERS), ("scope", "orders:read read")],
        &[("resource", STOCK), ("scope", "service_accounts:read")],
        &[("scope", "orders:read")],
    ];
    for more in scope {
        world.anonymous().ask_token_with(&clerk, more).await.is_oauth_error(400, "invalid_scope");
    }
}

#[tokio::test]
async fn a_token_for_an_api_is_rejected_by_postern_and_active_in_introspection() {
    let world = World::new().await;
    let (_, clerk, ..) = clerk(&world).await;
    let reply = world.anonymous().ask_token_with(&clerk, &[("resource", ORDERS)]).await.body(200);
    let token = reply["access_token"].as_str().expect("a token");
    let bearer = world.anonymous().with_token(token);
    let refused = bearer.get("/organizations").await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").is_some_and(|it| it.contains("invalid_token")));
    assert_eq!(bearer.graphql(VIEWER, json!({})).await.status, 401);
    let (admin, caller) = (world.admin_account(), world.anonymous());
    let introspected = caller.introspect(&admin, token).await;
    assert_eq!((&introspected["active"], &introspected["aud"]), (&json!(true), &json!(ORDERS)));
    caller.ask_about("/oauth/revoke", &clerk, token).await.body(200);
    assert_eq!(caller.introspect(&admin, token).await, json!({ "active": false }));
}

#[tokio::test]
async fn a_revoked_scope_or_deleted_api_is_in_no_new_token_at_any_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, clerk, orders, stock) = clerk(&world).await;
    let scope_of = async |resource: &str| {
        let mut form = clerk.form();
        form.push(("resource", resource));
        let mut answers = Vec::new();
        for base in [&world.base, &other] {
            let reply = world.anonymous().at(base).ask_token(&form).await;
            answers.push(if reply.status == 200 {
                reply.json()["scope"].clone()
            } else {
                reply.is_oauth_error(400, "invalid_target");
                Value::Null
            });
        }
        assert_eq!(answers[0], answers[1]);
        answers.remove(0)
    };
    let all = json!({ "serviceAccountId": clerk.id, "apiId": orders });
    let one = json!({ "serviceAccountId": clerk.id, "apiId": orders, "scopes": ["orders:read", "nothing"] });
    let told = change(&admin, "revokeApiScopes", one).await;
    let grants = told.data("/revokeApiScopes/serviceAccount/apiGrants");
    let left = json!([
        { "api": { "identifier": ORDERS }, "scopes": ["orders:write"] },
        { "api": { "identifier": STOCK }, "scopes": ["read"] },
    ]);
    assert_eq!(grants, left);
    assert_eq!(scope_of(ORDERS).await, "orders:write");
    let fewer = json!({ "id": orders, "scopes": ["orders:read"], "force": true });
    change(&admin, "updateApi", fewer).await.data("");
    assert_eq!(scope_of(ORDERS).await, Value::Null, "the API has it no more");
    let again = json!({ "id": orders, "scopes": ["orders:read", "orders:write"] });
    change(&admin, "updateApi", again).await.data("");
    assert_eq!(scope_of(ORDERS).await, Value::Null, "what comes back is not held again");
    grant(&admin, &clerk, &orders, &["orders:write"]).await.data("");
    assert_eq!(scope_of(ORDERS).await, "orders:write");
    change(&admin, "revokeApiScopes", all).await.data("");
    assert_eq!(scope_of(ORDERS).await, Value::Null);
    assert_eq!(scope_of(STOCK).await, "read");
    change(&admin, "deleteApi", json!({ "id": stock })).await.data("");
    assert_eq!(scope_of(STOCK).await, Value::Null);
}

#[tokio::test]
async fn an_api_identifier_is_an_absolute_uri_and_belongs_to_one_api() {
    let world = World::new().await;
    let admin = world.admin().await;
    register(&admin, ORDERS, &["read"]).await;
    let input = |identifier: &str, scopes: Value| json!({ "organizationId": "acme", "identifier": identifier, "name": "X", "scopes": scopes });
    for identifier in [
        "orders",
        "/orders",
        "https://a.test/#part",
        "https://a.test/ b",
        "https://postern.test",
        "",
        "https://a.test/",
        "HTTPS://a.test",
        "https://A.test/orders",
        "https://a.test:443/orders",
    ] {
        let reply = change(&admin, "createApi", input(identifier, json!(["read"]))).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "identifier");
    }
    for (field, scopes) in [
        ("scopes", json!([])),
        ("scopes.0", json!([""])),
        ("scopes.1", json!(["a", "a b"])),
        ("scopes.0", json!(["\""])),
        ("scopes.0", json!(["é"])),
    ] {
        let reply = change(&admin, "createApi", input("https://a.test", scopes)).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field);
    }
    change(&admin, "createApi", input(ORDERS, json!(["read"]))).await.is_graphql_error("CONFLICT");
    let mut elsewhere = input(ORDERS, json!(["read"]));
    elsewhere["organizationId"] = json!("globex");
    let stranger = world.stranger().await;
    change(&stranger, "createApi", elsewhere).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn a_credential_of_an_account_with_api_scopes_is_created_by_callers_who_may_grant_them() {
    let world = World::new().await;
    let (admin, clerk, ..) = clerk(&world).await;
    let member = world.member().await;
    member
        .mutate("createCredential", json!({ "serviceAccountId": clerk.id, "name": "x" }))
        .await
        .is_graphql_error("FORBIDDEN");
    admin
        .mutate("createCredential", json!({ "serviceAccountId": clerk.id, "name": "x" }))
        .await
        .data("");
    let plain = world.account(&[Role::Viewer]).await;
    member
        .mutate("createCredential", json!({ "serviceAccountId": plain.id, "name": "x" }))
        .await
        .data("");
}

#[tokio::test]
async fn the_api_grants_of_a_page_of_accounts_are_read_in_one_statement() {
    let world = World::new().await;
    let (admin, _, orders, _) = clerk(&world).await;
    for _ in 0..5 {
        let account = world.account(&[]).await;
        grant(&admin, &account, &orders, &["orders:read"]).await.data("");
    }
    let query = r#"
        {
          organization(id: "acme") {
            apis { identifier }
            serviceAccounts(first: 20) {
              nodes {
                apiGrants { scopes api { name } }
              }
            }
          }
        }
    "#;
    let (reply, statements) = world.count(admin.graphql(query, json!({}))).await;
    let nodes = reply.data("/organization/serviceAccounts/nodes");
    let granted = nodes.as_array().expect("a list").iter();
    assert_eq!(granted.filter(|it| it["apiGrants"] != json!([])).count(), 6);
    assert_eq!(statements, 4, "who calls, the APIs, the page, the grants");
}

#[tokio::test]
async fn a_scope_granted_at_one_api_is_not_valid_at_another() {
    let world = World::new().await;
    let (admin, clerk) = (world.admin().await, world.account(&[]).await);
    let orders = register(&admin, ORDERS, &["read", "admin"]).await;
    let stock = register(&admin, STOCK, &["read", "admin"]).await;
    grant(&admin, &clerk, &orders, &["read", "admin"]).await.data("");
    grant(&admin, &clerk, &stock, &["read"]).await.data("");
    let both = [("resource", ORDERS), ("resource", STOCK)];
    for scope in [&[("scope", "admin")][..], &[("scope", "read admin")], &[]] {
        let asked = [&both[..], scope].concat();
        world
            .anonymous()
            .ask_token_with(&clerk, &asked)
            .await
            .is_oauth_error(400, "invalid_target");
    }
    let asked = [&both[..], &[("scope", "read")]].concat();
    assert_eq!(claims(&world.anonymous().ask_token_with(&clerk, &asked).await)["scope"], "read");
    let one =
        world.anonymous().ask_token_with(&clerk, &[("resource", ORDERS), ("scope", "admin")]).await;
    assert_eq!(claims(&one)["scope"], "admin");
}

#[tokio::test]
async fn introspection_reports_only_scopes_that_are_still_granted() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, clerk, orders, _) = clerk(&world).await;
    let reply = world.anonymous().ask_token_with(&clerk, &[("resource", ORDERS)]).await.body(200);
    let token = reply["access_token"].as_str().expect("a token").to_owned();
    let by = world.admin_account();
    let elsewhere = world.anonymous().at(&other);
    let introspect = async || elsewhere.introspect(&by, &token).await;
    assert_eq!(introspect().await["scope"], "orders:read orders:write");
    let one = json!({ "serviceAccountId": clerk.id, "apiId": orders, "scopes": ["orders:write"] });
    change(&admin, "revokeApiScopes", one).await.data("");
    assert_eq!(introspect().await["scope"], "orders:read");
    change(&admin, "deleteApi", json!({ "id": orders })).await.data("");
    assert_eq!(introspect().await, json!({ "active": false }));
}

#[tokio::test]
async fn a_scope_that_is_too_long_for_a_token_is_rejected() {
    let world = World::new().await;
    let (admin, clerk) = (world.admin().await, world.account(&[]).await);
    let long: Vec<String> = (0..100).map(|nth| format!("{nth:0>100}")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let orders = register(&admin, ORDERS, &long).await;
    grant(&admin, &clerk, &orders, &long).await.data("");
    world
        .anonymous()
        .ask_token_with(&clerk, &[("resource", ORDERS)])
        .await
        .is_oauth_error(400, "invalid_scope");
    let few = long[..10].join(" ");
    world
        .anonymous()
        .ask_token_with(&clerk, &[("resource", ORDERS), ("scope", &few)])
        .await
        .body(200);
    let many = "a ".repeat(300);
    let refused =
        world.anonymous().ask_token_with(&clerk, &[("resource", ORDERS), ("scope", &many)]).await;
    refused.is_oauth_error(400, "invalid_scope");
    for unauthenticated in [&many, &"a".repeat(4_097)] {
        let form = [("grant_type", "client_credentials"), ("scope", unauthenticated.as_str())];
        let refused = world.anonymous().ask_token(&form).await;
        refused.is_oauth_error(400, "invalid_scope");
    }
}

#[tokio::test]
async fn a_token_has_at_most_ten_audiences() {
    let world = World::new().await;
    let (admin, clerk) = (world.admin().await, world.account(&[]).await);
    let mut form = clerk.form();
    let resources: Vec<_> = (0..11).map(|nth| format!("urn:example:{nth}")).collect();
    for resource in &resources[..10] {
        let api = register(&admin, resource, &["read", "write"]).await;
        grant(&admin, &clerk, &api, &["read", "write"]).await.data("");
        form.extend([("resource", resource.as_str()); 2]);
    }
    let aud = claims(&world.anonymous().ask_token(&form).await)["aud"].clone();
    assert_eq!(aud.as_array().map(Vec::len), Some(10));
    form.push(("resource", &resources[10]));
    world.anonymous().ask_token(&form).await.is_oauth_error(400, "invalid_target");
    form.retain(|(name, _)| *name != "client_secret");
    world.anonymous().ask_token(&form).await.is_oauth_error(400, "invalid_target");
}

#[tokio::test]
async fn an_account_holds_at_most_a_thousand_api_scopes() {
    let world = World::new().await;
    let (admin, clerk) = (world.admin().await, world.account(&[]).await);
    let scopes: Vec<String> = (0..100).map(|nth| format!("scope:{nth}")).collect();
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let mut last = String::new();
    for nth in 0..11 {
        last = register(&admin, &format!("urn:example:{nth}"), &scopes).await;
        if nth < 9 {
            grant(&admin, &clerk, &last, &scopes).await.data("");
        } else if nth == 9 {
            grant(&admin, &clerk, &last, &scopes[..99]).await.data("");
        }
    }
    let refused = grant(&admin, &clerk, &last, &scopes[..2]).await;
    refused.is_graphql_conflict("LIMIT_REACHED");
    grant(&admin, &clerk, &last, &scopes[..1]).await.data("");
    grant(&admin, &clerk, &last, &scopes[..1]).await.data("");
    grant(&admin, &clerk, &last, &scopes[1..2]).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn a_scope_added_to_an_api_later_is_not_granted_by_the_same_scope_of_another() {
    let world = World::new().await;
    let (admin, clerk) = (world.admin().await, world.account(&[]).await);
    let orders = register(&admin, ORDERS, &["read"]).await;
    let stock = register(&admin, STOCK, &["write"]).await;
    grant(&admin, &clerk, &orders, &["read"]).await.data("");
    grant(&admin, &clerk, &stock, &["write"]).await.data("");
    let both = [("resource", ORDERS), ("resource", STOCK)];
    let reply = world.anonymous().ask_token_with(&clerk, &both).await.body(200);
    let (by, caller) = (world.admin_account(), world.anonymous());
    let token = reply["access_token"].as_str().expect("a token");
    let introspect = async || caller.introspect(&by, token).await;
    assert_eq!(introspect().await["scope"], "read write");
    let more = json!({ "id": stock, "scopes": ["read", "write"] });
    change(&admin, "updateApi", more).await.data("");
    assert_eq!(introspect().await["scope"], "write");
}
