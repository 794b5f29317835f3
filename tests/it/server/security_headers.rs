//! Headers that every surface sends to browsers and caches.

use crate::support::World;

const PATHS: [&str; 12] = [
    "/organizations",
    "/graphql?query=%7B__typename%7D",
    "/oauth/token",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/openapi.json",
    "/docs/",
    "/graphiql",
    "/healthz",
    "/readyz",
    "/nowhere",
    "/",
];

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let world = World::with(&[("GRAPHIQL", "true"), ("HSTS_SECONDS", "31536000")]).await;
    for path in PATHS {
        let reply = world.anonymous().get(path).await;
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
    }
    let world = World::new().await;
    for path in PATHS {
        let reply = world.anonymous().get(path).await;
        assert_eq!(reply.header("strict-transport-security"), None, "{path}");
    }
}

#[tokio::test]
async fn private_responses_are_not_stored() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (path, expected) in [
        ("/organizations", Some("no-store")),
        ("/organizations/acme/service-accounts", Some("no-store")),
        ("/graphql?query=%7B__typename%7D", Some("no-store")),
        ("/nowhere", Some("no-store")),
        ("/oauth/token", Some("no-store")),
        ("/.well-known/jwks.json", Some("public, max-age=300")),
        ("/openapi.json", Some("no-cache")),
    ] {
        let reply = admin.get(path).await;
        assert_eq!(reply.header("cache-control"), expected, "{path}");
        let values = reply.headers.get_all("cache-control").iter().count();
        assert!(values <= 1, "{path}");
    }
}
