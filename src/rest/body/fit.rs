//! Fitting a document into a type, with every error in it instead of the first.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::message;
use crate::error::{Error, FieldError, Result};

/// The most errors that are reported: each takes another pass over the document.
const MOST: usize = 20;

/// Reads `T` from a document in which `errors` were found before.
///
/// # Errors
/// `Invalid`: those, and every member that is unknown or of another type.
pub fn fit<T: DeserializeOwned>(document: Value, errors: Vec<FieldError>) -> Result<T> {
    let mut pass = Pass { document, errors, removed: HashMap::new() };
    while pass.errors.len() < MOST {
        match serde_path_to_error::deserialize(&pass.document) {
            Ok(value) if pass.errors.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(error) => {
                if !pass.set_aside(error.path(), &error.inner().to_string()) {
                    break;
                }
            }
        }
    }
    pass.errors.truncate(MOST);
    Err(Error::Invalid(pass.errors))
}

struct Pass {
    document: Value,
    errors: Vec<FieldError>,
    /// How many items were removed from which list: later ones have moved forward.
    removed: HashMap<String, usize>,
}

impl Pass {
    /// Records the error at `path` and removes the value there, so that the next pass finds the next
    /// error; false, if there is nothing to remove.
    fn set_aside(&mut self, path: &Path, found: &str) -> bool {
        let mut segments: Vec<_> = path.iter().collect();
        let last = segments.pop();
        let parent: Vec<_> = segments.iter().copied().map(spelt).collect();
        let parent = parent.join(".");
        let name = match last {
            Some(Segment::Seq { index }) => {
                let before = self.removed.entry(parent.clone()).or_default();
                *before += 1;
                (index + *before - 1).to_string()
            }
            Some(segment) => spelt(segment),
            None => String::new(),
        };
        let path = if parent.is_empty() { name } else { format!("{parent}.{name}") };
        self.errors.push(message::field(path, found));
        last.is_some_and(|last| remove(&mut self.document, &segments, last).is_some())
    }
}

fn spelt(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    }
}

/// Removes what `last` names in what `segments` lead to.
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
        match fit::<Body>(document, Vec::new()) {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|it| it.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_member_that_does_not_fit_is_named_at_its_own_place() {
        let document = json!({ "a": 1, "list": ["x", 1, "y", 2, 3], "name": 4, "z": null });
        assert_eq!(paths(document), ["a", "list.1", "list.3", "list.4", "name", "z"]);
    }

    #[test]
    fn errors_beyond_the_most_are_left_out() {
        let many: serde_json::Map<_, _> =
            (0..1_000).map(|it| (it.to_string(), Value::Null)).collect();
        assert_eq!(paths(many.into()).len(), MOST);
    }

    #[test]
    fn a_document_that_fits_is_read() {
        let body: Body = fit(json!({ "name": "x", "list": null }), Vec::new()).expect("a body");
        assert_eq!((body.name.as_str(), body.list), ("x", None));
    }
}
