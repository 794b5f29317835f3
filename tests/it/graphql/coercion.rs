//! Coercion of variables and literals (GraphQL specification, sections 3.11, 5.6 and 6.1.2).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

async fn refused(caller: &Caller, query: &str, variables: Value) -> Value {
    let reply = caller.graphql(query, variables).await;
    reply.is_refused("BAD_USER_INPUT");
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
async fn an_invalid_input_is_named_by_the_argument_that_it_is_for() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, variables, field) in [
        ("query($x: ID!) { node(id: $x) { id } }", json!({}), "id"),
        ("query($x: ID!) { nodes(ids: [\"a\", $x]) { id } }", json!({ "x": {} }), "ids.1"),
        ("query($x: [ID!]!) { nodes(ids: $x) { id } }", json!({ "x": ["a", null] }), "ids.1"),
        ("{ organizations(first: 1.5) { totalCount } }", json!({}), "first"),
        ("{ organizations(first: 2147483648) { totalCount } }", json!({}), "first"),
        ("{ node(id: ENUM) { id } }", json!({}), "id"),
        ("{ node(id: \"a\", other: 1) { id } }", json!({}), "other"),
        ("{ node { id } }", json!({}), "id"),
        ("query($x: Boolean!) { viewer @include(if: $x) { scopes } }", json!({}), "x"),
        (
            "query($x: Boolean = true) { viewer @skip(if: $x) { scopes } }",
            json!({ "x": null }),
            "x",
        ),
        ("query($x: Boolean) { viewer @include(if: $x) { scopes } }", json!({ "x": true }), "x"),
        ("query($x: String!) { node(id: $x) { id } }", json!({ "x": "a" }), "id"),
        ("{ node(id: \"a\", id: \"b\") { id } }", json!({}), "query"),
        ("{ viewer @include(if: 1) { scopes } }", json!({}), "if"),
        (
            "{ ...F @include(if: false) } fragment F on Query { node(id: 1.5) { id } }",
            json!({}),
            "id",
        ),
        ("{ viewer { scopes } __type(name: 5) { name } }", json!({}), "name"),
        ("query A { viewer { scopes } } query B { node(id: true) { id } }", json!({}), "id"),
        (
            "mutation($n: String!) { createServiceAccount(input: { organizationId: \"acme\", name: $n }) { clientMutationId } }",
            json!({ "n": 5 }),
            "name",
        ),
    ] {
        let name = query.starts_with("query A").then_some("A");
        let body = json!({ "query": query, "variables": variables, "operationName": name });
        let reply = admin.post("/graphql", &body).await;
        reply.is_refused("BAD_USER_INPUT");
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
    let error = refused(&admin, query, json!({ "input": input })).await;
    let fields = error["extensions"]["fields"].as_array().expect("fields");
    let mut names: Vec<_> = fields.iter().map(|it| it["field"].as_str().expect("a name")).collect();
    names.sort_unstable();
    assert_eq!(names, ["name", "organizationId", "scopes.1"]);
    let many: Vec<_> = (0..500).map(|_| json!(true)).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let error = refused(&admin, query, json!({ "ids": many })).await;
    assert_eq!(error["extensions"]["fields"].as_array().map(Vec::len), Some(100));
    let limit = json!({ "name": "fields", "maximum": 100, "reached": 500 });
    assert_eq!(error["extensions"]["limit"], limit);
    let message = error["message"].as_str().expect("a message");
    assert!(message.starts_with("500 inputs are invalid, of which 100 are listed: ids.0: "));
    // The same holds for inputs that fit their type.
    let query = "mutation($roles: [String!]) { createServiceAccount(input: { organizationId: \"acme\", name: \"x\", roles: $roles }) { clientMutationId } }";
    let reply = admin.graphql(query, json!({ "roles": vec!["boss"; 101] })).await;
    let extensions = reply.json()["errors"][0]["extensions"].clone();
    assert_eq!(extensions["fields"].as_array().map(Vec::len), Some(100));
    assert_eq!(extensions["limit"]["reached"], 101);
}

#[tokio::test]
async fn messages_repeat_little_of_what_was_sent() {
    let world = World::new().await;
    let admin = world.admin().await;
    let long = "x".repeat(10_000);
    let query = "mutation($input: UpdateServiceAccountInput!) { updateServiceAccount(input: $input) { clientMutationId } }";
    let mut input = json!({ "id": "a" });
    input[&long] = json!(1);
    let error = refused(&admin, query, json!({ "input": input })).await;
    assert!(error.to_string().len() < 1_000, "{error}");
    let query = "query($n: Int) { organizations(first: $n) { totalCount } }";
    let error = refused(&admin, query, json!({ "n": long })).await;
    assert!(error.to_string().matches('x').count() < 110, "{error}");
}

#[tokio::test]
async fn inputs_are_coerced_as_the_specification_has_it() {
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
async fn defaults_of_variables_decide_over_include_and_skip() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, there) in [
        ("query($b: Boolean! = true) { viewer { scopes tokenExpiresAt @include(if: $b) } }", true),
        ("query($b: Boolean = true) { viewer { scopes tokenExpiresAt @skip(if: $b) } }", false),
    ] {
        let viewer = admin.graphql(query, json!({})).await.data("/viewer");
        assert_eq!(viewer.get("tokenExpiresAt").is_some(), there, "{query}");
    }
}

#[tokio::test]
async fn directives_of_the_type_name_are_validated_and_use_variables() {
    let world = World::new().await;
    let anonymous = world.anonymous();
    anonymous.graphql("{ __typename @nonsense }", json!({})).await.is_refused("BAD_USER_INPUT");
    let query = "query($b: Boolean!) { other: __typename __typename @include(if: $b) }";
    let data = |it: Reply| it.data("");
    let with = data(anonymous.graphql(query, json!({ "b": true })).await);
    assert_eq!(with, json!({ "other": "Query", "__typename": "Query" }));
    let without = data(anonymous.graphql(query, json!({ "b": false })).await);
    assert_eq!(without, json!({ "other": "Query" }));
    anonymous.graphql(query, json!({})).await.is_refused("BAD_USER_INPUT");
}

