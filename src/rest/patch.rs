//! What a change says of a text: to keep it, to clear it, or what it is to be.

use serde::{Deserialize, Deserializer};

/// A member of a body that may be absent, null or a text: three different things.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Patch {
    /// It was not sent.
    #[default]
    Absent,
    /// It was sent as null.
    Null,
    /// It was sent with a value.
    Text(String),
}

impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Null, Self::Text))
    }
}

impl From<Patch> for Option<String> {
    /// As the domain has it: what is absent stays, and an empty text clears.
    fn from(patch: Patch) -> Self {
        match patch {
            Patch::Absent => None,
            Patch::Null => Some(String::new()),
            Patch::Text(text) => Some(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        text: Patch,
    }

    #[test]
    fn absent_null_and_a_text_are_told_apart() {
        let read = |json| serde_json::from_str::<Body>(json).map(|body| body.text).ok();
        assert_eq!(read("{}"), Some(Patch::Absent));
        assert_eq!(read(r#"{"text":null}"#), Some(Patch::Null));
        assert_eq!(read(r#"{"text":""}"#), Some(Patch::Text(String::new())));
        assert_eq!(read(r#"{"text":1}"#), None);
        assert_eq!(read(r#"{"text":"a","text":"b"}"#), None, "a text that is sent twice");
    }
}
