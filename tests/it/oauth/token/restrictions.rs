//! Restricted credentials: they give less than their service account holds.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World, claims, eventually};

const ORDERS: &str = "https://orders.example.com";
const OWN: &str = "https://postern.test";
const PROXIES: &[(&str, &str)] = &[("TRUSTED_PROXIES", "127.0.0.0/8")];

/// Changes the named parts of the restrictions; null removes all of them.
async fn change(caller: &Caller, account: &Account, restrictions: Value) -> Reply {
    let query = r#"
        mutation($input: UpdateCredentialInput!) {
          updateCredential(input: $input) {
            credential {
              restrictions { scopes audiences addresses tokenLifetime }
            }
          }
        }
    "#;
    let input = json!({ "id": account.credential, "restrictions": restrictions });
    caller.graphql(query, json!({ "input": input })).await
}

/// Replaces all restrictions by these.
async fn restrict(caller: &Caller, account: &Account, restrictions: Value) -> Reply {
    let mut whole =
        json!({ "scopes": null, "audiences": null, "addresses": null, "tokenLifetime": null });
    match restrictions {
        Value::Null => return change(caller, account, Value::Null).await,
        restrictions => {
            for (part, value) in restrictions.as_object().expect("parts") {
                whole[part] = value.clone();
            }
        }
    }
    change(caller, account, whole).await
}

/// Asks for a token from behind a proxy, as `address`.
async fn ask_from(caller: &Caller, account: &Account, address: &str) -> Reply {
    let request = caller.request(reqwest::Method::POST, "/oauth/token").form(&account.form());
    Reply::of(request.header("X-Forwarded-For", address)).await
}

/// Registers the API of orders and grants two of its scopes.
async fn grant_orders(admin: &Caller, account: &Account) {
    let input = json!({
        "organizationId": "acme", "identifier": ORDERS, "name": "Orders",
        "scopes": ["read", "write"],
    });
    let api =
        admin.mutate_selecting("createApi", input, "api { id }").await.data("/createApi/api/id");
    admin
        .mutate(
            "grantApiScopes",
            json!({ "serviceAccountId": account.id, "apiId": api, "scopes": ["read", "write"] }),
        )
        .await
        .data("");
}

#[tokio::test]
async fn a_scope_restriction_reduces_tokens_even_without_a_requested_scope() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    grant_orders(&admin, &account).await;
    let wide = claims(&world.anonymous().ask_token_with(&account, &[]).await);
    assert_eq!(wide.get("scope"), None);
    let scopes = json!({ "scopes": ["service_accounts:list", "organizations:read", "read"] });
    let told = restrict(&admin, &account, scopes).await;
    let restrictions = told.data("/updateCredential/credential/restrictions");
    assert_eq!(
        restrictions["scopes"],
        json!(["service_accounts:list", "organizations:read", "read"])
    );
    assert_eq!(
        (&restrictions["audiences"], &restrictions["tokenLifetime"]),
        (&Value::Null, &Value::Null)
    );
    for base in [&world.base, &other] {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await;
        assert_eq!(claims(&reply)["scope"], "organizations:read service_accounts:list");
        assert_eq!(reply.json()["scope"], "organizations:read service_accounts:list");
    }
    let signed_in = world.sign_in(&account).await;
    assert_eq!(signed_in.get("/organizations/acme").await.status, 200);
    let path = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    assert_eq!(signed_in.get(&path).await.status, 403, "the account may, this credential may not");
    let narrowed =
        world.anonymous().ask_token_with(&account, &[("scope", "organizations:read")]).await;
    assert_eq!(claims(&narrowed)["scope"], "organizations:read");
    let more =
        world.anonymous().ask_token_with(&account, &[("scope", "service_accounts:read")]).await;
    more.is_oauth_error(400, "invalid_scope");
    let api = world.anonymous().ask_token_with(&account, &[("resource", ORDERS)]).await;
    assert_eq!(claims(&api)["scope"], "read");
    let more = world
        .anonymous()
        .ask_token_with(&account, &[("resource", ORDERS), ("scope", "write")])
        .await;
    more.is_oauth_error(400, "invalid_scope");
    restrict(&admin, &account, Value::Null).await.data("");
    assert_eq!(claims(&world.anonymous().ask_token_with(&account, &[]).await).get("scope"), None);
}

