//! Invalid inputs: one error holds all of them, so that a form can show them at once.

use super::{Error, Result};

/// An invalid input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the input: names in snake case and zero-based positions in lists, with dots between
    /// them. Each surface spells it in its own way.
    pub path: String,
    /// Text for a person: the expected input.
    pub message: String,
}

/// Collects invalid inputs, so that several are reported together.
#[derive(Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// The value of a valid input. For an invalid input, a default that is never used, as
    /// [`Fields::finish`] fails.
    ///
    /// # Errors
    /// Every error except `Invalid`.
    pub fn check<T: Default>(&mut self, input: Result<T>) -> Result<T> {
        match input {
            Err(Error::Invalid(errors)) => {
                self.0.extend(errors);
                Ok(T::default())
            }
            checked => checked,
        }
    }

    /// Adds an invalid input.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { path: path.into(), message: message.into() });
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// `Invalid` with every invalid input.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// The text of several invalid inputs.
pub(super) fn message(fields: &[FieldError]) -> String {
    let texts: Vec<_> = fields.iter().map(|it| format!("{}: {}", it.path, it.message)).collect();
    texts.join("; ")
}
