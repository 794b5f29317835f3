//! Members of changes: absent keeps a value, null removes it.

use serde::{Deserialize, Deserializer};

/// A member of a body that may be absent, null or a value: three different things.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It was not sent.
    #[default]
    Absent,
    /// It was sent as null.
    Null,
    /// It was sent with a value.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Null, Self::Value))
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
    fn absent_null_and_a_value_are_distinguished() {
        let read = |json| serde_json::from_str::<Body>(json).map(|body| body.text).ok();
        assert_eq!(read("{}"), Some(Patch::Absent));
        assert_eq!(read(r#"{"text":null}"#), Some(Patch::Null));
        assert_eq!(read(r#"{"text":""}"#), Some(Patch::Value(String::new())));
        assert_eq!(read(r#"{"text":1}"#), None);
    }
}
