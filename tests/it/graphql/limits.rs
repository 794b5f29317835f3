//! Documents that would harm: each is refused, and the server goes on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

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
async fn a_limit_is_a_setting_and_a_refusal_names_it() {
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
    let page = "{ organization(id: \"acme\") { serviceAccounts(first: 18) { edges { cursor } } } }";
    refused(&admin, page, "response_bytes").await;
}

#[tokio::test]
async fn an_answer_is_whole_or_refused_however_much_of_it_is_merged() {
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
async fn a_refusal_of_too_many_ids_names_their_limit() {
    let world = World::new().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let reply = world.admin().await.graphql(query, json!({ "ids": vec!["x"; 101] })).await;
    reply.is_refused("BAD_USER_INPUT");
    let error = &reply.json()["errors"][0]["extensions"];
    let limit = json!({ "name": "nodes", "maximum": 100, "reached": 101 });
    assert_eq!((&error["field"], &error["limit"]), (&json!("ids"), &limit));
}

#[tokio::test]
async fn a_limit_out_of_its_range_stops_the_start() {
    for (name, value) in [("DEPTH", "31"), ("SECONDS", "0"), ("TOKENS", "99"), ("COST", "x")] {
        let setting = (format!("POSTERN_GRAPHQL_MAX_{name}"), value.to_owned());
        let error = postern::config::Config::load(None, [setting], &[]).expect_err("refused");
        let field = format!("graphql_max_{}", name.to_lowercase());
        assert!(error.to_string().contains(&field), "{error}");
    }
}

#[tokio::test]
async fn the_cost_of_an_operation_is_reported_on_request() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = "query($n: Int = 10) { organizations(first: $n) { nodes { id permissions { roles { grant } } } } }";
    let request = |header: &str| {
        let body = json!({ "query": query });
        Reply::of(
            admin.request(Method::POST, "/graphql").header("graphql-cost", header).json(&body),
        )
    };
    let expected = json!({ "cost": { "requested": 11, "maximum": 5_000 } });
    assert_eq!(request("1").await.json()["extensions"], expected, "the default of the variable");
    assert_eq!(request("0").await.json().get("extensions"), None);
}

#[tokio::test]
async fn a_page_of_a_hundred_accounts_with_what_hangs_on_them_is_within_the_limits() {
    let world = World::new().await;
    let query = "{ organization(id: \"acme\") { serviceAccounts(first: 100) {
      edges { cursor node {
        id name description createdAt updatedAt disabledAt
        roles { label name description permissions }
        credentials { nodes {
          id clientId name description createdAt lastUsedAt expiresAt disabledAt
          permissions { serviceAccountCredentials { list create read update delete } }
        } permissions { serviceAccountCredentials { create } } totalCount }
        permissions { serviceAccounts { list create read update delete }
          serviceAccountCredentials { list create read update delete } }
      } }
      permissions { serviceAccounts { create } } totalCount pageInfo { hasNextPage endCursor }
    } } }";
    let edges = world.admin().await.graphql(query, json!({})).await;
    assert_eq!(edges.data("/organization/serviceAccounts/edges").as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_written_twice_counts_once() {
    let world = World::new().await;
    let query = format!(
        "{{ viewer {{ {} }} {} }}",
        "scopes ".repeat(500),
        "viewer { scopes } ".repeat(100)
    );
    world.admin().await.graphql(&query, json!({})).await.data("/viewer/scopes");
}

#[tokio::test]
async fn the_query_of_graphiql_is_within_the_limits() {
    let world = World::new().await;
    let of_type = "kind name ofType { ".repeat(9) + "kind name" + &" }".repeat(9);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }}
          subscriptionType {{ name kind }} types {{ ...FullType }}
          directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
        fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
          fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }}
            type {{ ...TypeRef }} isDeprecated deprecationReason }}
          inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
          enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
          possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
        fragment TypeRef on __Type {{ {of_type} }}"
    );
    world.anonymous().graphql(&query, json!({})).await.data("/__schema/types");
}

#[tokio::test]
async fn a_mutation_that_was_done_is_answered_when_the_time_of_the_request_is_up() {
    let slow = [("ARGON2_MEMORY_KIB", "131072"), ("ARGON2_ITERATIONS", "6")];
    let world = World::with(&[slow[0], slow[1], ("GRAPHQL_MAX_SECONDS", "1")]).await;
    let (account, admin) = (world.account(&[]).await, world.admin().await);
    let creates =
        (0..15).map(|nth| format!("m{nth}: createCredential(input: $input) {{ clientSecret }}"));
    let query = format!(
        "mutation($input: CreateCredentialInput!) {{ {} }}",
        creates.collect::<Vec<_>>().join(" ")
    );
    let input = json!({ "serviceAccountId": account.id, "name": "x" });
    let reply = admin.graphql(&query, json!({ "input": input })).await;
    let data = reply.json()["data"].clone();
    let answered = data.as_object().expect("data").values().filter(|it| !it.is_null()).count();
    let late = reply.errors().iter().filter(|(_, code)| code == "UNAVAILABLE").count();
    assert!(answered > 0 && late > 0, "{}", reply.text);
    let count = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { credentials { totalCount } } } }";
    let total = admin.graphql(count, json!({ "id": account.id })).await;
    assert_eq!(total.data("/node/credentials/totalCount"), json!(1 + answered), "each is answered");
}
