//! Coercion of variables and literals (GraphQL specification, sections 3.11, 5.6 and 6.1.2).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

/// Asserts that the request is rejected before execution, and returns the error.
pub async fn request_error(caller: &Caller, query: &str, variables: Value) -> Value {
    let reply = caller.graphql(query, variables).await;
    reply.is_graphql_error("BAD_USER_INPUT");
    assert!(reply.json().get("data").is_none(), "{}", reply.text);
    reply.json()["errors"][0].clone()
}

#[tokio::test]
async fn an_invalid_input_is_a_request_error_in_both_media_types() {
    let world = World::new().await;
    let admin = world.admin().await;
    let body = json!({ "query": "query($n: Int!) { organizations(first: $n) { totalCount } }" });
    for (accept, status) in [("application/json", 200), ("application/graphql-response+json", 400)]
    {
        let request = admin.request(Method::POST, "/graphql").header("accept", accept).json(&body);
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert_eq!(reply.json()["errors"][0]["message"], "first: is required ($n)");
        assert!(reply.json().get("data").is_none(), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_invalid_variable_is_named_by_its_argument() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, variables, field) in [
        ("query($x: ID!) { node(id: $x) { id } }", json!({}), "id"),
        (r#"query($x: ID!) { nodes(ids: ["a", $x]) { id } }"#, json!({ "x": {} }), "ids.1"),
        ("query($x: [ID!]!) { nodes(ids: $x) { id } }", json!({ "x": ["a", null] }), "ids.1"),
        ("{ organizations(first: 1.5) { totalCount } }", json!({}), "first"),
        ("{ organizations(first: 2147483648) { totalCount } }", json!({}), "first"),
        ("{ node(id: ENUM) { id } }", json!({}), "id"),
        (r#"{ node(id: "a", other: 1) { id } }"#, json!({}), "other"),
        ("{ node { id } }", json!({}), "id"),
        ("query($x: Boolean!) { viewer @include(if: $x) { scopes } }", json!({}), "x"),
        (
            "query($x: Boolean = true) { viewer @skip(if: $x) { scopes } }",
            json!({ "x": null }),
            "x",
        ),
        ("query($x: Boolean) { viewer @include(if: $x) { scopes } }", json!({ "x": true }), "x"),
        ("query($x: String!) { node(id: $x) { id } }", json!({ "x": "a" }), "id"),
        (r#"{ node(id: "a", id: "b") { id } }"#, json!({}), "query"),
        ("{ viewer @include(if: 1) { scopes } }", json!({}), "if"),
        (
            "{ ...F @include(if: false) } fragment F on Query { node(id: 1.5) { id } }",
            json!({}),
            "id",
        ),
        ("{ viewer { scopes } __type(name: 5) { name } }", json!({}), "name"),
        ("query A { viewer { scopes } } query B { node(id: true) { id } }", json!({}), "id"),
        (
            r#"
                mutation($n: String!) {
                  createServiceAccount(input: { organizationId: "acme", name: $n }) {
                    clientMutationId
                  }
                }
            "#,
            json!({ "n": 5 }),
            "name",
        ),
    ] {
        let name = query.starts_with("query A").then_some("A");
        let body = json!({ "query": query, "variables": variables, "operationName": name });
        let reply = admin.post("/graphql", &body).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let error = &reply.json()["errors"][0];
        assert_eq!(error["extensions"]["field"], field, "{query}: {error:#}");
        assert!(error["locations"][0]["line"].is_number(), "{query}");
    }
}

#[tokio::test]
async fn several_invalid_inputs_are_one_error_that_lists_them() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query =
        "mutation($input: CreateApiInput!) { createApi(input: $input) { clientMutationId } }";
    let input = json!({ "organizationId": true, "scopes": ["a", 1], "identifier": "x" });
    let error = request_error(&admin, query, json!({ "input": input })).await;
    let fields = error["extensions"]["fields"].as_array().expect("fields");
    let mut names: Vec<_> = fields.iter().map(|it| it["field"].as_str().expect("a name")).collect();
    names.sort_unstable();
    assert_eq!(names, ["name", "organizationId", "scopes.1"]);
    let many: Vec<_> = (0..500).map(|_| json!(true)).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let error = request_error(&admin, query, json!({ "ids": many })).await;
    assert_eq!(error["extensions"]["fields"].as_array().map(Vec::len), Some(100));
    let limit = json!({ "name": "fields", "maximum": 100, "reached": 500 });
    assert_eq!(error["extensions"]["limit"], limit);
    let message = error["message"].as_str().expect("a message");
    assert!(message.starts_with("500 invalid inputs, the first 100 of them: ids.0: "));
    // The same holds for inputs that fit their type.
    let reply = admin
        .mutate(
            "createServiceAccount",
            json!({ "organizationId": "acme", "name": "x", "roles": vec!["boss"; 101] }),
        )
        .await;
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    assert_eq!(extensions["fields"].as_array().map(Vec::len), Some(100));
    assert_eq!(extensions["limit"]["reached"], 101);
}

#[tokio::test]
async fn error_messages_quote_little_of_the_input() {
    let world = World::new().await;
    let admin = world.admin().await;
    let long = "x".repeat(10_000);
    let query = r#"
        mutation($input: UpdateServiceAccountInput!) {
          updateServiceAccount(input: $input) { clientMutationId }
        }
    "#;
    let mut input = json!({ "id": "a" });
    input[&long] = json!(1);
    let error = request_error(&admin, query, json!({ "input": input })).await;
    assert!(error.to_string().len() < 1_000, "{error}");
    let query = "query($n: Int) { organizations(first: $n) { totalCount } }";
    let error = request_error(&admin, query, json!({ "n": long })).await;
    assert!(error.to_string().matches('x').count() < 110, "{error}");
}

#[tokio::test]
async fn inputs_are_coerced_as_the_specification_defines() {
    let world = World::new().await;
    let (admin, id) = (world.admin().await, world.admin_account().id);
    let (list, one) = ("query($x: [ID!]!) { nodes(ids: $x) { id } }", json!([{ "id": id }]));
    assert_eq!(admin.graphql(list, json!({ "x": id })).await.data("/nodes"), one);
    let literal = format!("{{ nodes(ids: \"{id}\") {{ id }} }}");
    assert_eq!(admin.graphql(&literal, json!({})).await.data("/nodes"), one);
    assert_eq!(admin.graphql("{ node(id: 5) { id } }", json!({})).await.data("/node"), Value::Null);
    let unknown = "query($x: Int = 1) { organizations(first: $x) { totalCount } }";
    admin.graphql(unknown, json!({ "y": 1 })).await.data("/organizations");
    admin.graphql(unknown, json!({ "x": null })).await.data("/organizations");
}

#[tokio::test]
async fn a_non_null_list_variable_fits_a_nullable_argument() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = r#"
        mutation($roles: [String!]!) {
          createServiceAccount(input: { organizationId: "acme", name: "x", roles: $roles }) {
            serviceAccount { roles { label } }
          }
        }
    "#;
    let made = admin.graphql(query, json!({ "roles": ["org_viewer"] })).await;
    let roles = made.data("/createServiceAccount/serviceAccount/roles");
    assert_eq!(roles, json!([{ "label": "org_viewer" }]));
    for wrong in [json!({}), json!({ "roles": null }), json!({ "roles": [null] })] {
        request_error(&admin, query, wrong).await;
    }
}
