//! The last word on every error: its code, its text, and nothing from inside.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError, Value, value};

use crate::error::Error;

/// The longest text of an error: those of the engine hold what the caller wrote.
const MAX_MESSAGE: usize = 300;
/// The most errors in an answer.
const MAX_ERRORS: usize = 100;

/// Gives every error of an answer its code and its text.
pub fn label_all(errors: &mut Vec<ServerError>) {
    errors.truncate(MAX_ERRORS);
    errors.iter_mut().for_each(label);
}

/// Gives an error its code, and its text for a stranger.
fn label(error: &mut ServerError) {
    let ours = error.source::<Arc<Error>>().map(Arc::as_ref).or_else(|| error.source::<Error>());
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
