//! Documents that would harm: each is refused, and the server goes on.

use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, World};

#[tokio::test]
async fn documents_that_would_harm_are_refused_and_the_process_goes_on() {
    let world = World::new().await;
    let admin = world.admin().await;
    let nested = format!("{{ node(id: {}{}) {{ id }} }}", "[".repeat(5_000), "]".repeat(5_000));
    let mut doubling = "{ ...f0 }".to_owned();
    for level in 0..30 {
        let next = level + 1;
        let twice = format!("... {{ ...f{next} }} ... {{ ...f{next} }}");
        doubling += &format!(" fragment f{level} on Query {{ {twice} }}");
    }
    doubling += " fragment f30 on Query { __typename }";
    let aliases = (0..10_000).map(|n| format!("a{n}:__typename ")).collect::<String>();
    let aliases = format!("{{ {} }}", &aliases[..60_000]);
    for (document, code) in [
        (nested, "QUERY_TOO_DEEP"),
        (doubling, "QUERY_TOO_COMPLEX"),
        (aliases, "QUERY_TOO_COMPLEX"),
    ] {
        for caller in [world.anonymous(), admin.clone()] {
            let reply = caller.graphql(&document, json!({})).await;
            assert_eq!(reply.status, 400);
            reply.is_refused(code);
        }
    }
    assert_eq!(admin.graphql("{ __typename }", json!({})).await.status, 200);
}

#[tokio::test]
async fn large_bodies_other_media_types_and_batches_are_refused() {
    let world = World::new().await;
    let admin = world.admin().await;
    let post = |content_type: &'static str, body: Vec<u8>| {
        let request = admin.request(Method::POST, "/graphql").header("content-type", content_type);
        Reply::of(request.body(body))
    };
    for size in [65_537, 10 * 1024 * 1024] {
        assert_eq!(post("application/json", vec![b' '; size]).await.status, 413);
    }
    let query = br#"{"query":"{ __typename }"}"#.to_vec();
    for other in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]
    {
        assert_eq!(post(other, query.clone()).await.status, 415, "{other}");
    }
    for wrong in ["[{\"query\":\"{ __typename }\"}]", "{", "{}", "\"x\"", "{\"query\":1}"] {
        let reply = post("application/json", wrong.into()).await;
        assert_eq!(reply.status, 400, "{wrong}");
        reply.is_refused("BAD_USER_INPUT");
    }
    assert_eq!(post("application/json", b"{\"query\":\"\xff\"}".to_vec()).await.status, 400);
}

#[tokio::test]
async fn mutations_do_not_run_by_get() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mutation = "mutation { createServiceAccount(input: { organizationId: \"acme\", name: \"x\" }) { clientMutationId } }";
    let request = admin.request(Method::GET, "/graphql").query(&[("query", mutation)]);
    let reply = Reply::of(request).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    let query = "{ organization(id: \"acme\") { serviceAccounts { totalCount } } }";
    let request = admin.request(Method::GET, "/graphql").query(&[("query", query)]);
    let count = Reply::of(request).await.data("/organization/serviceAccounts/totalCount");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn the_page_to_explore_runs_no_inline_script() {
    let world = World::new().await;
    let page = world.anonymous().get("/graphiql").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("script-src 'self' 'unsafe"));
    assert!(!page.text.contains("<script>"));
    assert_eq!(world.anonymous().get("/graphiql/graphiql.js").await.status, 200);
}
