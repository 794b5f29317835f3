//! The last word on every error: its code, its text, and nothing from inside.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{
    ErrorExtensionValues, ErrorExtensions, PathSegment, ServerError, Value, value,
};

use super::guard::Limit;
use crate::error::Error;

/// The longest text of an error: those of the engine hold what the caller wrote.
const MAX_MESSAGE: usize = 300;
/// Most invalid inputs that one error lists.
pub const MAX_FIELDS: usize = 100;
/// Most errors in an answer; one more says how many are left out.
const MAX_ERRORS: usize = 100;

/// Gives every error of an answer its code and its text. Those that are alike for several rows
/// are one with `extensions.count`; of too many, the last says how many are left out.
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
        errors.push(left_out(distinct));
    }
}

/// Merges the errors of one field that differ by positions in lists only; each comes with their
/// number, and with the path of the first.
fn merge(errors: Vec<ServerError>) -> Vec<(ServerError, usize)> {
    let mut merged: Vec<(ServerError, usize)> = Vec::new();
    let mut first = HashMap::new();
    for error in errors {
        let index = match kind(&error) {
            Some(kind) => *first.entry(kind).or_insert(merged.len()),
            None => merged.len(),
        };
        match merged.get_mut(index) {
            Some((_, count)) => *count += 1,
            None => merged.push((error, 1)),
        }
    }
    merged
}

/// The names of the path and what went wrong; none for errors of the request.
fn kind(error: &ServerError) -> Option<(Vec<String>, String)> {
    let name = |segment: &PathSegment| match segment {
        PathSegment::Field(name) => Some(name.clone()),
        PathSegment::Index(_) => None,
    };
    let names = error.path.iter().filter_map(name).collect();
    let cause = ours(error).map_or_else(|| error.message.clone(), |ours| format!("{ours:?}"));
    (!error.path.is_empty()).then_some((names, cause))
}

/// The error that stands for those beyond the most that are reported.
fn left_out(distinct: usize) -> ServerError {
    let message = format!("{} more errors are left out", distinct - MAX_ERRORS);
    let mut error = ServerError::new(message, None);
    let limit = Limit { name: "errors", maximum: MAX_ERRORS, reached: distinct };
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", "QUERY_TOO_COMPLEX");
    extensions.set("limit", limit.value());
    error
}

/// The error of ours that an error of the engine comes from.
fn ours(error: &ServerError) -> Option<&Error> {
    error.source::<Arc<Error>>().map(Arc::as_ref).or_else(|| error.source::<Error>())
}

/// Gives an error its code, and its text for a stranger.
fn label(error: &mut ServerError) {
    let ours = ours(error);
    let mut extensions = error.extensions.clone().unwrap_or_default();
    let message = match ours {
        Some(ours) => {
            ours.log();
            extensions.set("code", ours.code());
            details(ours, &mut extensions)
        }
        None if error.source.is_some() => {
            tracing::error!(error.cause = error.message, "internal error");
            extensions = ErrorExtensionValues::default();
            extensions.set("code", "INTERNAL");
            "internal server error".to_owned()
        }
        None => {
            if extensions.get("code").is_none() {
                extensions.set("code", "BAD_USER_INPUT");
            }
            // What the engine finds wrong is wrong with the document.
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

/// Adds what the error carries beyond its code, and returns its text.
fn details(error: &Error, extensions: &mut ErrorExtensionValues) -> String {
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

/// Names invalid inputs, of which `fields` are the first: `field` is the path of the first one,
/// `fields` lists them where there are several, and `limit` says of how many. Returns the text of
/// the error.
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
    format!("{count} inputs are invalid, of which {listed} are listed: {texts}")
}

/// The error of an input that holds more than it may; `what` completes "must have at most 100 …".
pub fn over_limit(field: &str, what: &str, limit: Limit) -> async_graphql::Error {
    let Limit { maximum, reached, .. } = limit;
    let message = format!("{field}: must have at most {maximum} {what}, not {reached}");
    async_graphql::Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", "BAD_USER_INPUT");
        extensions.set("field", field);
        extensions.set("limit", limit.value());
    })
}

/// A path as inputs of the schema are spelt: `token_lifetime` is `tokenLifetime`.
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
