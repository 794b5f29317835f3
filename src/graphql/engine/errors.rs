//! The errors of a response: their codes and messages, without internal details.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{
    ErrorExtensionValues, ErrorExtensions, PathSegment, ServerError, Value, value,
};

use super::limits::Limit;
use crate::error::Error;

/// Maximum characters of a message: those of the engine repeat what the caller wrote.
const MAX_MESSAGE: usize = 300;
/// Maximum number of invalid inputs that one error lists.
pub const MAX_FIELDS: usize = 100;
/// Maximum number of errors in a response; one more reports how many are omitted.
const MAX_ERRORS: usize = 100;

/// Sets the code and the message of every error. Errors that differ in list positions only are merged
/// into one with `extensions.count`; if there are too many, the last reports how many are omitted.
pub fn label_all(errors: &mut Vec<ServerError>) {
    let mut merged = merge(std::mem::take(errors));
    let distinct = merged.len();
    merged.truncate(MAX_ERRORS);
    errors.extend(merged.into_iter().map(|(mut error, count)| {
        label(&mut error);
        if count > 1 {
            error.extensions.get_or_insert_default().set("count", count);
        }
        error
    }));
    if distinct > MAX_ERRORS {
        errors.push(omitted(distinct));
    }
}

/// Merges the errors of one field that differ in list positions only, into the one with the first
/// position and their number.
fn merge(errors: Vec<ServerError>) -> Vec<(ServerError, usize)> {
    let mut merged: Vec<(ServerError, usize)> = Vec::new();
    let mut first = HashMap::new();
    for error in errors {
        let index = match kind(&error) {
            Some(kind) => *first.entry(kind).or_insert(merged.len()),
            None => merged.len(),
        };
        match merged.get_mut(index) {
            Some((kept, count)) => {
                *count += 1;
                if positions(&error) < positions(kept) {
                    *kept = error;
                }
            }
            None => merged.push((error, 1)),
        }
    }
    merged
}

/// The list positions of the path.
fn positions(error: &ServerError) -> impl PartialOrd + use<> {
    let index = |segment: &PathSegment| match segment {
        PathSegment::Field(_) => None,
        PathSegment::Index(index) => Some(*index),
    };
    error.path.iter().filter_map(index).collect::<Vec<_>>()
}

/// The field names of the path and the cause; `None` for errors of the request.
fn kind(error: &ServerError) -> Option<(Vec<String>, String)> {
    let name = |segment: &PathSegment| match segment {
        PathSegment::Field(name) => Some(name.clone()),
        PathSegment::Index(_) => None,
    };
    let names = error.path.iter().filter_map(name).collect();
    let cause = domain_error(error).map_or_else(|| error.message.clone(), |it| format!("{it:?}"));
    (!error.path.is_empty()).then_some((names, cause))
}

/// The error that reports how many are omitted.
fn omitted(distinct: usize) -> ServerError {
    let message = format!("{} more errors are omitted", distinct - MAX_ERRORS);
    let mut error = ServerError::new(message, None);
    let limit = Limit { name: "errors", maximum: MAX_ERRORS, reached: distinct };
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", "QUERY_TOO_COMPLEX");
    extensions.set("limit", limit.value());
    error
}

/// The error of an operation that a domain error ends.
pub fn of_domain(error: Error) -> ServerError {
    let mut reported = ServerError::new(error.to_string(), None);
    reported.source = Some(Arc::new(error));
    reported
}

/// The domain error behind an error of the engine.
fn domain_error(error: &ServerError) -> Option<&Error> {
    error.source::<Arc<Error>>().map(Arc::as_ref).or_else(|| error.source::<Error>())
}

/// Sets the code of an error, and the message that the caller may read.
fn label(error: &mut ServerError) {
    let domain_error = domain_error(error);
    let mut extensions = error.extensions.clone().unwrap_or_default();
    let message = match domain_error {
        Some(error) => {
            error.log();
            extensions.set("code", error.code());
            add_details(error, &mut extensions)
        }
        None if error.source.is_some() => {
            tracing::error!(error.cause = error.message, "internal error");
            extensions = ErrorExtensionValues::default();
            extensions.set("code", "INTERNAL");
            Error::internal(error.message.clone()).to_string()
        }
        None => {
            if extensions.get("code").is_none() {
                extensions.set("code", "BAD_USER_INPUT");
            }
            // Errors of the engine are about the document.
            let is_input = extensions.get("code") == Some(&Value::from("BAD_USER_INPUT"));
            if is_input && extensions.get("field").is_none() {
                extensions.set("field", "query");
            }
            std::mem::take(&mut error.message)
        }
    };
    error.message = shorten(message);
    error.extensions = Some(extensions);
}

/// Adds the extensions of an error other than its code, and returns its message.
fn add_details(error: &Error, extensions: &mut ErrorExtensionValues) -> String {
    match error {
        Error::Forbidden { permission, .. } => extensions.set("permission", *permission),
        Error::Conflict { reason, .. } => extensions.set("reason", reason.name()),
        Error::Invalid(fields) => {
            let first = fields.iter().take(MAX_FIELDS);
            let spelt = first.map(|it| (camel(&it.path), it.message.clone())).collect();
            return set_fields(extensions, spelt, fields.len());
        }
        _ => {}
    }
    error.to_string()
}

/// Sets the extensions of an error about `count` invalid inputs, of which `fields` are the first: `field`
/// is the path of the first, `fields` lists them if there are several, and `limit` reports their number
/// if not all are listed. Returns the message.
pub fn set_fields(
    extensions: &mut ErrorExtensionValues,
    fields: Vec<(String, String)>,
    count: usize,
) -> String {
    extensions.set("field", fields.first().map(|(path, _)| path.clone()));
    let texts = fields.iter().map(|(path, message)| format!("{path}: {message}"));
    let texts = texts.collect::<Vec<_>>().join("; ");
    let listed = fields.len();
    if listed > 1 {
        let list = fields
            .into_iter()
            .map(|(field, message)| value!({ "field": field, "message": message }));
        extensions.set("fields", Value::List(list.collect()));
    }
    if count <= listed {
        return texts;
    }
    let limit = Limit { name: "fields", maximum: listed, reached: count };
    extensions.set("limit", limit.value());
    format!("{count} invalid inputs, the first {listed} of them: {texts}")
}

/// The error of an input with too many items; `what` completes "must have at most 100 …".
pub fn over_limit(field: &str, what: &str, limit: Limit) -> async_graphql::Error {
    let Limit { maximum, reached, .. } = limit;
    let message = format!("{field}: must have at most {maximum} {what}, not {reached}");
    async_graphql::Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", "BAD_USER_INPUT");
        extensions.set("field", field);
        extensions.set("limit", limit.value());
    })
}

/// A path with the names of the schema: `token_lifetime` is `tokenLifetime`.
fn camel(path: &str) -> String {
    let mut spelt = String::with_capacity(path.len());
    let mut upper = false;
    for character in path.chars() {
        match character {
            '_' => upper = true,
            character if upper => {
                spelt.extend(character.to_uppercase());
                upper = false;
            }
            character => spelt.push(character),
        }
    }
    spelt
}

fn shorten(message: String) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
