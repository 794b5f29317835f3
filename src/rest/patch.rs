//! Members of PATCH bodies: an absent member keeps its value, null removes it.

use serde::{Deserialize, Deserializer};

/// A member of a PATCH body, which distinguishes absent, null and a value.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The member is absent.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member has a value.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T> From<Patch<T>> for Option<Option<T>> {
    /// `None` keeps the value, `None` inside removes it.
    fn from(patch: Patch<T>) -> Self {
        match patch {
            Patch::Absent => None,
            Patch::Null => Some(None),
            Patch::Value(value) => Some(Some(value)),
        }
    }
}

impl From<Patch<String>> for Option<String> {
    /// `None` keeps the text, an empty text clears it.
    fn from(patch: Patch<String>) -> Self {
        let text: Option<Self> = patch.into();
        text.map(Self::unwrap_or_default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        text: Patch<String>,
    }

    #[test]
    fn a_member_that_is_absent_null_or_a_value_is_distinguished() {
        let read = |json| serde_json::from_str::<Body>(json).map(|body| body.text).ok();
        assert_eq!(read("{}"), Some(Patch::Absent));
        assert_eq!(read(r#"{"text":null}"#), Some(Patch::Null));
        assert_eq!(read(r#"{"text":""}"#), Some(Patch::Value(String::new())));
        assert_eq!(read(r#"{"text":1}"#), None);
    }
}