#[tokio::test]
async fn the_type_name_has_neither_arguments_nor_fields() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, field) in [
        ("{ __typename(x: $undefined) { nonsense } }", "x"),
        ("{ __typename(x: 1) }", "x"),
        ("{ __typename { nonsense } }", "query"),
        ("{ viewer { roles { name: __typename { label } } } }", "query"),
        ("{ viewer { ...F } } fragment F on Viewer { __typename(x: 1) @include(if: true) }", "x"),
    ] {
        let error = refused(&admin, query, json!({})).await;
        assert_eq!(error["extensions"]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn a_mutation_that_is_written_twice_in_one_place_runs_once() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let query = "mutation($input: CreateCredentialInput!) {
      createCredential(input: $input) { clientSecret }
      createCredential(input: $input) { credential { serviceAccount { credentials { totalCount } } } }
    }";
    let input = json!({ "serviceAccountId": account.id, "name": "Once" });
    let made = admin.graphql(query, json!({ "input": input })).await.data("/createCredential");
    assert!(made["clientSecret"].is_string());
    assert_eq!(made["credential"]["serviceAccount"]["credentials"]["totalCount"], 2);
}

#[tokio::test]
async fn the_path_of_an_error_below_a_payload_ends_at_the_field_that_failed() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let all = postern::authz::PermissionSet::all().names().join(" ");
    let scope = all.replace("service_accounts:read ", "");
    let caller = world.sign_in_for(&world.admin_account(), Some(&scope)).await;
    let query = "mutation($input: UpdateCredentialInput!) {
      updateCredential(input: $input) { clientMutationId credential { id owner: serviceAccount { id } } }
    }";
    let input = json!({ "id": account.credential, "name": "x" });
    let reply = caller.graphql(query, json!({ "input": input })).await;
    let paths: Vec<_> = reply.errors().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["updateCredential.credential.owner"], "{}", reply.text);
}

#[tokio::test]
async fn a_list_that_is_not_null_may_stand_where_null_may() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = "mutation($roles: [String!]!) { createServiceAccount(input: { organizationId: \"acme\", name: \"x\", roles: $roles }) { serviceAccount { roles { label } } } }";
    let made = admin.graphql(query, json!({ "roles": ["org_viewer"] })).await;
    let roles = made.data("/createServiceAccount/serviceAccount/roles");
    assert_eq!(roles, json!([{ "label": "org_viewer" }]));
    for wrong in [json!({}), json!({ "roles": null }), json!({ "roles": [null] })] {
        refused(&admin, query, wrong).await;
    }
}

#[tokio::test]
async fn every_error_of_bad_input_names_a_field() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (query, name) = ("{ viewer { scopes } }", "x".repeat(101));
    for (body, field) in [
        (json!({ "query": "{" }), "query"),
        (json!({ "query": "{ nonsense }" }), "query"),
        (json!({ "query": "{ ...F } fragment F on Query { ...F }" }), "query"),
        (json!({ "query": format!("{{ {name} }}") }), "query"),
        (json!({ "query": "subscription { x }" }), "query"),
        (json!({ "query": 5 }), "query"),
        (json!({}), "query"),
        (json!({ "query": query, "operationName": "Other" }), "operationName"),
        (json!({ "query": query, "operationName": 5 }), "operationName"),
        (json!({ "query": query, "variables": [] }), "variables"),
        (json!({ "query": query, "extensions": 1 }), "extensions"),
        (json!([{ "query": query }]), "body"),
        (json!("x"), "body"),
        (json!({ "query": "x".repeat(70_000) }), "body"),
    ] {
        names(&admin.post("/graphql", &body).await, field);
    }
}

#[track_caller]
fn names(reply: &Reply, field: &str) {
    reply.is_refused("BAD_USER_INPUT");
    assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{}", reply.text);
}

#[tokio::test]
async fn every_request_that_is_no_graphql_names_what_is_wrong_with_it() {
    let world = World::with(&[("GRAPHQL_MAX_BODY_BYTES", "2048")]).await;
    let admin = world.admin().await;
    let json = async |body: &'static [u8]| {
        let request = admin.request(Method::POST, "/graphql");
        Reply::of(request.header("content-type", "application/json").body(body)).await
    };
    for body in [&b"{"[..], b"", b"{\"query\":\"\xff\"}"] {
        names(&json(body).await, "body");
    }
    let get = async |name: &str, value: &str| {
        let request = admin.request(Method::GET, "/graphql").query(&[("query", "{ __typename }")]);
        Reply::of(request.query(&[(name, value)])).await
    };
    for name in ["variables", "extensions"] {
        for malformed in ["{", "[]", "x"] {
            names(&get(name, malformed).await, name);
        }
    }
    names(&get("variables", &"x".repeat(3_000)).await, "query");
    let plain = admin.request(Method::POST, "/graphql").body("{}");
    names(&Reply::of(plain.header("content-type", "text/plain")).await, "Content-Type");
    let wrong = admin.request(Method::GET, "/graphql").header("accept", "text/html");
    names(&Reply::of(wrong).await, "Accept");
    let mutation = "mutation { deleteApi(input: { id: \"x\" }) { deletedId } }";
    let by_get = admin.request(Method::GET, "/graphql").query(&[("query", mutation)]);
    names(&Reply::of(by_get).await, "method");
    names(&Reply::of(admin.request(Method::PUT, "/graphql")).await, "method");
}
