//! Cross-origin requests of browsers.

use std::sync::atomic::Ordering;

use reqwest::Method;

use crate::support::{Caller, Reply, World};

const APP: &str = "https://app.example.com";
const LOGIN: &str = "https://login.example.com";
const STRANGER: &str = "https://stranger.example.com";

async fn world() -> World {
    let origins = format!("{APP}, http://localhost:3000");
    World::with(&[("CORS_ORIGINS", &origins), ("CORS_TOKEN_ORIGINS", LOGIN)]).await
}

async fn from(origin: &str, caller: &Caller, method: Method, path: &str) -> Reply {
    Reply::of(caller.request(method, path).header("origin", origin)).await
}

async fn preflight(origin: &str, caller: &Caller, path: &str) -> Reply {
    let request = caller.request(Method::OPTIONS, path).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    Reply::of(request.header("access-control-request-headers", "authorization,content-type")).await
}

/// The origin that may read the response.
fn allowed(reply: &Reply) -> Option<&str> {
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    reply.header("access-control-allow-origin")
}

fn varies(reply: &Reply) -> bool {
    let mut values = reply.headers.get_all("vary").iter();
    values.any(|value| value.to_str().expect("text").eq_ignore_ascii_case("origin"))
}

#[tokio::test]
async fn responses_and_errors_are_readable_only_from_configured_origins() {
    let world = world().await;
    let (anonymous, admin) = (world.anonymous(), world.admin().await);
    let large = || admin.request(Method::POST, "/graphql").body("x".repeat(70_000));
    world.app.stopping.store(true, Ordering::Relaxed);
    for origin in [APP, "http://localhost:3000", STRANGER, LOGIN, "null"] {
        let expected = Some(origin).filter(|it| [APP, "http://localhost:3000"].contains(it));
        let json = |it: reqwest::RequestBuilder| it.header("content-type", "application/json");
        for (status, reply) in [
            (200, from(origin, &admin, Method::GET, "/organizations").await),
            (401, from(origin, &anonymous, Method::GET, "/organizations").await),
            (404, from(origin, &admin, Method::GET, "/nowhere").await),
            (405, from(origin, &admin, Method::PUT, "/organizations").await),
            (413, Reply::of(json(large()).header("origin", origin)).await),
            (503, from(origin, &admin, Method::GET, "/readyz").await),
        ] {
            assert_eq!((reply.status, allowed(&reply)), (status, expected), "{origin}");
            assert!(varies(&reply), "{reply:?}");
            let exposed = reply.header("access-control-expose-headers");
            let names =
                ["X-Client-Request-ID", "Retry-After", "WWW-Authenticate", "x-should-retry"];
            assert!(
                names.iter().all(|it| exposed.is_some_and(|all| all.contains(it)))
                    == expected.is_some()
            );
        }
    }
    let without = admin.get("/organizations").await;
    assert!(allowed(&without).is_none() && varies(&without));
}

#[tokio::test]
async fn preflight_requests_need_no_token_and_reach_no_handler() {
    let world = world().await;
    let caller = world.anonymous();
    for path in ["/graphql", "/organizations/acme/service-accounts", "/nowhere"] {
        let reply = preflight(APP, &caller, path).await;
        assert_eq!((reply.status, allowed(&reply), &*reply.text), (204, Some(APP), ""), "{path}");
        let methods = reply.header("access-control-allow-methods").expect("methods");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert!(methods.contains(method), "{methods}");
        }
        let headers = reply.header("access-control-allow-headers").expect("headers");
        for header in [
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "X-Client-Request-ID",
            "GraphQL-Cost",
            "Accept",
        ] {
            assert!(headers.contains(header), "{headers}");
        }
        assert!(reply.header("access-control-max-age").is_some() && varies(&reply));

        let refused = preflight(STRANGER, &caller, path).await;
        assert_eq!((refused.status, allowed(&refused)), (204, None), "{path}");
        assert_eq!(refused.header("access-control-allow-headers"), None);
    }
    // Other OPTIONS requests are none.
    let reply = Reply::of(caller.request(Method::OPTIONS, "/graphql")).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST")));
}

#[tokio::test]
async fn oauth_endpoints_have_their_own_origins() {
    let world = world().await;
    let (caller, account) = (world.anonymous(), world.admin_account());
    for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/service-account-token"] {
        for (origin, expected) in [(LOGIN, Some(LOGIN)), (APP, None), (STRANGER, None)] {
            assert_eq!(allowed(&preflight(origin, &caller, path).await), expected, "{path}");
            let form = caller.request(Method::POST, path).form(&account.form());
            let reply = Reply::of(form.header("origin", origin)).await;
            assert_eq!(allowed(&reply), expected, "{path}: {reply:?}");
        }
    }
    let default = World::new().await;
    for path in ["/oauth/token", "/graphql"] {
        let reply = preflight(APP, &default.anonymous(), path).await;
        assert!(allowed(&reply).is_none() && !varies(&reply), "{path}");
    }
}

#[tokio::test]
async fn public_documents_are_readable_from_any_origin() {
    let world = World::new().await;
    let caller = world.anonymous();
    for path in
        ["/openapi.json", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"]
    {
        let reply = from(STRANGER, &caller, Method::GET, path).await;
        assert_eq!((reply.status, allowed(&reply)), (200, Some("*")), "{path}");
        assert!(!varies(&reply));
        assert_eq!(allowed(&preflight(STRANGER, &caller, path).await), Some("*"), "{path}");
    }
}
