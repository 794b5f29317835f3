//! The last word on every error: its code, its text, and nothing from inside.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};

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
            if let Error::Invalid { field, .. } = ours {
                extensions.set("field", *field);
            }
            extensions.set("code", ours.code());
            ours.to_string()
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

fn shorten(message: String) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
