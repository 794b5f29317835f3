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

use async_graphql::{Pos, ServerError};

use super::errors::{MAX_FIELDS, set_fields};

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

/// The invalid inputs of a request.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// As many of them as one error reports.
    pub first: Vec<Invalid>,
    /// How many there are.
    count: usize,
}

impl Found {
    /// Adds one.
    pub fn add(&mut self, invalid: Invalid) {
        self.count += 1;
        if self.first.len() < MAX_FIELDS {
            self.first.push(invalid);
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The one error of a request with invalid inputs: `extensions.field` is the path of the first,
    /// `extensions.fields` lists them where there are several.
    pub fn into_error(self) -> ServerError {
        let mut error = ServerError::new("", self.first.first().map(|it| it.pos));
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", "BAD_USER_INPUT");
        let fields = self.first.into_iter().map(|it| (it.field, it.message)).collect();
        error.message = set_fields(extensions, fields, self.count);
        error
    }
}
