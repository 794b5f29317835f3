//! Documents that would harm: each is refused, and the server goes on.

use serde_json::{Value, json};

use crate::support::{Caller, World};

#[tokio::test]
async fn deep_and_wide_documents_are_rejected_and_the_server_goes_on() {
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
            reply.is_graphql_error(code);
        }
    }
    assert_eq!(admin.graphql("{ __typename }", json!({})).await.status, 200);
}

async fn refused(caller: &Caller, query: &str, name: &str) -> Value {
    let reply = caller.graphql(query, json!({})).await;
    let error = reply.json()["errors"][0].clone();
    let limit = &error["extensions"]["limit"];
    assert_eq!(limit["name"], name, "{query}: {}", reply.text);
    for number in ["maximum", "reached"] {
        let number = limit[number].to_string();
        assert!(error["message"].as_str().is_some_and(|it| it.contains(&number)), "{error}");
    }
    limit.clone()
}

#[tokio::test]
async fn an_error_names_the_exceeded_limit_with_its_configured_maximum() {
    let world = World::with(&[
        ("GRAPHQL_MAX_TOKENS", "100"),
        ("GRAPHQL_MAX_DEPTH", "4"),
        ("GRAPHQL_MAX_ALIASES", "2"),
        ("GRAPHQL_MAX_ROOT_FIELDS", "3"),
        ("GRAPHQL_MAX_DIRECTIVES", "1"),
        ("GRAPHQL_MAX_SELECTIONS", "10"),
        ("GRAPHQL_MAX_COST", "20"),
        ("GRAPHQL_MAX_RESOLUTIONS", "60"),
        ("GRAPHQL_MAX_BODY_BYTES", "2048"),
        ("GRAPHQL_MAX_RESPONSE_BYTES", "1024"),
    ])
    .await;
    let admin = world.admin().await;
    let limit = |name: &str, maximum: u32, reached: u32| json!({ "name": name, "maximum": maximum, "reached": reached });
    let many = |text: &str, times| format!("{{ viewer {{ {} }} }}", text.repeat(times));
    for (query, expected) in [
        (many("scopes,", 100), limit("tokens", 100, 105)),
        ("{ a { b { c { d { e } } } } }".to_owned(), limit("depth", 4, 5)),
        (many("a: scopes b: scopes c: scopes", 1), limit("aliases", 2, 3)),
        ("{ a b c d }".to_owned(), limit("root_fields", 3, 4)),
        (
            many("scopes @skip(if: false) tokenExpiresAt @skip(if: false)", 1),
            limit("directives", 1, 2),
        ),
        (many("a b c d e f g h i j", 1), limit("selections", 10, 11)),
        ("{ organizations(first: 20) { nodes { id } } }".to_owned(), limit("cost", 20, 21)),
        (
            "{ organizations(first: 19) { nodes { a b c d } } }".to_owned(),
            limit("resolutions", 60, 78),
        ),
        (
            format!("{{ a(b: {}1{}) }}", "[".repeat(20), "]".repeat(20)),
            limit("value_brackets", 16, 21),
        ),
    ] {
        let name = expected["name"].as_str().expect("a name");
        assert_eq!(refused(&admin, &query, name).await, expected, "{query}");
    }
    refused(&admin, &format!("{{ a }} # {}", "x".repeat(3_000)), "body_bytes").await;
    let name = refused(&admin, &format!("{{ {} }}", "x".repeat(101)), "name_length").await;
    assert_eq!(name, limit("name_length", 100, 101));
    for _ in 0..20 {
        world.account(&[]).await;
    }
    let page =
        r#"{ organization(id: "acme") { serviceAccounts(first: 18) { edges { cursor } } } }"#;
    refused(&admin, page, "response_bytes").await;
}

#[tokio::test]
async fn a_response_is_complete_or_rejected_however_many_fields_merge() {
    let world = World::with(&[("GRAPHQL_MAX_RESPONSE_BYTES", "4096")]).await;
    for _ in 0..20 {
        world.account(&[]).await;
    }
    let admin = world.admin().await;
    let mut whole = Vec::new();
    for count in 1..=8 {
        let spread: String = (0..count).map(|nth| format!("...F{nth} ")).collect();
        let mut query = format!(
            "{{ organization(id: \"acme\") {{ serviceAccounts(first: 20) {{ {spread} }} }} }}"
        );
        for nth in 0..count {
            let on = "on ServiceAccountConnection { nodes { id name } }";
            query += &format!(" fragment F{nth} {on}");
        }
        let reply = admin.graphql(&query, json!({})).await;
        let answer = reply.json();
        if answer["errors"].is_null() {
            assert!(!reply.text.contains("null"), "{}", reply.text);
            whole.push(count);
        } else {
            assert_eq!(answer["data"], Value::Null);
            assert_eq!(answer["errors"][0]["extensions"]["limit"]["name"], "response_bytes");
        }
    }
    assert!(whole.contains(&1) && !whole.contains(&8), "{whole:?}");
}

#[tokio::test]
async fn too_many_node_ids_are_rejected_with_their_limit() {
    let world = World::new().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let reply = world.admin().await.graphql(query, json!({ "ids": vec!["x"; 101] })).await;
    reply.is_graphql_error("BAD_USER_INPUT");
    let error = &reply.json()["errors"][0]["extensions"];
    let limit = json!({ "name": "nodes", "maximum": 100, "reached": 101 });
    assert_eq!((&error["field"], &error["limit"]), (&json!("ids"), &limit));
}

#[tokio::test]
async fn a_limit_outside_its_range_stops_the_start() {
    for (name, value) in [("DEPTH", "31"), ("SECONDS", "0"), ("TOKENS", "99"), ("COST", "x")] {
        let setting = (format!("POSTERN_GRAPHQL_MAX_{name}"), value.to_owned());
        let error = postern::config::Config::load(None, [setting], &[]).expect_err("refused");
        let field = format!("graphql_max_{}", name.to_lowercase());
        assert!(error.to_string().contains(&field), "{error}");
    }
}
