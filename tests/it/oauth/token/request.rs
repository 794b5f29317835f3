//! Rules 1, 3 and 4: what a token request may look like.

use reqwest::Method;

use crate::support::{Reply, World};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(world: &World, content_type: &str, body: impl Into<reqwest::Body>) -> Reply {
    let request = world.anonymous().request(Method::POST, "/oauth/token");
    Reply::of(request.header("content-type", content_type).body(body)).await
}

#[tokio::test]
async fn only_post_is_accepted() {
    let world = World::new().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let reply = Reply::of(world.anonymous().request(method, "/oauth/token")).await;
        reply.is_oauth_error(405, "invalid_request");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
}

#[tokio::test]
async fn only_a_form_body_is_accepted() {
    let world = World::new().await;
    let account = world.admin_account();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        account.client_id, account.secret
    );
    for wrong in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        post(&world, wrong, form.clone()).await.is_oauth_error(400, "invalid_request");
    }
    assert_eq!(post(&world, &format!("{FORM}; charset=UTF-8"), form).await.status, 200);
}

#[tokio::test]
async fn parameters_in_the_query_string_are_ignored() {
    let world = World::new().await;
    let account = world.admin_account();
    let path = format!(
        "/oauth/token?client_id={}&client_secret={}&grant_type=client_credentials",
        account.client_id, account.secret
    );
    let request = world.anonymous().request(Method::POST, &path).header("content-type", FORM);
    Reply::of(request.body("")).await.is_oauth_error(400, "invalid_request");
    let request = world.anonymous().request(Method::POST, &path).header("content-type", FORM);
    let reply = Reply::of(request.body("grant_type=client_credentials")).await;
    reply.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn a_repeated_oauth_parameter_is_rejected_and_unknown_ones_are_ignored() {
    let world = World::new().await;
    let account = world.admin_account();
    for twice in ["grant_type", "client_id", "client_secret", "scope"] {
        let mut form = account.form();
        form.extend([(twice, "x"), (twice, "x")]);
        world.anonymous().ask_token(&form).await.is_oauth_error(400, "invalid_request");
    }
    let mut form = account.form();
    form.extend([("audience", "a"), ("audience", "b"), ("scope", "")]);
    let reply = world.anonymous().ask_token(&form).await;
    assert_eq!((reply.status, reply.json().get("scope")), (200, None));
}

#[tokio::test]
async fn a_form_that_cannot_be_decoded_is_rejected() {
    let world = World::new().await;
    for body in [
        "grant_type=client_credentials&client_id=a%",
        "grant_type=client_credentials&client_id=a%2",
        "grant_type=client_credentials&client_id=%zz",
        "grant_type=client_credentials&client_id=%ff",
        "grant_type=client_credentials&client_id=a&client_secret=%00",
        "grant_type=client_credentials&client_id=a&client_secret=%c3%a4",
    ] {
        post(&world, FORM, body).await.is_oauth_error(400, "invalid_request");
    }
    let bytes = b"grant_type=client_credentials&client_id=\xff".to_vec();
    post(&world, FORM, bytes).await.is_oauth_error(400, "invalid_request");
}

#[tokio::test]
async fn a_body_over_16_kib_is_rejected() {
    let world = World::new().await;
    let body = format!("grant_type=client_credentials&x={}", "x".repeat(17_000));
    post(&world, FORM, body).await.is_oauth_error(413, "invalid_request");
}

#[tokio::test]
async fn an_unsupported_grant_type_is_rejected() {
    let world = World::new().await;
    let account = world.admin_account();
    let without = [("client_id", account.client_id.as_str()), ("client_secret", &account.secret)];
    world.anonymous().ask_token(&without).await.is_oauth_error(400, "invalid_request");
    for other in ["password", "authorization_code", "Client_Credentials"] {
        let mut form = without.to_vec();
        form.push(("grant_type", other));
        world.anonymous().ask_token(&form).await.is_oauth_error(400, "unsupported_grant_type");
    }
}
