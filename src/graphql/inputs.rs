//! Input coercion: every literal and every variable of a request is checked against the schema
//! before anything is executed (GraphQL specification, sections 5.6 and 6.1.2).
//!
//! The engine coerces while it executes, so an invalid input of a second mutation would be found
//! after the first was committed. Literals are checked once for each document and cached with it
//! ([`document`]); variables with each request ([`variables`]).

mod document;
mod given;
mod path;
mod scalars;
mod types;
mod value;
mod variables;

pub use document::Inputs;
pub use types::Types;

use async_graphql::{Pos, ServerError, Value};

/// Most invalid inputs that one error reports.
const MAX_INVALID: usize = 100;

/// An input that does not fit its type.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// The path within the input, such as `restrictions.addresses.2`.
    pub field: String,
    /// The reason, and what is expected.
    pub message: String,
    /// Where the argument or the variable stands in the document.
    pub pos: Pos,
}

/// The one error of a request with invalid inputs, if there are any: `extensions.field` is the
/// path of the first, `extensions.fields` lists them where there are several.
pub fn error(invalid: &[Invalid]) -> Option<ServerError> {
    let first = invalid.first()?;
    let texts: Vec<_> = invalid.iter().map(|it| format!("{}: {}", it.field, it.message)).collect();
    let mut error = ServerError::new(texts.join("; "), Some(first.pos));
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", "BAD_USER_INPUT");
    extensions.set("field", first.field.as_str());
    if invalid.len() > 1 {
        let entry = |it: &Invalid| {
            let members = [("field", &it.field), ("message", &it.message)];
            Value::Object(
                members.map(|(name, text)| (async_graphql::Name::new(name), text.into())).into(),
            )
        };
        extensions.set("fields", Value::List(invalid.iter().map(entry).collect()));
    }
    Some(error)
}
