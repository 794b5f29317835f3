//! Messages of the JSON parser, shortened: they may quote the request body.

use std::borrow::Cow;

use crate::error::FieldError;

/// Maximum length of a parser message, in bytes.
const MAX_MESSAGE: usize = 200;

/// Maximum length of the path of a field, in bytes.
const MAX_PATH: usize = 100;

/// Members that restrict or end a resource. Only operations of their own change them, so a body that
/// contains them is rejected instead of ignoring them.
const STATE: [&str; 3] = ["disabled_at", "retires_at", "status"];

/// The error of the parser at `path`.
pub fn field_error(path: String, message: &str) -> FieldError {
    let message = match message.strip_prefix("unknown field ").and_then(|it| it.split_once("`, ")) {
        Some(_) if STATE.contains(&path.as_str()) => {
            "cannot be set here; use the operations disable, enable or rotation".to_owned()
        }
        Some((_, expected)) => format!("unknown field, {}", truncate(expected, MAX_MESSAGE)),
        None => truncate(message, MAX_MESSAGE).into_owned(),
    };
    with_short_path(FieldError { path, message })
}

/// The message of an error of the whole body.
pub fn truncated(message: &str) -> Cow<'_, str> {
    truncate(message, MAX_MESSAGE)
}

/// The same error with its path truncated.
pub fn with_short_path(FieldError { path, message }: FieldError) -> FieldError {
    FieldError { path: truncate(&path, MAX_PATH).into_owned(), message }
}

fn truncate(text: &str, max_length: usize) -> Cow<'_, str> {
    if text.len() <= max_length {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(max_length)]).into()
}
