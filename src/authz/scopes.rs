//! Scopes and space-separated lists of them (RFC 6749, section 3.3).

use std::fmt;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

/// The maximum number of scopes of an API.
pub const MAX_SCOPES: usize = 100;

/// The maximum length of a scope, in bytes.
const MAX_LENGTH: usize = 100;

/// Scopes in insertion order, without duplicates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(IndexSet<String>);

/// Equality respects the order.
impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Scopes {}

impl Scopes {
    /// Validates 1 to 100 scopes of 1 to 100 scope characters each.
    ///
    /// # Errors
    /// The position of the first invalid scope, or `None` for a wrong number of scopes; and the
    /// message.
    pub fn validate(texts: &[impl AsRef<str>]) -> Result<Self, (Option<usize>, &'static str)> {
        if texts.is_empty() || texts.len() > MAX_SCOPES {
            return Err((None, "must be 1 to 100 scopes"));
        }
        if let Some(at) = texts.iter().position(|scope| !is_token(scope.as_ref())) {
            let why = "must be 1 to 100 visible ASCII characters, without quotes or backslashes";
            return Err((Some(at), why));
        }
        Ok(texts.iter().map(AsRef::as_ref).collect())
    }

    /// Whether a text is one scope.
    #[must_use]
    pub fn is_scope(text: &str) -> bool {
        is_token(text)
    }

    /// Splits a space-separated list.
    #[must_use]
    pub fn split(text: &str) -> Self {
        text.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    /// The scopes that are in both.
    #[must_use]
    pub fn intersection(self, other: &Self) -> Self {
        self.filter(|scope| other.contains(scope))
    }

    /// The scopes that are not in `other`.
    #[must_use]
    pub fn difference(self, other: &Self) -> Self {
        self.filter(|scope| !other.contains(scope))
    }

    /// The scopes that are in either.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether `scope` is in the set.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all scopes of `other` are in the set.
    #[must_use]
    pub fn contains_all(&self, other: &Self) -> bool {
        other.iter().all(|scope| self.contains(scope))
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The length of the space-separated list, in bytes.
    #[must_use]
    pub fn text_len(&self) -> usize {
        self.iter().map(|scope| scope.len() + 1).sum::<usize>().saturating_sub(1)
    }

    /// The number of scopes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are more scopes than an API may have.
    #[must_use]
    pub fn exceed_limit(&self) -> bool {
        self.0.len() > MAX_SCOPES
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn filter(mut self, predicate: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|scope| predicate(scope));
        self
    }
}

/// `scope-token` of RFC 6749, section 3.3.
fn is_token(scope: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=MAX_LENGTH).contains(&scope.len()) && scope.bytes().all(is_allowed)
}

impl<T: Into<String>> FromIterator<T> for Scopes {
    fn from_iter<I: IntoIterator<Item = T>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Scopes;

    #[test]
    fn set_operations_preserve_the_order_without_duplicates() {
        let scopes = Scopes::split("c a b a c d");
        assert_eq!(scopes.to_string(), "c a b d");
        let other = Scopes::split("d b x");
        assert_eq!(scopes.clone().intersection(&other).to_string(), "b d");
        assert_eq!(scopes.clone().difference(&other).to_string(), "c a");
        assert_eq!(scopes.clone().union(other.clone()).to_string(), "c a b d x");
        assert!(scopes.contains_all(&Scopes::split("d c")) && !scopes.contains_all(&other));
        assert!(scopes.contains_all(&Scopes::default()));
        assert_eq!((scopes.text_len(), Scopes::default().text_len()), (7, 0));
        assert_ne!(scopes, Scopes::split("a b c d"), "equality respects the order");
    }
}
