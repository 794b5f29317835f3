//! Invalid inputs: one error holds all that are known, so that a form can show them at once.

use super::{Error, Result};

/// An invalid input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Its path within the input: names in snake case and positions in lists, with dots between
    /// them. Each surface spells it in its own way.
    pub path: String,
    /// What is wrong with it, and what is expected.
    pub message: String,
}

/// Collects invalid inputs, so that several are reported together.
#[derive(Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// The value of a valid input; of an invalid one a default, which [`Fields::finish`] keeps from
    /// being used.
    ///
    /// # Errors
    /// Every error but `Invalid`.
    pub fn check<T: Default>(&mut self, input: Result<T>) -> Result<T> {
        match input {
            Err(Error::Invalid(errors)) => {
                self.0.extend(errors);
                Ok(T::default())
            }
            checked => checked,
        }
    }

    /// Adds the input at `path`, which is invalid.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { path: path.into(), message: message.into() });
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// `Invalid` with every input that was found invalid.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// All of them as one text.
pub(super) fn message(fields: &[FieldError]) -> String {
    let texts: Vec<_> = fields.iter().map(|it| format!("{}: {}", it.path, it.message)).collect();
    texts.join("; ")
}
