//! Every kind of invalid input, in every mutation of the schema, beside a mutation that is valid and
//! one that is denied: either the payload of the valid one is there, or nothing has changed.

use postern::authz::Role;
use serde_json::{Map, Value, json};

use super::{Schema, selection, spelt, target, text};
use crate::support::{Caller, World, input_type};

/// What may change things, without what may list them: much below a payload is denied.
const WRITES: &str = "organizations:update service_accounts:create service_accounts:read \
    service_accounts:update service_accounts:delete service_account_credentials:create \
    service_account_credentials:read service_account_credentials:update \
    service_account_credentials:delete roles:grant";

/// The same for credentials only: their accounts are denied.
const CREDENTIALS: &str = "service_account_credentials:read service_account_credentials:update \
    service_account_credentials:delete";

/// Callers who may do more and less.
async fn callers(world: &World) -> Vec<(&'static str, Caller)> {
    let (admin, other) = (world.admin_account(), world.account(&[Role::Admin]).await);
    let end = postern::clock::to_rfc3339(world.now() + chrono::TimeDelta::hours(1));
    let input = json!({ "id": other.credential, "expiresAt": end });
    world.admin().await.mutate("updateCredential", input).await.data("");
    vec![
        ("an admin", world.admin().await),
        ("a member", world.member().await),
        ("a viewer", world.viewer().await),
        ("an admin who only writes", world.sign_in_for(&admin, Some(WRITES)).await),
        ("an admin of credentials", world.sign_in_for(&admin, Some(CREDENTIALS)).await),
        ("an admin whose credential expires", world.sign_in(&other).await),
    ]
}

/// The targets of all mutations: what `a` may do in a document.
async fn targets(world: &World, schema: &Schema) -> Vec<(String, Value)> {
    let (admin, mut all) = (world.admin().await, Vec::new());
    for (mutation, _) in schema.mutations() {
        all.push((mutation.to_owned(), target(world, &admin, mutation).await));
    }
    all
}

/// A document: a valid mutation `a`, then `second`, then one that is denied.
fn document(schema: &Schema, a: &str, definitions: &str, second: &str) -> String {
    let kind = input_type(a);
    format!(
        r#"mutation($a: {kind}!{definitions}) {{
  a: {a}(input: $a) {{ {} }}
  {second}
  c: deleteCredential(input: {{ id: "c0000000000000000000000000" }}) {{ deletedId }}
}}"#,
        selection(schema, a)
    )
}

/// The ways to give `input` to the mutation `name`: as a variable, as a literal, as a literal that is
/// not reached, and as the default of a variable; each as definitions, field and variables.
fn ways(schema: &Schema, name: &str, of: &Value, input: &Value) -> Vec<(String, String, Value)> {
    let (spelt, literal) = (spelt(of), schema.literal(of, input));
    let nullable = spelt.trim_end_matches('!');
    let by_variable = format!("b: {name}(input: $b) {{ __typename }}");
    let by_literal = |more: &str| format!("b: {name}(input: {literal}) {more} {{ __typename }}");
    let mut all = vec![
        (format!(", $b: {spelt}"), by_variable.clone(), json!({ "b": input })),
        (String::new(), by_literal(""), json!({})),
        (String::new(), by_literal("@include(if: false)"), json!({})),
    ];
    if !input.is_null() {
        all.push((format!(", $b: {nullable} = {literal}"), by_variable, json!({})));
    }
    all
}

/// The ways to give an input that is required to the mutation `name`: not at all.
fn absent(name: &str, of: &Value) -> [(String, String, Value); 2] {
    [
        (String::new(), format!("b: {name} {{ __typename }}"), json!({})),
        (
            format!(", $b: {}", spelt(of)),
            format!("b: {name}(input: $b) {{ __typename }}"),
            json!({}),
        ),
    ]
}

