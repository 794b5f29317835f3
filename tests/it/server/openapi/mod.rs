//! The OpenAPI document tells all that a reader or a generator needs, and is shown to people.

mod examples;

use std::collections::BTreeSet;

use postern::error::Reason;
use serde_json::Value;

use crate::support::{Reply, World};

async fn document(world: &World) -> Value {
    let reply = world.anonymous().get("/openapi.json").await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.body(200)
}

/// Each operation, with its method and path.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let members = item.as_object().expect("a path item").iter();
            let operations = members.filter(|(_, member)| member.get("responses").is_some());
            operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
        .collect()
}

/// The examples of a body.
fn examples(content: &Value) -> Vec<&Value> {
    let several = content["examples"].as_object().into_iter().flatten();
    several.map(|(_, example)| &example["value"]).chain(content.get("example")).collect()
}

/// What `value` is, or what it refers to.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(at) => document.pointer(at.trim_start_matches('#')).expect(at),
        None => value,
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

#[tokio::test]
async fn the_document_names_this_installation() {
    let world = World::new().await;
    let document = document(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], "https://postern.test");
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    let flow = &schemes["client_credentials"]["flows"]["clientCredentials"];
    assert_eq!(flow["tokenUrl"], "https://postern.test/oauth/token");
    assert!(flow["scopes"]["service_accounts:create"].is_string());
}

#[tokio::test]
async fn the_document_is_304_for_a_matching_entity_tag() {
    let world = World::new().await;
    let reply = world.anonymous().get("/openapi.json").await;
    let etag = reply.header("etag").expect("an entity tag").to_owned();
    let opaque = etag.strip_prefix("W/").expect("of two encodings");
    for (known, status) in [
        (format!("\"other\", {etag}"), 304),
        (opaque.to_owned(), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let request = world.anonymous().request(reqwest::Method::GET, "/openapi.json");
        let reply = Reply::of(request.header("if-none-match", known)).await;
        assert_eq!((reply.status, reply.header("etag")), (status, Some(etag.as_str())));
        assert_eq!(reply.header("vary"), Some("accept-encoding"));
    }
}

#[tokio::test]
async fn every_operation_has_an_id_a_summary_and_the_expected_responses() {
    let world = World::new().await;
    let document = document(&world).await;
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id), "{id} is there twice");
        assert!(is_text(&operation["summary"]) && operation["tags"][0].is_string(), "{id}");
        let responses = operation["responses"].as_object().expect("responses");
        for (status, response) in responses {
            assert!(is_text(&response["description"]), "{id} {status}");
            assert!(response["headers"]["X-Client-Request-ID"].is_object(), "{id} {status}");
            let content = &response["content"]["application/json"];
            assert_eq!(content.is_object(), status != "204", "{id} {status}");
            assert_eq!(examples(content).is_empty(), status == "204", "{id} {status}");
            let challenge = response["headers"]["WWW-Authenticate"].is_object();
            assert_eq!(challenge, status == "401", "{id} {status}");
        }
        if path.starts_with("/organizations") {
            let told = |status: &str| responses.contains_key(status);
            assert!(["401", "500", "503"].into_iter().all(told), "{id}");
            assert_eq!(told("404"), path.contains('{'), "{id}: what is not there has a name");
            // Who may not read one thing does not learn that it exists: 404.
            let readable = ["list_organizations", "list_audit_event_types"];
            let reads_one = id.starts_with("get_") || readable.contains(&id);
            assert_eq!(told("403"), !reads_one, "{id}");
            let reads_body = operation.get("requestBody").is_some() || method == "post";
            assert_eq!((told("413"), told("415")), (reads_body, reads_body), "{id}");
            let queries = operation["parameters"].as_array().into_iter().flatten();
            let reads = |it: &Value| it["in"] == "query" || it["name"] == "Idempotency-Key";
            let has_input = reads_body || queries.clone().any(reads);
            assert_eq!(has_input, told("400"), "{id}");
        }
    }
}

#[tokio::test]
async fn every_parameter_is_described_and_bounded() {
    let world = World::new().await;
    let document = document(&world).await;
    for (_, path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().expect("parameters");
        let mut names = BTreeSet::new();
        for parameter in parameters.iter().map(|it| resolve(&document, it)) {
            let name = parameter["name"].as_str().expect("a name");
            assert!(names.insert(name), "{path} {name} is there twice");
            assert!(is_text(&parameter["description"]), "{path} {name}");
            let schema = resolve(&document, &parameter["schema"]);
            if ["X-Client-Request-ID", "x-stainless-retry-count"].contains(&name) {
                continue; // What cannot be right is taken for none.
            }
            let bounds = ["maxLength", "pattern", "maximum", "items"];
            let is_boolean = schema["type"].to_string().contains("boolean");
            let is_bounded = bounds.iter().any(|bound| schema.get(bound).is_some());
            assert!(is_bounded || is_boolean, "{path} {name}");
        }
        for name in path.split(['{', '}']).skip(1).step_by(2) {
            assert!(names.contains(name), "{path} does not tell of {name}");
        }
    }
}

#[tokio::test]
async fn every_schema_and_its_members_are_described() {
    let world = World::new().await;
    let document = document(&world).await;
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        assert!(is_text(&schema["description"]), "{name}");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            let permissions = name.ends_with("Permissions");
            let described = |it: &Value| is_text(&it["description"]) || it.get("$ref").is_some();
            let told = described(schema) || described(&schema["oneOf"][0]);
            assert!(told || permissions, "{name}.{member}");
        }
    }
}

#[tokio::test]
async fn codes_reasons_and_permissions_of_errors_are_listed() {
    let world = World::new().await;
    let document = document(&world).await;
    let values = |schema: &str, name: &str| {
        let member = &document["components"]["schemas"][schema]["properties"][name];
        let values = member["enum"].as_array().expect("values").iter();
        values.map(|it| it.as_str().expect("a text").to_owned()).collect::<Vec<_>>()
    };
    let reasons: Vec<_> = Reason::ALL.iter().map(|it| it.name()).collect();
    assert_eq!(values("Error", "reason"), reasons);
    assert!(values("Error", "code").contains(&"CONFLICT".to_owned()));
    assert!(values("Error", "permission").contains(&"roles:grant".to_owned()));
    assert_eq!(values("AuditEvent", "actor_kind"), ["service_account", "operator", "anonymous"]);
    let oauth = values("OAuthError", "error");
    assert!(
        ["invalid_client", "invalid_target", "temporarily_unavailable"]
            .iter()
            .all(|it| oauth.contains(&(*it).to_owned()))
    );
}

#[tokio::test]
async fn the_docs_page_loads_nothing_from_other_hosts() {
    let world = World::new().await;
    let page = world.anonymous().get("/docs/").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("connect-src 'self'"));
    let mut parts = 0;
    for attribute in ["src=\"", "href=\""] {
        for from in page.text.split(attribute).skip(1) {
            let at = from.split('"').next().expect("a value").trim_start_matches("./");
            assert!(!at.contains("//"), "{at}");
            let part = world.anonymous().get(&format!("/docs/{at}")).await;
            assert_eq!(part.status, 200, "{at}");
            parts += 1;
        }
    }
    assert!(parts >= 4, "a style sheet and scripts: {}", page.text);
    let script = world.anonymous().get("/docs/swagger-initializer.js").await;
    assert!(script.text.contains("/openapi.json") && !script.text.contains("https:"));
}