#[tokio::test]
async fn an_audience_restriction_rejects_other_resources() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    grant_orders(&admin, &account).await;
    restrict(&admin, &account, json!({ "audiences": [ORDERS] })).await.data("");
    world.anonymous().ask_token_with(&account, &[]).await.is_oauth_error(400, "invalid_target");
    world
        .anonymous()
        .ask_token_with(&account, &[("resource", OWN)])
        .await
        .is_oauth_error(400, "invalid_target");
    assert_eq!(
        claims(&world.anonymous().ask_token_with(&account, &[("resource", ORDERS)]).await)["aud"],
        ORDERS
    );
    restrict(&admin, &account, json!({ "audiences": [OWN] })).await.data("");
    assert_eq!(claims(&world.anonymous().ask_token_with(&account, &[]).await)["aud"], OWN);
    world
        .anonymous()
        .ask_token_with(&account, &[("resource", ORDERS)])
        .await
        .is_oauth_error(400, "invalid_target");
}

#[tokio::test]
async fn a_token_lifetime_restriction_shortens_tokens_and_never_extends_them() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    restrict(&admin, &account, json!({ "tokenLifetime": 90 })).await.data("");
    let reply = world.anonymous().ask_token_with(&account, &[]).await;
    assert_eq!(reply.body(200)["expires_in"], 90);
    let told = claims(&reply);
    assert_eq!(told["exp"].as_i64(), told["iat"].as_i64().map(|iat| iat + 90));
    restrict(&admin, &account, json!({ "tokenLifetime": 86_400 })).await.data("");
    assert_eq!(
        world.anonymous().ask_token_with(&account, &[]).await.body(200)["expires_in"],
        3600,
        "never longer"
    );
}

#[tokio::test]
async fn an_address_restriction_rejects_other_addresses_and_audits_the_attempt() {
    let world = World::with(PROXIES).await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let caller = world.anonymous();
    let known = ask_from(&caller, &account, "203.0.113.9").await;
    known.body(200);
    let networks = json!(["198.51.100.0/24", "2001:db8::/32", "192.0.2.7"]);
    let told = restrict(&admin, &account, json!({ "addresses": networks })).await;
    let kept = json!(["192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32"]);
    assert_eq!(told.data("/updateCredential/credential/restrictions/addresses"), kept);
    for base in [&world.base, &other] {
        let caller = caller.at(base);
        for address in ["198.51.100.200", "2001:db8:1::1", "192.0.2.7", "::ffff:192.0.2.7"] {
            ask_from(&caller, &account, address).await.body(200);
        }
        for address in ["203.0.113.9", "198.51.101.1", "2001:db9::1", "192.0.2.8", "unknown", ""] {
            ask_from(&caller, &account, address).await.is_oauth_error(401, "invalid_client");
        }
    }
    let wrong = Account { secret: world.admin_account().secret, ..account.clone() };
    let reply = ask_from(&caller, &wrong, "203.0.113.77").await;
    let refused = ask_from(&caller, &account, "203.0.113.78").await;
    assert_eq!((reply.status, &reply.text), (refused.status, &refused.text), "one answer for all");
    let events = r#"
        {
          organization(id: "acme") {
            auditEvents(last: 100) {
              nodes { action targetId detail actorId }
            }
          }
        }
    "#;
    let refusals = async || {
        let all = admin.graphql(events, json!({})).await.data("/organization/auditEvents/nodes");
        let all = all.as_array().expect("a list").clone();
        all.into_iter().filter(|it| it["action"] == "credential.refuse").collect::<Vec<_>>()
    };
    // It is written beside the request.
    eventually("the refusal is recorded", async || {
        refusals().await.iter().any(|it| it["detail"].to_string().contains("203.0.113.78"))
    })
    .await;
    let told = refusals().await;
    let of =
        |address: &str| told.iter().filter(|it| it["detail"].to_string().contains(address)).count();
    assert!(
        told.iter().all(|it| it["targetId"] == account.credential && it["actorId"] == Value::Null)
    );
    assert_eq!(of("203.0.113.77"), 0, "a wrong secret is no news");
    assert_eq!(of("203.0.113.78"), 1);
}

