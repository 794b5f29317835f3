//! Idempotency keys.

use crate::error::{Error, Result};

/// The key that identifies a create.
#[derive(Clone, Debug)]
pub enum IdempotencyKey {
    /// Chosen for this one create; with another input it is rejected.
    Chosen(String),
    /// The id of a request. With another input it identifies another request; with the same input,
    /// only a request that is marked as a retry is the same.
    Request {
        /// The id.
        id: String,
        /// Whether the request is marked as a retry.
        repeated: bool,
    },
}

impl IdempotencyKey {
    /// A key of 1 to 255 visible characters, given in `field`.
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
