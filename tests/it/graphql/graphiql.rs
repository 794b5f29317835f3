//! GraphiQL with embedded files, and with those of the CDN.

use std::path::Path;

use aws_lc_rs::digest::{SHA384, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Reply, World, is_page, loads};

const CDN: &str = "https://cdn.jsdelivr.net/npm/";

async fn with_graphiql() -> World {
    World::with(&[("GRAPHIQL", "true")]).await
}

/// Whether the build found the files of GraphiQL.
fn embedded() -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graphql/graphiql/assets").is_dir()
}

#[tokio::test]
async fn graphiql_is_not_found_unless_it_is_enabled() {
    let world = World::new().await;
    for path in ["/graphiql", "/graphiql/page.js", "/graphiql/page.css"] {
        world.anonymous().get(path).await.is_error(404, "NOT_FOUND");
    }
    let world = with_graphiql().await;
    is_page(&world.anonymous().get("/graphiql").await);
    for path in ["/graphiql/", "/graphiql/nothing.js", "/graphiql/assets/nothing.js"] {
        world.anonymous().get(path).await.is_error(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn graphiql_loads_embedded_or_cdn_files_by_digest() {
    let world = with_graphiql().await;
    let page = world.anonymous().get("/graphiql").await;
    let policy = page.header("content-security-policy").expect("a policy").to_owned();
    assert_eq!(policy.contains("https:"), !embedded(), "{policy}");
    assert_eq!(page.text.contains("loaded from a public CDN"), !embedded());
    let pinned: Vec<_> = loads(&page.text)
        .into_iter()
        .filter(|(_, it)| it.contains("integrity=\"sha384-"))
        .collect();
    assert_eq!(pinned.len(), 6);
    for (url, element) in pinned {
        assert_eq!(url.starts_with("/graphiql/assets/"), embedded(), "{url}");
        assert_eq!(url.starts_with(CDN), !embedded(), "{url}");
        assert_eq!(element.contains("crossorigin=\"anonymous\""), !embedded(), "{element}");
    }
    for (url, _) in loads(&page.text).into_iter().filter(|(url, _)| !url.starts_with(CDN)) {
        let file = world.anonymous().get(url).await;
        assert_eq!((file.status, file.header("x-content-type-options")), (200, Some("nosniff")));
    }
}

#[tokio::test]
async fn embedded_files_are_immutable_compressed_and_match_their_digest() {
    let world = with_graphiql().await;
    let page = world.anonymous().get("/graphiql").await;
    let files: Vec<_> = loads(&page.text)
        .into_iter()
        .filter(|(url, _)| url.starts_with("/graphiql/assets/"))
        .collect();
    assert_eq!(files.len(), if embedded() { 6 } else { 0 });
    for (url, element) in files {
        let file = world.anonymous().get(url).await;
        let sum = STANDARD.encode(digest(&SHA384, file.text.as_bytes()));
        assert!(element.contains(&format!("integrity=\"sha384-{sum}\"")), "{element}");
        let kind = if url.ends_with(".css") { "text/css" } else { "text/javascript" };
        assert_eq!(file.header("content-type"), Some(&*format!("{kind}; charset=utf-8")));
        let small = world.anonymous().get_with(url, "accept-encoding", "br, gzip").await;
        assert_eq!(small.header("content-encoding"), Some("gzip"));
        let length = |reply: &Reply| {
            reply.header("content-length").and_then(|length| length.parse::<u32>().ok())
        };
        assert!(length(&small) < length(&file));
        for reply in [&file, &small] {
            let cache = reply.header("cache-control").expect("a cache policy");
            assert!(cache.contains("immutable") && cache.contains("max-age=31536000"), "{cache}");
            assert_eq!(reply.header("vary"), Some("accept-encoding"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
        assert_eq!(file.header("content-encoding"), None);
    }
}
