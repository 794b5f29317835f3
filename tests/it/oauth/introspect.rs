//! `POST /oauth/introspect` (RFC 7662).

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Reply, World};

pub fn inactive() -> Value {
    json!({ "active": false })
}

#[tokio::test]
async fn an_active_token_is_described_to_clients_of_its_organization() {
    let world = World::new().await;
    let (admin, account) = (world.admin_account(), world.account(&[Role::Viewer]).await);
    let scope = "service_accounts:list service_accounts:read";
    let token = world.sign_in_for(&account, Some(scope)).await.token.expect("a token");
    let reply = world.anonymous().ask_about("/oauth/introspect", &admin, &token).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let known = reply.body(200);
    let now = world.now().timestamp();
    let jti = known["jti"].clone();
    let all = json!({
        "active": true, "iss": "https://postern.test", "sub": account.id,
        "client_id": account.client_id, "aud": "https://postern.test", "exp": now + 3600,
        "iat": now, "jti": jti, "org": world.first.organization.id.as_str(), "scope": scope,
        "token_type": "Bearer",
    });
    assert_eq!(known, all);
    let plain = world.sign_in(&account).await.token.expect("a token");
    let known = world.anonymous().introspect(&account, &plain).await;
    assert_eq!((&known["active"], known.get("scope")), (&json!(true), None));
}

#[tokio::test]
async fn any_other_token_is_reported_as_inactive_without_details() {
    let world = World::new().await;
    let caller = world.anonymous();
    let (stranger, admin) = (world.other_tenant().await, world.admin_account());
    let foreign = world.sign_in(&stranger).await.token.expect("a token");
    let elsewhere = World::new().await.admin().await.token.expect("a token");
    for token in [&foreign, &elsewhere, "x", "a.b.c", &"é".repeat(2_000)] {
        assert_eq!(caller.introspect(&admin, token).await, inactive());
    }
    let token = world.admin().await.token.expect("a token");
    world.clock.advance(TimeDelta::seconds(3_605));
    assert_eq!(caller.introspect(&admin, &token).await, inactive(), "it has ended");
    let account = world.account(&[]).await;
    let token = world.sign_in(&account).await.token.expect("a token");
    world.admin().await.mutate("deleteServiceAccount", json!({ "id": account.id })).await.data("");
    assert_eq!(caller.introspect(&admin, &token).await, inactive(), "its account is gone");
}

#[tokio::test]
async fn introspection_and_revocation_require_client_authentication() {
    let world = World::new().await;
    let (caller, admin) = (world.anonymous(), world.admin_account());
    let token = world.admin().await.token.expect("a token");
    let wrong = Account { secret: world.account(&[]).await.secret, ..admin.clone() };
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        caller.ask_about(path, &wrong, &token).await.is_oauth_error(401, "invalid_client");
        let nobody = caller.http.post(format!("{}{path}", caller.base)).form(&[("token", &token)]);
        Reply::of(nobody).await.is_oauth_error(401, "invalid_client");
        caller.ask_about(path, &admin, "").await.is_oauth_error(400, "invalid_request");
        let twice = [("token", "a"), ("token", "b")];
        let twice = caller.http.post(format!("{}{path}", caller.base)).form(&twice);
        Reply::of(twice).await.is_oauth_error(400, "invalid_request");
        let get = Reply::of(caller.http.get(format!("{}{path}", caller.base))).await;
        get.is_oauth_error(405, "invalid_request");
    }
    assert_eq!(caller.introspect(&admin, &token).await["active"], true);
}
