//! Cursors: opaque, of bounded length, and valid for one list only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};

/// The maximum length of a cursor, in bytes.
const MAX_LENGTH: usize = 255;
const CHECKSUM: usize = size_of::<u32>();
const TIME: usize = size_of::<i64>();

/// A position in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position<'a> {
    /// When the item was created.
    pub at: DateTime<Utc>,
    /// The id of the item.
    pub id: &'a str,
}

/// A checksum of list and position, the time in microseconds, and the id; in base64url.
pub fn encode(list: &str, position: Position<'_>) -> String {
    let time = position.at.timestamp_micros().to_be_bytes();
    let checksum = checksum(list, &time, position.id.as_bytes()).to_be_bytes();
    URL_SAFE_NO_PAD.encode([&checksum[..], &time[..], position.id.as_bytes()].concat())
}

/// The position that a cursor names, if it belongs to `list`.
pub fn decode(list: &str, text: &str) -> Option<(DateTime<Utc>, String)> {
    let bytes = (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
    let (expected, rest) = bytes.split_first_chunk::<CHECKSUM>()?;
    let (time, id) = rest.split_first_chunk::<TIME>()?;
    if checksum(list, time, id).to_be_bytes() != *expected {
        return None;
    }
    // The checksum is no secret: values that no database can represent are rejected here.
    let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*time))?;
    let id = std::str::from_utf8(id).ok().filter(|id| entity::id::is_shaped(id))?;
    (1..=9_999).contains(&at.year()).then(|| (at, id.to_owned()))
}

/// Detects cursors of other lists and typing errors. It is no signature and protects nothing: the
/// query decides what a caller may see, whatever the position.
fn checksum(list: &str, time: &[u8; TIME], id: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [list.as_bytes(), &[0], time, id] {
        hasher.update(part);
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "s0123456789abcdefghijklmno";

    proptest! {
        #[test]
        fn a_cursor_decodes_to_its_position(micros in 0..4_102_444_800_000_000_i64) {
            let at = DateTime::from_timestamp_micros(micros).expect("a time of this century");
            let text = encode("list", Position { at, id: ID });
            prop_assert!(text.len() <= MAX_LENGTH);
            prop_assert_eq!(decode("list", &text), Some((at, ID.to_owned())));
            prop_assert_eq!(decode("another list", &text), None);
        }

        #[test]
        fn a_forged_cursor_names_no_position_that_a_database_cannot_represent(
            micros in proptest::num::i64::ANY,
            id in "[a-z0-9\\x00 é]{0,40}",
        ) {
            let Some(at) = DateTime::from_timestamp_micros(micros) else { return Ok(()) };
            if let Some((at, id)) = decode("list", &encode("list", Position { at, id: &id })) {
                prop_assert!((1..=9_999).contains(&at.year()) && entity::id::is_shaped(&id));
            }
        }

        #[test]
        fn a_text_that_is_no_cursor_is_rejected(text in ".{0,300}") {
            prop_assert_eq!(decode("list", &text), None);
        }
    }
}
