//! What the parser found, in words for the caller that repeat little of what was sent.

use std::borrow::Cow;

use crate::error::FieldError;

/// The longest message of the parser that is repeated, in bytes: it may quote the body.
const MAX_MESSAGE: usize = 200;

/// The longest path of a field that is repeated, in bytes.
const MAX_PATH: usize = 100;

/// Members that show the state of a resource and would restrict or end it: other operations change
/// them, and a body that has them is refused.
const STATE: [&str; 2] = ["disabled_at", "retires_at"];

/// An error of the parser at `path`.
pub fn field(path: String, found: &str) -> FieldError {
    let message = match found.strip_prefix("unknown field ").and_then(|it| it.split_once("`, ")) {
        Some(_) if STATE.contains(&path.as_str()) => {
            "must be left out: it is set by disable, enable and rotation".to_owned()
        }
        Some((_, expected)) => format!("unknown field, {}", cut(expected, MAX_MESSAGE)),
        None => cut(found, MAX_MESSAGE).into_owned(),
    };
    shortened(FieldError { path, message })
}

/// The text of an error of the whole body.
pub fn whole(found: &str) -> Cow<'_, str> {
    cut(found, MAX_MESSAGE)
}

/// The same with a path that is not too long.
pub fn shortened(FieldError { path, message }: FieldError) -> FieldError {
    FieldError { path: cut(&path, MAX_PATH).into_owned(), message }
}

fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(longest)]).into()
}
