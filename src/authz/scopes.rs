//! Scopes: what may stand in one, and lists of them with spaces between them (RFC 6749, section 3.3).

use std::fmt;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

/// How many scopes an API may have.
const MOST: usize = 100;

/// The longest scope, in bytes.
const LONGEST: usize = 100;

/// Scopes in the order in which they were given, each once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(IndexSet<String>);

/// The order counts.
impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Scopes {}

impl Scopes {
    /// 1 to 100 scopes, each of 1 to 100 characters that a scope may have.
    ///
    /// # Errors
    /// The position of the invalid one, where it is one, and what is wrong.
    pub fn checked(texts: &[impl AsRef<str>]) -> Result<Self, (Option<usize>, &'static str)> {
        if texts.is_empty() || texts.len() > MOST {
            return Err((None, "must be 1 to 100 scopes"));
        }
        if let Some(at) = texts.iter().position(|scope| !is_token(scope.as_ref())) {
            let why = "must be 1 to 100 visible ASCII characters, without quotes or backslashes";
            return Err((Some(at), why));
        }
        Ok(texts.iter().map(AsRef::as_ref).collect())
    }

    /// Those of a text with spaces between them.
    #[must_use]
    pub fn split(text: &str) -> Self {
        text.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    /// Those that are in both.
    #[must_use]
    pub fn among(self, other: &Self) -> Self {
        self.filter(|scope| other.contains(scope))
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        self.filter(|scope| !other.contains(scope))
    }

    /// Those of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of `other` are among them.
    #[must_use]
    pub fn contains_all(&self, other: &Self) -> bool {
        other.iter().all(|scope| self.contains(scope))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The length of the text that lists them, in bytes.
    #[must_use]
    pub fn text_len(&self) -> usize {
        self.iter().map(|scope| scope.len() + 1).sum::<usize>().saturating_sub(1)
    }

    /// The number of scopes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are more than an API may have.
    #[must_use]
    pub fn exceed_limit(&self) -> bool {
        self.0.len() > MOST
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn filter(mut self, keeps: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|scope| keeps(scope));
        self
    }
}

/// `scope-token` of RFC 6749, section 3.3.
fn is_token(scope: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=LONGEST).contains(&scope.len()) && scope.bytes().all(is_allowed)
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
    fn set_operations_keep_the_order_and_each_scope_once() {
        let scopes = Scopes::split("c a b a c d");
        assert_eq!(scopes.to_string(), "c a b d");
        let other = Scopes::split("d b x");
        assert_eq!(scopes.clone().among(&other).to_string(), "b d");
        assert_eq!(scopes.clone().without(&other).to_string(), "c a");
        assert_eq!(scopes.clone().and(other.clone()).to_string(), "c a b d x");
        assert!(scopes.contains_all(&Scopes::split("d c")) && !scopes.contains_all(&other));
        assert!(scopes.contains_all(&Scopes::default()));
        assert_eq!((scopes.text_len(), Scopes::default().text_len()), (7, 0));
        assert_ne!(scopes, Scopes::split("a b c d"), "the order counts");
    }
}
