//! How an assertion is sent.

use reqwest::Method;
use serde_json::json;

use super::{Client, JWT_BEARER, proof};
use crate::support::{Reply, World};

const ENDPOINTS: [&str; 4] =
    ["/oauth/token", "/service-account-token", "/oauth/introspect", "/oauth/revoke"];

/// What is asked at each endpoint.
const ASKED: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("token", "x")];

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> Reply {
    let form: Vec<_> = ASKED.iter().chain(form).collect();
    Reply::of(world.anonymous().request(Method::POST, path).form(&form)).await
}

#[tokio::test]
async fn a_client_id_is_optional_and_must_match_the_assertion() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    let other = world.admin_account().client_id;
    for path in ENDPOINTS {
        let assertion = client.assertion(&world);
        let mut form = proof(&assertion);
        form.push(("client_id", &other));
        post(&world, path, &form).await.is_oauth_error(400, "invalid_request");
        form[2].1 = &client.account.client_id;
        post(&world, path, &form).await.body(200);
        let assertion = client.assertion(&world);
        post(&world, path, &proof(&assertion)).await.body(200);
    }
}

#[tokio::test]
async fn an_assertion_needs_its_type_and_excludes_other_authentication() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    let assertion = client.assertion(&world);
    let (kind, text) = (("client_assertion_type", JWT_BEARER), ("client_assertion", &*assertion));
    let secret = ("client_secret", "x");
    let malformed: [&[(&str, &str)]; 8] = [
        &[kind],
        &[text],
        &[kind, ("client_assertion", "")],
        &[("client_assertion_type", ""), text],
        &[kind, text, text],
        &[kind, text, kind],
        &[kind, text, secret],
        &[kind, text, secret, ("client_id", &client.account.client_id)],
    ];
    for path in ENDPOINTS {
        for form in malformed {
            post(&world, path, form).await.is_oauth_error(400, "invalid_request");
        }
        let form = [kind, text, ASKED[0], ASKED[1]];
        let both = world.anonymous().request(Method::POST, path).form(&form);
        let basic = both.basic_auth(&client.account.client_id, Some("x"));
        Reply::of(basic).await.is_oauth_error(400, "invalid_request");
        let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        let other = post(&world, path, &[("client_assertion_type", saml), text]).await;
        other.is_oauth_error(401, "invalid_client");
    }
    post(&world, "/oauth/token", &[kind, text]).await.body(200);
}

#[tokio::test]
async fn a_json_request_may_carry_an_assertion() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    let body = json!({
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": client.assertion(&world),
    });
    world.anonymous().post("/service-account-token", &body).await.body(200);
}

#[tokio::test]
async fn a_scope_restricts_the_token_of_an_assertion() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    for (scope, status) in [("organizations:read", 200), ("organizations:update", 400)] {
        let assertion = client.assertion(&world);
        let mut form = proof(&assertion);
        form.extend([("grant_type", "client_credentials"), ("scope", scope)]);
        assert_eq!(world.anonymous().ask_token(&form).await.status, status, "{scope}");
    }
}
