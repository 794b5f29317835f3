//! Cursors: opaque, of bounded length, and valid for one list only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};

use super::sort::{Key, NAME_KEY_LENGTH, SortField};

/// The maximum length of a cursor, in bytes.
const MAX_LENGTH: usize = 255;
const CHECKSUM: usize = size_of::<u32>();
const ID: usize = 26;

/// A position in a list in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position<'a> {
    /// When the item was created.
    pub at: DateTime<Utc>,
    /// The id of the item.
    pub id: &'a str,
}

/// A checksum of list and position, the key of the order, and the id; in base64url.
pub fn encode(list: &str, key: &Key<'_>, id: &str) -> String {
    let key = match key {
        Key::Time(at) => at.timestamp_micros().to_be_bytes().to_vec(),
        Key::Number(number) => number.to_be_bytes().to_vec(),
        Key::Text(text) => text.as_bytes().to_vec(),
    };
    let checksum = checksum(list, &key, id.as_bytes()).to_be_bytes();
    URL_SAFE_NO_PAD.encode([&checksum[..], &key, id.as_bytes()].concat())
}

/// The position that a cursor names, if it belongs to `list`, which is ordered by `field`.
pub fn decode(list: &str, field: SortField, text: &str) -> Option<(Key<'static>, String)> {
    let bytes = (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
    let (expected, rest) = bytes.split_first_chunk::<CHECKSUM>()?;
    let (key, id) = rest.split_last_chunk::<ID>()?;
    if checksum(list, key, id).to_be_bytes() != *expected {
        return None;
    }
    // The checksum is no secret: values that no database can represent are rejected here.
    let id = std::str::from_utf8(id).ok().filter(|id| entity::id::is_shaped(id))?;
    Some((decode_key(field, key)?, id.to_owned()))
}

fn decode_key(field: SortField, bytes: &[u8]) -> Option<Key<'static>> {
    match field {
        SortField::CreatedAt | SortField::ExpiresAt => {
            let micros = i64::from_be_bytes(bytes.try_into().ok()?);
            let at = DateTime::from_timestamp_micros(micros)?;
            (1..=9_999).contains(&at.year()).then_some(Key::Time(at))
        }
        SortField::LastUsedDay => {
            let day = i64::from_be_bytes(bytes.try_into().ok()?);
            i32::try_from(day).is_ok().then_some(Key::Number(day))
        }
        SortField::Name => {
            let text = std::str::from_utf8(bytes).ok()?;
            let is_key =
                text.chars().count() <= NAME_KEY_LENGTH && !text.contains(char::is_control);
            is_key.then(|| Key::Text(text.to_owned().into()))
        }
    }
}

/// Detects cursors of other lists and typing errors. It is no signature and protects nothing: the
/// query decides what a caller may see, whatever the position.
fn checksum(list: &str, key: &[u8], id: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [list.as_bytes(), &[0], key, id] {
        hasher.update(part);
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::sort::name_key;
    use proptest::prelude::*;

    const ID: &str = "s0123456789abcdefghijklmno";

    proptest! {
        #[test]
        fn a_cursor_decodes_to_its_position(micros in 0..4_102_444_800_000_000_i64) {
            let at = DateTime::from_timestamp_micros(micros).expect("a time of this century");
            let text = encode("list", &Key::Time(at), ID);
            prop_assert!(text.len() <= MAX_LENGTH);
            let field = SortField::CreatedAt;
            prop_assert_eq!(decode("list", field, &text), Some((Key::Time(at), ID.to_owned())));
            prop_assert_eq!(decode("another list", field, &text), None);
        }

        #[test]
        fn a_cursor_has_room_for_the_key_of_any_name(name in "\\PC{1,255}") {
            let key = name_key(&name);
            let text = encode("list", &key, ID);
            prop_assert!(text.len() <= MAX_LENGTH);
            prop_assert_eq!(decode("list", SortField::Name, &text), Some((key, ID.to_owned())));
        }

        #[test]
        fn a_forged_cursor_names_no_position_that_a_database_cannot_represent(
            micros in proptest::num::i64::ANY,
            name in "[a\\x00\u{1b}é]{0,60}",
            id in "[a-z0-9\\x00 é]{0,40}",
        ) {
            let field = SortField::CreatedAt;
            if let Some(at) = DateTime::from_timestamp_micros(micros)
                && let Some((key, id)) = decode("list", field, &encode("list", &Key::Time(at), &id)) {
                prop_assert!(matches!(key, Key::Time(at) if (1..=9_999).contains(&at.year())));
                prop_assert!(entity::id::is_shaped(&id));
            }
            let number = encode("list", &Key::Number(micros), ID);
            if let Some((key, _)) = decode("list", SortField::LastUsedDay, &number) {
                prop_assert!(matches!(key, Key::Number(day) if i32::try_from(day).is_ok()));
            }
            let text = encode("list", &Key::Text(name.into()), ID);
            if let Some((Key::Text(key), _)) = decode("list", SortField::Name, &text) {
                prop_assert!(key.chars().count() <= 32 && !key.contains('\0'));
            }
        }

        #[test]
        fn a_text_that_is_no_cursor_is_rejected(text in ".{0,300}") {
            for field in [SortField::CreatedAt, SortField::Name, SortField::LastUsedDay] {
                prop_assert_eq!(decode("list", field, &text), None);
            }
        }
    }
}
