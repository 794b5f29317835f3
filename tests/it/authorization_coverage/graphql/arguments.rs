//! Every argument of the schema that names an object.

use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::{EXCEPTIONS, FIELDS, MUTATIONS, inputs, mutation};

/// The types of the schema.
async fn types() -> Vec<Value> {
    let input = "name type { name ofType { name ofType { name ofType { name } } } }";
    let query = format!(
        "{{ __schema {{ types {{ name fields {{ name args {{ {input} }} }} inputFields {{ {input} }} }} }} }}"
    );
    let data = postern::graphql::schema().execute(query).await.data.into_json().expect("JSON");
    let types = data["__schema"]["types"].as_array().expect("types").iter();
    types.filter(|it| !name(it).starts_with("__")).cloned().collect()
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

fn list(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_array().into_iter().flatten()
}

/// Whether an argument or an input field has the type `ID`, or a name that says that it names an object.
fn names_object(input: &Value) -> bool {
    let mut of = &input["type"];
    while of["ofType"].is_object() {
        of = &of["ofType"];
    }
    let (name, of) = (name(input), of["name"].as_str());
    // An echo of the caller's own text.
    let is_echo = name == "clientMutationId";
    of == Some("ID") || ["role", "roles"].contains(&name) || (name.ends_with("Id") && !is_echo)
}

/// Everything that names an object: arguments such as `Query.node(id)`, and fields of inputs such as
/// `GrantRoleInput.role`.
async fn named() -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for of in types().await {
        for field in list(&of["fields"]) {
            let arguments = list(&field["args"]).filter(|it| names_object(it));
            let place = |it: &Value| format!("{}.{}({})", name(&of), name(field), name(it));
            named.extend(arguments.map(place));
        }
        let fields = list(&of["inputFields"]).filter(|it| names_object(it));
        named.extend(fields.map(|it| format!("{}.{}", name(&of), name(it))));
    }
    named
}

#[tokio::test]
async fn every_argument_that_names_an_object_is_tried_or_an_exception() {
    let named = named().await;
    let listed = FIELDS.iter().chain(EXCEPTIONS).map(|(place, _)| (*place).to_owned());
    let listed: BTreeSet<_> = listed.collect();
    let unknown: Vec<_> = listed.difference(&named).collect();
    assert!(unknown.is_empty(), "not in the schema: {unknown:?}");
    let tried: BTreeSet<_> = MUTATIONS.iter().flat_map(|call| inputs(call)).collect();
    let is_untried = |it: &&String| !listed.contains(*it) && !tried.contains(*it);
    let untried: Vec<_> = named.iter().filter(is_untried).collect();
    assert!(untried.is_empty(), "not tried: {untried:?}");
}

#[tokio::test]
async fn every_mutation_is_tried() {
    let types = types().await;
    let mutations = types.iter().find(|it| name(it) == "Mutation").expect("mutations");
    let mutations: BTreeSet<_> = list(&mutations["fields"]).map(name).collect();
    let tried: BTreeSet<_> = MUTATIONS.iter().map(|call| mutation(call)).collect();
    assert_eq!(mutations, tried);
}
