//! Validation of events by the Open Cybersecurity Schema Framework.

use std::net::IpAddr;

use serde_json::{Map, Value};

/// The classes and objects of the export in OCSF 1.6.0, from github.com/ocsf/ocsf-schema, tag 1.6.0
/// (events/base_event.json, events/iam/, objects/, dictionary.json; Apache License 2.0): every required
/// attribute, and the others that the export uses, with all values of their enumerations. `name` is the
/// attribute with the caption of the value.
const SCHEMA: &str = include_str!("schema-1.6.0.json");

/// The value that the schema does not have: its name is that of the source.
const OTHER: i64 = 99;

/// Everything that the schema does not allow in an event.
pub fn violations(event: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let (class, activity) = (&event["class_uid"], &event["activity_id"]);
    let mut found = Vec::new();
    check_object(&schema, &class.to_string(), event, "event", &mut found);
    let kind =
        class.as_i64().zip(activity.as_i64()).map(|(class, activity)| class * 100 + activity);
    if kind.is_none() || event["type_uid"].as_i64() != kind {
        found.push("event.type_uid is not class_uid * 100 + activity_id".to_owned());
    }
    found
}

fn check_object(schema: &Value, kind: &str, object: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = object.as_object().filter(|_| schema[kind].is_object()) else {
        return found.push(format!("{at} is no {kind}"));
    };
    let attributes = attributes(schema, kind);
    for (name, value) in members {
        let at = format!("{at}.{name}");
        match attributes.get(name) {
            Some(attribute) => check_attribute(schema, attribute, value, &at, found),
            None => found.push(format!("{at} is no attribute of {kind}")),
        }
    }
    for (name, attribute) in &attributes {
        if attribute["required"] == true && !members.contains_key(name) {
            found.push(format!("{at}.{name} is missing"));
        }
        if let (Some(id), Some(captions)) = (members.get(name), attribute.get("enum")) {
            let named = attribute["name"].as_str().and_then(|name| members.get(name));
            if !is_in(captions, id, named) {
                found.push(format!("{at}.{name} is {id}, and its name is {named:?}"));
            }
        }
    }
    let is_there = |name: &Value| members.contains_key(name.as_str().expect("a name"));
    let any = schema[kind]["at_least_one"].as_array();
    if any.is_some_and(|names| !names.iter().any(is_there)) {
        found.push(format!("{at} has none of {any:?}"));
    }
}

/// The attributes of a class or an object, with those of the class that it extends.
fn attributes(schema: &Value, kind: &str) -> Map<String, Value> {
    let mut all = schema[kind]["attributes"].as_object().expect("attributes").clone();
    if let Some(base) = schema[kind]["extends"].as_str() {
        all.extend(attributes(schema, base));
    }
    all
}

fn check_attribute(
    schema: &Value,
    attribute: &Value,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    if attribute["is_array"] == true {
        let Some(values) = value.as_array() else { return found.push(format!("{at} is no array")) };
        let mut item = attribute.clone();
        item["is_array"] = false.into();
        for value in values {
            check_attribute(schema, &item, value, at, found);
        }
        return;
    }
    let is_valid = match attribute["type"].as_str().expect("a type") {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "ip" => value.as_str().is_some_and(|it| it.parse::<IpAddr>().is_ok()),
        "any" => value.is_object(),
        kind => return check_object(schema, kind, value, at, found),
    };
    if !is_valid {
        found.push(format!("{at} is {value}"));
    }
}

/// Whether a value is one of an enumeration, and its name is the caption of the value; that of "other"
/// is of the source, and required.
fn is_in(captions: &Value, id: &Value, named: Option<&Value>) -> bool {
    let Some(caption) = captions.get(id.to_string()) else { return false };
    if id.as_i64() == Some(OTHER) { named.is_some() } else { named.is_none_or(|it| it == caption) }
}

#[test]
fn events_that_the_schema_does_not_allow_are_found() {
    let valid = serde_json::json!({
        "category_uid": 3, "class_uid": 3002, "activity_id": 1, "activity_name": "Logon", "type_uid": 300_201,
        "time": 0, "severity_id": 1, "metadata": { "version": "1.6.0", "product": { "name": "x" } },
        "user": { "uid": "x", "programmatic_credentials": [{ "uid": "x" }] }, "service": { "name": "x" },
    });
    assert_eq!(violations(&valid), Vec::<String>::new());
    for (pointer, name, value) in [
        ("", "class_uid", 3003.into()),
        ("", "activity_id", 8.into()),
        ("", "activity_name", "Logoff".into()),
        ("", "type_uid", 300_202.into()),
        ("", "time", "today".into()),
        ("", "time", Value::Null),
        ("", "unknown", 1.into()),
        ("", "service", Value::Object(Map::new())),
        ("/metadata", "product", Value::Object(Map::new())),
        ("/user", "type_id", OTHER.into()),
        ("/user", "programmatic_credentials", "x".into()),
        ("/user/programmatic_credentials/0", "uid", 1.into()),
    ] {
        let mut event = valid.clone();
        event.pointer_mut(pointer).expect("an object")[name] = value;
        assert!(!violations(&event).is_empty(), "{event}");
    }
    for name in ["metadata", "severity_id", "user", "service"] {
        let mut event = valid.clone();
        event.as_object_mut().expect("an object").remove(name);
        assert!(!violations(&event).is_empty(), "{event}");
    }
}
