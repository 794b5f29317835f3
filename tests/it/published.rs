//! The published schema, OpenAPI document and README match the code, and describe all of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == postern::graphql::sdl(),
        "schema.graphql is not current; run: cargo run -- schema > schema.graphql"
    );
}

#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    let document = postern::server::openapi::document("http://127.0.0.1:8080");
    let served = document.to_pretty_json().expect("a document") + "\n";
    assert!(
        include_str!("../openapi.json") == served,
        "tests/openapi.json is not current; run: cargo run -- openapi > tests/openapi.json"
    );
}

#[test]
fn the_configuration_page_has_the_table_of_all_settings() {
    let page = include_str!("../../docs/configuration.md");
    let table = page
        .split_once("<!-- settings -->\n")
        .and_then(|it| it.1.split_once("\n<!-- /settings -->"));
    assert!(
        table.is_some_and(|(table, _)| table.trim() == postern::config::markdown().trim()),
        "docs/configuration.md is not current; between its markers belongs: cargo run -- settings"
    );
}

#[tokio::test]
async fn every_type_field_argument_and_value_of_the_schema_has_a_description() {
    let silent: Vec<_> = descriptions().await.into_iter().filter(|it| it.text.is_empty()).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn every_description_of_the_schema_is_a_noun_phrase_or_a_sentence() {
    const QUESTIONS: [&str; 9] =
        ["What", "Which", "Who", "Whom", "Whose", "When", "How", "Since", "Whether it is"];
    let is_riddle = |it: &Description| {
        let words = it.text.split_whitespace().count();
        let asks = QUESTIONS.iter().any(|word| it.text.starts_with(&format!("{word} ")));
        words < 3 || asks || !it.text.ends_with('.')
    };
    let riddles: Vec<_> = descriptions().await.into_iter().filter(is_riddle).collect();
    assert!(riddles.is_empty(), "{riddles:#?}");
}

#[tokio::test]
async fn arguments_and_input_fields_of_one_name_and_kind_are_described_alike() {
    let mut known = HashMap::<_, Description>::new();
    let mut checked = 0;
    for it in descriptions().await {
        // An id is that of another type everywhere, and an input has a type of its own.
        let Some(kind) = it.input.clone().filter(|_| it.name != "id" && it.name != "input") else {
            continue;
        };
        // Absent means something else when an object is created than when it is changed, and null when
        // objects are listed than when they are changed. A text is searched for in other fields of
        // other objects.
        let verb = it.place.split('.').next().and_then(verb).unwrap_or_default();
        let of_verb = [
            "description",
            "expiresAt",
            "externalId",
            "filter",
            "force",
            "name",
            "query",
            "restrictions",
            "scopes",
        ];
        let verb = if of_verb.contains(&it.name.as_str()) { verb } else { String::new() };
        // A subscription continues after a position in a log, a page in a list.
        let is_of_log = it.name == "after" && it.place.starts_with("Subscription.");
        let verb = if is_of_log { "Subscribe".to_owned() } else { verb };
        let first = known.entry((it.name.clone(), kind, verb)).or_insert_with(|| it.clone());
        assert_eq!(first.text, it.text, "{} and {}", first.place, it.place);
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

/// The first word of the name of an input type, such as `Create`.
fn verb(input: &str) -> Option<String> {
    let end = input.get(1..)?.find(char::is_uppercase)? + 1;
    input.get(..end).map(str::to_owned)
}

/// A description in the schema.
#[derive(Clone, Debug)]
struct Description {
    place: String,
    name: String,
    /// The type, of arguments and input fields.
    input: Option<String>,
    text: String,
}

/// The descriptions of everything in the schema that is not the specification's own.
async fn descriptions() -> Vec<Description> {
    let schema = postern::graphql::schema();
    let input = "name description type { kind name ofType { kind name ofType { kind name ofType { name } } } }";
    let types = format!(
        "types {{ name description fields {{ name description args {{ {input} }} }} inputFields {{ {input} }} enumValues {{ name description }} }}"
    );
    let directives = format!("directives {{ name description args {{ {input} }} }}");
    let query = format!("{{ __schema {{ {types} {directives} }} }}");
    let response = schema.execute(query).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    let data = response.data.into_json().expect("JSON");
    let ours = |it: &&Value| !text(it, "name").starts_with("__") && text(it, "name") != "ID";
    let mut found = Vec::new();
    for it in list(&data["__schema"]["types"]).filter(ours) {
        add(&mut found, "", it);
        for part in ["fields", "inputFields", "enumValues"] {
            list(&it[part]).for_each(|field| add(&mut found, &text(it, "name"), field));
        }
    }
    for it in list(&data["__schema"]["directives"]).filter(|it| it["name"] == "requiresPermission")
    {
        add(&mut found, "", it);
    }
    found
}

fn add(found: &mut Vec<Description>, parent: &str, it: &Value) {
    let name = text(it, "name");
    let place = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
    for argument in list(&it["args"]) {
        add(found, &place, argument);
    }
    let input = it.get("type").map(Value::to_string);
    found.push(Description { place, name, input, text: text(it, "description") });
}

fn list(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_array().into_iter().flatten()
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_default().to_owned()
}

/// The schemas, parameters and operations of the OpenAPI document.
fn openapi() -> Value {
    let document = postern::server::openapi::document("http://127.0.0.1:8080");
    serde_json::to_value(document).expect("a document")
}

/// Adds every summary and description below `at`, examples aside, to `texts`.
fn collect_texts(value: &Value, at: &str, texts: &mut Vec<(String, String)>) {
    let children: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(n, it)| (n.to_string(), it)).collect()
        }
        _ => return,
    };
    for (name, child) in children {
        let path = format!("{at}/{name}");
        match child.as_str() {
            Some(text) if ["summary", "description"].contains(&name.as_str()) => {
                texts.push((path, text.to_owned()));
            }
            _ if ["example", "examples"].contains(&name.as_str()) => {}
            _ => collect_texts(child, &path, texts),
        }
    }
}

