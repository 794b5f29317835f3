//! The last word on every error: its code, its text, and nothing from inside.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, PathSegment, ServerError, Value, value};

use super::guard::Limit;
use crate::error::Error;

/// The longest text of an error: those of the engine hold what the caller wrote.
const MAX_MESSAGE: usize = 300;
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
            "something went wrong on our side".to_owned()
        }
        None => {
            if extensions.get("code").is_none() {
                extensions.set("code", "BAD_USER_INPUT");
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
            let spelt: Vec<_> = fields.iter().map(|it| (camel(&it.path), &it.message)).collect();
            extensions.set("field", spelt.first().map(|(path, _)| path.clone()));
            if spelt.len() > 1 {
                let list = spelt.iter().map(|(path, message)| {
                    value!({ "field": path.clone(), "message": (*message).clone() })
                });
                extensions.set("fields", Value::List(list.collect()));
            }
            let texts = spelt.iter().map(|(path, message)| format!("{path}: {message}"));
            return texts.collect::<Vec<_>>().join("; ");
        }
        _ => {}
    }
    error.to_string()
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
