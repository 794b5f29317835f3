//! The start page for browsers.

use reqwest::Method;

use crate::support::{Reply, World, is_page};

#[tokio::test]
async fn a_browser_gets_a_start_page_and_other_clients_get_404() {
    let world = World::new().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = world.anonymous().get_with("/", "accept", browser).await;
    is_page(&page);
    assert!(page.text.contains(env!("CARGO_PKG_VERSION")) && !page.text.contains("/graphiql"));
    for path in ["/docs/", "/openapi.json", "/readyz", "/start.css", "/icon.svg"] {
        assert!(page.text.contains(&format!("\"{path}\"")), "{path}");
        assert_eq!(world.anonymous().get(path).await.status, 200, "{path}");
    }
    for accept in ["*/*", "application/json", "text/html;q=0"] {
        let reply = world.anonymous().get_with("/", "accept", accept).await;
        reply.is_error(404, "NOT_FOUND");
        assert_eq!(reply.header("vary"), Some("accept"));
    }
    world.anonymous().get("/").await.is_error(404, "NOT_FOUND");
    let post = world.anonymous().request(Method::POST, "/").header("accept", browser);
    Reply::of(post).await.is_error(404, "NOT_FOUND");

    let with_graphiql = World::with(&[("GRAPHIQL", "true")]).await;
    let page = with_graphiql.anonymous().get_with("/", "accept", browser).await;
    assert!(page.text.contains("href=\"/graphiql\""));
}