#[test]
fn texts_of_the_openapi_document_are_noun_phrases_of_at_least_three_words() {
    let mut texts = Vec::new();
    collect_texts(&openapi(), "", &mut texts);
    assert!(texts.len() > 500, "{}", texts.len());
    let riddles = ["What ", "Which ", "Whom ", "Whether it is "];
    let is_short = |text: &str| text.split_whitespace().count() < 3;
    texts.retain(|(_, it)| is_short(it) || riddles.iter().any(|start| it.starts_with(start)));
    assert_eq!(texts, []);
}

/// Removes the descriptions and the examples of a schema, and returns its first description.
fn take_description(schema: &mut Value) -> String {
    let Value::Object(members) = schema else { return String::new() };
    members.retain(|name, _| !["example", "examples", "default"].contains(&name.as_str()));
    let own = members.remove("description").and_then(|it| it.as_str().map(str::to_owned));
    let alternatives = members.get_mut("oneOf").and_then(Value::as_array_mut);
    let nested: Vec<_> = alternatives.into_iter().flatten().map(take_description).collect();
    own.or_else(|| nested.into_iter().find(|it| !it.is_empty())).unwrap_or_default()
}

/// Adds the name and the schema of every member below `value` to `members`.
fn collect_members(value: &Value, members: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            let properties = object.get("properties").and_then(Value::as_object);
            let named = properties.into_iter().flatten();
            members.extend(named.map(|(name, schema)| (name.clone(), schema.clone())));
            object.values().for_each(|child| collect_members(child, members));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_members(item, members)),
        _ => {}
    }
}

/// Adds the name and the schema of every parameter below `value` to `parameters`.
fn collect_parameters(value: &Value, parameters: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("in") && object.contains_key("schema") {
                let mut schema = object["schema"].clone();
                schema["description"] = object["description"].clone();
                parameters.push((format!("{} in {}", object["name"], object["in"]), schema));
            }
            object.values().for_each(|child| collect_parameters(child, parameters));
        }
        Value::Array(items) => items.iter().for_each(|it| collect_parameters(it, parameters)),
        _ => {}
    }
}

#[test]
fn parameters_and_members_of_one_name_and_type_begin_with_the_same_sentence() {
    // Members whose meaning depends on their schema.
    const HOMONYMS: [&str; 6] =
        ["credential", "description", "expires_at", "field", "force", "scopes"];
    let (document, mut described) = (openapi(), Vec::new());
    collect_members(&document["components"]["schemas"], &mut described);
    collect_parameters(&document, &mut described);
    assert!(described.len() > 100, "{}", described.len());
    let mut sentences = BTreeMap::<_, BTreeSet<String>>::new();
    for (name, mut schema) in described {
        let text = take_description(&mut schema).split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence = text.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let sentence = (!sentence.is_empty()).then(|| sentence.to_owned());
        sentences.entry((name, schema.to_string())).or_default().extend(sentence);
    }
    sentences.retain(|(name, _), it| it.len() > 1 && !HOMONYMS.contains(&name.as_str()));
    assert_eq!(sentences, BTreeMap::new());
}
