//! What creates are named by.

use crate::error::{Error, Result};

/// What the caller of a create names it by.
#[derive(Clone, Debug)]
pub enum Key {
    /// Chosen for this one create; with another input it is refused.
    Chosen(String),
    /// The name of a request. With another input it is another request, and so it is with the
    /// same one, unless it is said to be repeated.
    Request {
        /// The name.
        id: String,
        /// Whether this is said to be sent again.
        repeated: bool,
    },
}

impl Key {
    /// A key that was given as `field`: 1 to 255 visible characters.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn chosen(field: &str, text: String) -> Result<Self> {
        if is_valid(&text) { Ok(Self::Chosen(text)) } else { Err(invalid(field)) }
    }

    /// Rejects an invalid key, together with the other inputs of its create.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn check(key: Option<&Self>) -> Result<()> {
        match key {
            Some(Self::Chosen(text)) if !is_valid(text) => Err(invalid("idempotency_key")),
            _ => Ok(()),
        }
    }
}

fn is_valid(text: &str) -> bool {
    let visible = text.chars().all(|it| !it.is_control() && !it.is_whitespace());
    (1..=255).contains(&text.chars().count()) && visible
}

fn invalid(field: &str) -> Error {
    Error::invalid(field, "must be 1 to 255 visible characters")
}
