//! The invalid inputs of a request.

use async_graphql::{Pos, ServerError};

use crate::graphql::engine::errors::{MAX_FIELDS, set_fields};

/// An input that does not fit its type.
#[derive(Clone, Debug)]
pub struct InvalidInput {
    /// The path within the input, such as `restrictions.addresses.2`.
    pub field: String,
    /// The reason, and what is expected.
    pub message: String,
    /// Place of the argument or the variable in the document.
    pub pos: Pos,
}

/// The invalid inputs of a request.
#[derive(Clone, Debug, Default)]
pub struct InvalidInputs {
    /// The first ones, as many as one error lists.
    pub first: Vec<InvalidInput>,
    /// The number of all.
    count: usize,
}

impl InvalidInputs {
    /// Adds one.
    pub fn add(&mut self, invalid: InvalidInput) {
        self.count += 1;
        if self.first.len() < MAX_FIELDS {
            self.first.push(invalid);
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The error of the request: `extensions.field` is the path of the first, and `extensions.fields`
    /// lists them if there are several.
    pub fn into_error(self) -> ServerError {
        let mut error = ServerError::new("", self.first.first().map(|it| it.pos));
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", "BAD_USER_INPUT");
        let fields = self.first.into_iter().map(|it| (it.field, it.message)).collect();
        error.message = set_fields(extensions, fields, self.count);
        error
    }
}