#[tokio::test]
async fn a_correct_secret_from_a_forbidden_address_costs_one_hash_like_a_wrong_one() {
    let world = World::with(PROXIES).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    restrict(&admin, &account, json!({ "addresses": ["198.51.100.0/24"] })).await.data("");
    let caller = world.anonymous();
    ask_from(&caller, &account, "198.51.100.1").await.body(200);
    let wrong = Account { secret: world.admin_account().secret, ..account.clone() };
    for tried in [&account, &wrong, &account] {
        let before = world.app.hasher.hash_count();
        let refused = ask_from(&caller, tried, "203.0.113.9").await;
        refused.is_oauth_error(401, "invalid_client");
        assert_eq!(world.app.hasher.hash_count() - before, 1);
    }
}

#[tokio::test]
async fn a_new_restriction_applies_at_a_replica_that_has_cached_the_secret() {
    let world = World::with(PROXIES).await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let there = world.anonymous().at(&other);
    ask_from(&there, &account, "203.0.113.9").await.body(200);
    restrict(&admin, &account, json!({ "tokenLifetime": 60 })).await.data("");
    assert_eq!(ask_from(&there, &account, "203.0.113.9").await.body(200)["expires_in"], 60);
    restrict(&admin, &account, json!({ "addresses": ["198.51.100.0/24"] })).await.data("");
    ask_from(&there, &account, "203.0.113.9").await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn an_audience_restriction_applies_to_a_client_whose_secret_is_cached() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (_, base) = world.replica().await;
    let there = world.anonymous().at(&base);
    grant_orders(&admin, &account).await;
    for (audiences, status) in [(OWN, 200), (ORDERS, 400), (OWN, 200), (ORDERS, 400)] {
        restrict(&admin, &account, json!({ "audiences": [audiences] })).await.data("");
        for caller in [&world.anonymous(), &there] {
            assert_eq!(caller.ask_token(&account.form()).await.status, status, "{audiences}");
        }
    }
}

#[tokio::test]
async fn an_invalid_restriction_is_rejected_and_nothing_changes() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    for (field, value) in [
        ("scopes", json!([])),
        ("scopes.0", json!(["service_accounts:delete"])),
        ("scopes.1", json!(["service_accounts:read", "read"])),
        ("audiences", json!([])),
        ("audiences.0", json!([ORDERS])),
        ("audiences.1", json!([OWN, ORDERS])),
        ("addresses", json!([])),
        ("addresses.1", json!(["10.0.0.0/8", "10.0.0.0/33"])),
        ("addresses.0", json!(["example.com"])),
        ("addresses.0", json!(["::ffff:10.0.0.0/104"])),
        ("addresses.0", json!(["::ffff:0:0/96"])),
        ("tokenLifetime", json!(59)),
        ("tokenLifetime", json!(86_401)),
    ] {
        let part = field.split('.').next().expect("a part");
        let reply = restrict(&admin, &account, json!({ part: value })).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let named = &reply.json()["errors"][0]["extensions"]["field"];
        assert_eq!(named, &json!(format!("restrictions.{field}")), "{value}");
    }
    assert_eq!(claims(&world.anonymous().ask_token_with(&account, &[]).await).get("scope"), None);
}

#[tokio::test]
async fn a_member_cannot_change_the_restrictions_of_an_admin() {
    let world = World::new().await;
    let (member, strong) = (world.member().await, world.account(&[Role::Admin]).await);
    restrict(&member, &strong, Value::Null).await.is_graphql_error("FORBIDDEN");
    let member_account = world.account(&[Role::Member]).await;
    let admin = world.admin().await;
    let scopes = json!({ "scopes": ["service_account_credentials:update", "service_account_credentials:read"] });
    restrict(&admin, &member_account, scopes).await.data("");
    let narrowed = world.sign_in(&member_account).await;
    restrict(&narrowed, &member_account, Value::Null).await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn a_rotation_inherits_the_restrictions_of_the_old_credential() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    restrict(&admin, &account, json!({ "scopes": ["organizations:read"], "tokenLifetime": 60 }))
        .await
        .data("");
    let rotate = r#"
        mutation($id: ID!) {
          startCredentialRotation(input: { id: $id }) {
            clientSecret
            newCredential { id clientId restrictions { scopes tokenLifetime } }
          }
        }
    "#;
    let made = admin.graphql(rotate, json!({ "id": account.credential })).await;
    let made = made.data("/startCredentialRotation");
    let expected = json!({ "scopes": ["organizations:read"], "tokenLifetime": 60 });
    assert_eq!(made["newCredential"]["restrictions"], expected);
    let new = account.with_credential(&made["newCredential"], &made["clientSecret"]);
    world.clock.advance(TimeDelta::seconds(1));
    let reply = world.anonymous().ask_token_with(&new, &[]).await;
    assert_eq!(
        (&claims(&reply)["scope"], &reply.json()["expires_in"]),
        (&json!("organizations:read"), &json!(60))
    );
}

