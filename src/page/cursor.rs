//! Cursors: opaque, bounded, and good for the list that they were made for alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};

/// The longest text that is looked at.
const MAX_LENGTH: usize = 255;
const CHECK: usize = size_of::<u32>();
const TIME: usize = size_of::<i64>();

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// When what stands there was made.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: &'a str,
}

/// A check of list and place, the time in microseconds, and the id; in base64url.
pub fn encode(list: &str, place: Place<'_>) -> String {
    let time = place.at.timestamp_micros().to_be_bytes();
    let check = check(list, &time, place.id.as_bytes()).to_be_bytes();
    URL_SAFE_NO_PAD.encode([&check[..], &time[..], place.id.as_bytes()].concat())
}

/// The place that a cursor names, if it was made for `list`.
pub fn decode(list: &str, text: &str) -> Option<(DateTime<Utc>, String)> {
    let bytes = (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
    let (expected, rest) = bytes.split_first_chunk::<CHECK>()?;
    let (time, id) = rest.split_first_chunk::<TIME>()?;
    if check(list, time, id).to_be_bytes() != *expected {
        return None;
    }
    // The check is no secret: what a database could not take is refused here.
    let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*time))?;
    let id = std::str::from_utf8(id).ok().filter(|id| entity::id::is_shaped(id))?;
    (1..=9_999).contains(&at.year()).then(|| (at, id.to_owned()))
}

/// Tells a cursor of another list, or a mistyped one; it is no signature and guards nothing:
/// what a caller may see is decided by the query, whatever the place.
fn check(list: &str, time: &[u8; TIME], id: &[u8]) -> u32 {
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
        fn a_cursor_names_the_place_it_was_made_from(micros in 0..4_102_444_800_000_000_i64) {
            let at = DateTime::from_timestamp_micros(micros).expect("a time of this century");
            let text = encode("list", Place { at, id: ID });
            prop_assert!(text.len() <= MAX_LENGTH);
            prop_assert_eq!(decode("list", &text), Some((at, ID.to_owned())));
            prop_assert_eq!(decode("another list", &text), None);
        }

        #[test]
        fn a_forged_cursor_names_no_place_that_a_database_cannot_take(
            micros in proptest::num::i64::ANY,
            id in "[a-z0-9\\x00 é]{0,40}",
        ) {
            let Some(at) = DateTime::from_timestamp_micros(micros) else { return Ok(()) };
            if let Some((at, id)) = decode("list", &encode("list", Place { at, id: &id })) {
                prop_assert!((1..=9_999).contains(&at.year()) && entity::id::is_shaped(&id));
            }
        }

        #[test]
        fn whatever_is_no_cursor_is_refused(text in ".{0,300}") {
            prop_assert_eq!(decode("list", &text), None);
        }
    }
}