#[tokio::test]
async fn an_invalid_input_of_any_mutation_executes_nothing_of_its_document() {
    let world = World::new().await;
    let (schema, callers) = (Schema::of(&world.admin().await).await, callers(&world).await);
    let targets = targets(&world, &schema).await;
    let pairs =
        targets.iter().flat_map(|target| callers.iter().map(move |caller| (target, caller)));
    let mut beside = pairs.cycle();
    let (before, mut tried) = (world.dump().await, 0);
    for (name, of) in schema.mutations() {
        let faults = schema.faults(of, "").into_iter().flat_map(|fault| {
            let path = if fault.path.is_empty() { "input".to_owned() } else { fault.path };
            ways(&schema, name, of, &fault.input).into_iter().map(move |way| (path.clone(), way))
        });
        let absent = absent(name, of).into_iter().map(|way| ("input".to_owned(), way));
        for (path, (definitions, second, mut variables)) in faults.chain(absent) {
            let ((a, input), (who, caller)) = beside.next().expect("without end");
            variables["a"] = input.clone();
            let document = document(&schema, a, &definitions, &second);
            let reply = caller.graphql(&document, variables).await;
            let json = reply.json();
            let field = text(&json["errors"][0]["extensions"]["field"]);
            let seen = (reply.status, json.get("data"), field);
            assert_eq!(seen, (200, None, path.as_str()), "{who}: {document}\n{json:#}");
            reply.is_graphql_error("BAD_USER_INPUT");
            tried += 1;
        }
        assert_eq!(world.dump().await, before, "{name} changed something");
    }
    assert!(tried > 500, "{tried}");
}

/// Inputs that fit their type, and that are refused when they are executed.
fn refused(schema: &Schema, of: &Value, target: &Value) -> [Value; 4] {
    let all = schema.valid(of, true);
    [schema.valid(of, false), negative(all.clone()), all, blank(target.clone())]
}

/// The same with every number below zero.
fn negative(value: Value) -> Value {
    match value {
        Value::Number(_) => json!(-1),
        Value::Array(items) => items.into_iter().map(negative).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, it)| (name, negative(it)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// The same with blank texts where they are no instants.
fn blank(mut input: Value) -> Value {
    for (name, value) in input.as_object_mut().expect("an input") {
        match value {
            Value::String(text) if text != "acme" && name != "expiresAt" => *text = " ".to_owned(),
            Value::Array(items) => *items = vec![json!(" ")],
            _ => {}
        }
    }
    input
}

#[tokio::test]
async fn a_mutation_beside_rejected_ones_has_a_payload_exactly_if_it_changed_something() {
    let world = World::new().await;
    let (schema, callers) = (Schema::of(&world.admin().await).await, callers(&world).await);
    let of_refused = targets(&world, &schema).await;
    // A bulk change reports its rejected items in its payload.
    let is_bulk = |name: &str| name.ends_with("Accounts") || name.ends_with("Credentials");
    let single = schema.mutations().zip(&of_refused).filter(|((name, _), _)| !is_bulk(name));
    let refused = single.flat_map(|((name, of), (_, target))| {
        refused(&schema, of, target).map(|input| (name, spelt(of), input))
    });
    let mut refused = refused.collect::<Vec<_>>().into_iter().cycle();
    for (who, caller) in &callers {
        let (targets, mut done) = (targets(&world, &schema).await, 0);
        let mut before = world.dump().await;
        for (a, input) in &targets {
            let mut variables = json!({ "a": input });
            let (mut definitions, mut second) = (String::new(), String::new());
            for (b, (name, of, input)) in ["b0", "b1", "b2", "b3"].into_iter().zip(&mut refused) {
                definitions += &format!(", ${b}: {of}");
                second += &format!("{b}: {name}(input: ${b}) {{ __typename }} ");
                variables[b] = input;
            }
            let document = document(&schema, a, &definitions, &second);
            let reply = caller.graphql(&document, variables.clone()).await;
            let (data, after) = (reply.json()["data"].clone(), world.dump().await);
            let about = || format!("{who}: {document}\n{variables:#}\n{}", reply.text);
            for b in ["b0", "b1", "b2", "b3", "c"] {
                assert!(data.get(b).is_some_and(Value::is_null), "{b} {}", about());
            }
            let has_payload = data["a"].is_object();
            assert!(has_payload == (after != before) || is_bulk(a) && has_payload, "{}", about());
            if data["a"].is_object() && schema.has_secret(a) {
                assert!(data["a"]["clientSecret"].is_string(), "{}", about());
            }
            done += usize::from(data["a"].is_object());
            before = after;
        }
        assert!(*who != "an admin" || done == targets.len(), "{done}");
    }
}