#[tokio::test]
async fn a_restricted_credential_cannot_create_or_update_a_less_restricted_one() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Member]).await);
    let own = json!({ "tokenLifetime": 60, "addresses": ["127.0.0.0/8"] });
    restrict(&admin, &account, own).await.data("");
    let narrowed = world.sign_in(&account).await;
    let mint = async |limits: Value| {
        let input = json!({ "serviceAccountId": account.id, "name": "x", "restrictions": limits });
        narrowed.mutate_selecting("createCredential", input, "clientSecret").await
    };
    for wider in [
        Value::Null,
        json!({ "tokenLifetime": 60 }),
        json!({ "tokenLifetime": 61, "addresses": ["127.0.0.1"] }),
        json!({ "tokenLifetime": 60, "addresses": ["127.0.0.0/8", "10.0.0.0/8"] }),
    ] {
        restrict(&narrowed, &account, wider.clone()).await.is_graphql_error("FORBIDDEN");
        mint(wider).await.is_graphql_error("FORBIDDEN");
    }
    let weaker = world.account(&[Role::Viewer]).await;
    restrict(&narrowed, &weaker, json!({ "scopes": ["organizations:read"] }))
        .await
        .is_graphql_error("FORBIDDEN");
    let as_narrow = json!({ "tokenLifetime": 60, "addresses": ["127.0.0.1"], "scopes": ["organizations:read"] });
    mint(as_narrow).await.data("");
    narrowed.mutate("startCredentialRotation", json!({ "id": account.credential })).await.data("");
}

#[tokio::test]
async fn new_restrictions_apply_to_tokens_already_issued() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    grant_orders(&admin, &account).await;
    let signed_in = world.sign_in(&account).await.at(&other);
    let for_orders =
        world.anonymous().ask_token_with(&account, &[("resource", ORDERS)]).await.body(200);
    let (by, elsewhere) = (world.admin_account(), world.anonymous().at(&other));
    let token = for_orders["access_token"].as_str().expect("a token");
    let introspect = async || elsewhere.introspect(&by, token).await;
    let accounts = "/organizations/acme/service-accounts";
    assert_eq!(signed_in.get(accounts).await.status, 200);
    assert_eq!(introspect().await["scope"], "read write");
    restrict(&admin, &account, json!({ "scopes": ["organizations:read", "read"] })).await.data("");
    assert_eq!(signed_in.get("/organizations/acme").await.status, 200);
    assert_eq!(signed_in.get(accounts).await.status, 403);
    assert_eq!(introspect().await["scope"], "read");
    restrict(&admin, &account, json!({ "audiences": [OWN] })).await.data("");
    assert_eq!(signed_in.get(accounts).await.status, 200);
    assert_eq!(introspect().await, json!({ "active": false }));
    restrict(&admin, &account, json!({ "audiences": [ORDERS] })).await.data("");
    assert_eq!(signed_in.get(accounts).await.status, 401);
}

#[tokio::test]
async fn each_restriction_is_updated_on_its_own() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let now = async |reply: Reply| reply.data("/updateCredential/credential/restrictions");
    let both = json!({ "tokenLifetime": 60, "addresses": ["127.0.0.0/8"] });
    change(&admin, &account, both).await.data("");
    let changed = now(change(&admin, &account, json!({ "tokenLifetime": 90 })).await).await;
    assert_eq!(
        (&changed["tokenLifetime"], &changed["addresses"]),
        (&json!(90), &json!(["127.0.0.0/8"]))
    );
    let changed = now(change(&admin, &account, json!({ "addresses": null })).await).await;
    assert_eq!((&changed["tokenLifetime"], &changed["addresses"]), (&json!(90), &Value::Null));
    let changed = now(change(&admin, &account, json!({})).await).await;
    assert_eq!(changed["tokenLifetime"], 90);
    assert_eq!(now(change(&admin, &account, Value::Null).await).await, Value::Null);
}
