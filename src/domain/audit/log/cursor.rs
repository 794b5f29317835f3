//! Cursors of the audit log: opaque, valid for as long as the installation exists.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const CHECKSUM: usize = size_of::<u32>();
const POSITION: usize = size_of::<i64>();

/// The maximum length of a text that is decoded.
const MAX_LENGTH: usize = 255;

/// A position in the audit log, after which reading continues. The default is the start of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogCursor(pub i64);

/// The text is not a cursor of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a cursor of the audit log")]
pub struct InvalidCursor;

/// A checksum and the position, in base64url.
impl fmt::Display for LogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.0.to_be_bytes();
        let bytes = [&checksum(position).to_be_bytes()[..], &position].concat();
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for LogCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok());
        let bytes = bytes.flatten().ok_or(InvalidCursor)?;
        let (expected, rest) = bytes.split_first_chunk::<CHECKSUM>().ok_or(InvalidCursor)?;
        let position: [u8; POSITION] = rest.try_into().map_err(|_| InvalidCursor)?;
        let is_intact = checksum(position).to_be_bytes() == *expected;
        let position = i64::from_be_bytes(position);
        if is_intact && position >= 0 { Ok(Self(position)) } else { Err(InvalidCursor) }
    }
}

/// Detects cursors of lists and typing errors. It is no signature and protects nothing: the query
/// decides what a caller may see, whatever the position.
fn checksum(position: [u8; POSITION]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(b"audit_log\0");
    hasher.update(&position);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_decodes_to_its_position(position in 0..i64::MAX) {
            prop_assert_eq!(LogCursor(position).to_string().parse(), Ok(LogCursor(position)));
            let forged = LogCursor(-position - 1).to_string();
            prop_assert_eq!(forged.parse::<LogCursor>(), Err(InvalidCursor));
        }

        #[test]
        fn a_text_that_is_no_cursor_is_rejected(text in ".{0,300}") {
            prop_assert_eq!(text.parse::<LogCursor>(), Err(InvalidCursor));
        }
    }
}
