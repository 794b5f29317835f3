//! Deserialization that reports every error of a document, not only the first.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::messages;
use crate::error::{Error, FieldError, Result};

/// Maximum number of reported errors: each takes another pass over the document.
const MAX_ERRORS: usize = 20;

/// Deserializes a `T` from a document that already has `errors`.
///
/// # Errors
/// `Invalid`: those errors, and every member that is unknown or of a wrong type.
pub fn deserialize<T: DeserializeOwned>(document: Value, errors: Vec<FieldError>) -> Result<T> {
    let mut collector = ErrorCollector { document, errors, removed: HashMap::new() };
    while collector.errors.len() < MAX_ERRORS {
        match serde_path_to_error::deserialize(&collector.document) {
            Ok(value) if collector.errors.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(error) => {
                if !collector.record(error.path(), &error.inner().to_string()) {
                    break;
                }
            }
        }
    }
    collector.errors.truncate(MAX_ERRORS);
    Err(Error::Invalid(collector.errors))
}

/// A document without its invalid values, and their errors.
struct ErrorCollector {
    document: Value,
    errors: Vec<FieldError>,
    /// Number of items removed from each list: the positions of later items have moved by it.
    removed: HashMap<String, usize>,
}

impl ErrorCollector {
    /// Records the error at `path` and removes the value there, so that the next pass finds the next
    /// error. False if there is no value to remove.
    fn record(&mut self, path: &Path, message: &str) -> bool {
        let mut segments: Vec<_> = path.iter().collect();
        let last = segments.pop();
        let parent: Vec<_> = segments.iter().copied().map(segment_name).collect();
        let parent = parent.join(".");
        let name = match last {
            Some(Segment::Seq { index }) => {
                let before = self.removed.entry(parent.clone()).or_default();
                *before += 1;
                (index + *before - 1).to_string()
            }
            Some(segment) => segment_name(segment),
            None => String::new(),
        };
        let path = if parent.is_empty() { name } else { format!("{parent}.{name}") };
        self.errors.push(messages::field_error(path, message));
        last.is_some_and(|last| remove(&mut self.document, &segments, last).is_some())
    }
}

fn segment_name(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    }
}

/// Removes the value `last` from the parent at `segments`.
fn remove(document: &mut Value, segments: &[&Segment], last: &Segment) -> Option<Value> {
    let mut at = document;
    for segment in segments {
        at = match segment {
            Segment::Map { key } => at.get_mut(key)?,
            Segment::Seq { index } => at.get_mut(index)?,
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    match (last, at) {
        (Segment::Map { key }, Value::Object(members)) => members.remove(key),
        (Segment::Seq { index }, Value::Array(items)) if *index < items.len() => {
            Some(items.remove(*index))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Body {
        name: String,
        list: Option<Vec<String>>,
    }

    fn paths(document: Value) -> Vec<String> {
        match deserialize::<Body>(document, Vec::new()) {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|it| it.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_invalid_member_is_reported_with_its_original_path() {
        let document = json!({ "a": 1, "list": ["x", 1, "y", 2, 3], "name": 4, "z": null });
        assert_eq!(paths(document), ["a", "list.1", "list.3", "list.4", "name", "z"]);
    }

    #[test]
    fn at_most_20_errors_are_reported() {
        let many: serde_json::Map<_, _> =
            (0..1_000).map(|it| (it.to_string(), Value::Null)).collect();
        assert_eq!(paths(many.into()).len(), MAX_ERRORS);
    }

    #[test]
    fn a_valid_document_is_deserialized() {
        let body: Body =
            deserialize(json!({ "name": "x", "list": null }), Vec::new()).expect("a body");
        assert_eq!((body.name.as_str(), body.list), ("x", None));
    }
}
