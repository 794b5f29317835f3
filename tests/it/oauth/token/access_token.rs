//! Rules 6, 7, 8 and 10: the token itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::json;

use crate::support::{World, jwt_part};

const ME: &str = "{ viewer { principal { ... on ServiceAccount { id } } scopes } }";

#[tokio::test]
async fn a_token_response_is_a_bearer_token_with_no_store() {
    let world = World::new().await;
    let reply = world.anonymous().ask_token(&world.admin_account().form()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("pragma"), Some("no-cache"));
    let body = reply.json();
    let mut names: Vec<_> = body.as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(names, ["access_token", "expires_in", "token_type"]);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3600)));
}

#[tokio::test]
async fn an_access_token_is_a_jwt_of_rfc_9068() {
    let world = World::new().await;
    let account = world.admin_account();
    let token = world.sign_in(&account).await.token.expect("a token");
    let (header, claims) = (jwt_part(&token, 0), jwt_part(&token, 1));
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    assert!(header["kid"].is_string());
    let iat = world.now().timestamp();
    assert_eq!(claims["iss"], "https://postern.test");
    assert_eq!(claims["aud"], "https://postern.test");
    assert_eq!(claims["sub"], account.id.as_str());
    assert_eq!(claims["client_id"], account.client_id.as_str());
    assert_eq!(claims["org"], world.first.organization.id.as_str());
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(iat), &json!(iat + 3600)));
    assert_eq!(claims["jti"].as_str().map(str::len), Some(26));
    assert_eq!(claims.get("scope"), None);
    let again = world.sign_in(&account).await.token.expect("a token");
    assert_ne!(jwt_part(&again, 1)["jti"], claims["jti"]);
}

#[tokio::test]
async fn each_signing_algorithm_creates_tokens_that_the_api_accepts() {
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let world = World::with(&[("SIGNING_ALGORITHM", algorithm)]).await;
        let admin = world.admin().await;
        assert_eq!(jwt_part(admin.token.as_deref().expect("a token"), 0)["alg"], algorithm);
        assert_eq!(admin.graphql(ME, json!({})).await.status, 200, "{algorithm}");
    }
}

#[tokio::test]
async fn a_requested_scope_restricts_the_token_and_is_returned() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer]).await;
    let scope = "service_accounts:read organizations:read";
    let mut form = account.form();
    form.push(("scope", scope));
    let reply = world.anonymous().ask_token(&form).await;
    assert_eq!(reply.json()["scope"], scope);
    assert_eq!(
        jwt_part(reply.json()["access_token"].as_str().expect("a token"), 1)["scope"],
        scope
    );
    let caller = world.sign_in_for(&account, Some(scope)).await;
    let scopes = caller.graphql(ME, json!({})).await.data("/viewer/scopes");
    assert_eq!(scopes, json!(["organizations:read", "service_accounts:read"]));
}

#[tokio::test]
async fn a_request_with_one_scope_that_is_not_held_is_rejected() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer]).await;
    for scope in ["service_accounts:read service_accounts:delete", "nonsense", "openid", "ä"] {
        let mut form = account.form();
        form.push(("scope", scope));
        world.anonymous().ask_token(&form).await.is_oauth_error(400, "invalid_scope");
    }
}

#[tokio::test]
async fn an_expired_token_is_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    world.clock.advance(TimeDelta::seconds(3600 + 4));
    assert_eq!(admin.graphql(ME, json!({})).await.status, 200, "within the leeway");
    world.clock.advance(TimeDelta::seconds(1));
    let reply = admin.graphql(ME, json!({})).await;
    assert_eq!(reply.status, 401);
    let challenge = reply.header("www-authenticate").expect("a challenge");
    assert!(challenge.starts_with("Bearer") && challenge.contains(r#"error="invalid_token""#));
}

#[tokio::test]
async fn a_forged_or_foreign_token_is_rejected() {
    let world = World::new().await;
    let token = world.admin().await.token.expect("a token");
    let foreign = World::new().await.admin().await.token.expect("a token");
    let (head, signature) = token.rsplit_once('.').expect("a signature");
    let claims = head.split('.').nth(1).expect("claims");
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
    let kid = jwt_part(&token, 0)["kid"].clone();
    let hs256 = json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }).to_string();
    let hs256 = URL_SAFE_NO_PAD.encode(hs256);
    for forged in [
        foreign,
        format!("{head}."),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        format!("{none}.{claims}."),
        format!("{hs256}.{claims}.{signature}"),
        "x".to_owned(),
        "a.b.c".to_owned(),
    ] {
        let reply = world.anonymous().with_token(&forged).graphql(ME, json!({})).await;
        reply.is_graphql_error("UNAUTHENTICATED");
        assert_eq!(reply.status, 401, "{forged}");
    }
}

#[tokio::test]
async fn a_token_of_a_deleted_credential_is_rejected_by_the_next_request() {
    let world = World::new().await;
    let account = world.account(&[Role::Admin]).await;
    let caller = world.sign_in(&account).await;
    let reply = world
        .admin()
        .await
        .mutate_selecting(
            "deleteCredential",
            json!({ "id": account.credential, "force": true }),
            "deletedId",
        )
        .await;
    assert_eq!(reply.data("/deleteCredential/deletedId"), json!(account.credential));
    assert_eq!(caller.graphql(ME, json!({})).await.status, 401);
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}
