//! Errors in the committed OpenAPI document.

use std::sync::LazyLock;

use reqwest::Method;
use serde_json::Value;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).expect("JSON"));

/// The responses of the operation that a request is for, if the document has it.
pub fn responses(method: &Method, path: &str) -> Option<&'static Value> {
    let mut paths = DOCUMENT["paths"].as_object().expect("paths").iter();
    let (_, item) = paths.find(|(template, _)| matches(template, path))?;
    item.get(method.as_str().to_lowercase())?.get("responses")
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let mut pairs = template.iter().zip(&path);
    template.len() == path.len() && pairs.all(|(name, it)| name == it || name.starts_with('{'))
}

/// Asserts that the responses of an operation have this error and, if it is a conflict, an example
/// of its reason with the same text, whatever its numbers.
#[track_caller]
pub fn check(responses: &Value, status: u16, body: &Value) {
    let response = &responses[status.to_string()];
    assert!(response.is_object(), "{status} is not documented: {body}");
    if let Some(reason) = body["reason"].as_str() {
        let examples = &response["content"]["application/json"]["examples"];
        assert_eq!(without_numbers(&examples[reason]["value"]), without_numbers(body));
    }
}

fn without_numbers(body: &Value) -> String {
    let text = body.to_string();
    let parts: Vec<_> =
        text.split(|it: char| it.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    parts.join("#")
}
