//! What is drawn by chance: the only file that asks the operating system's random generator.

use entity::Id;
use entity::id::{ALPHABET, LENGTH};

/// The symbols of client ids and secrets: nothing that needs quoting or percent-encoding.
const BASE62: [char; 62] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b',
    'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u',
    'v', 'w', 'x', 'y', 'z',
];

/// So many random bytes.
#[must_use]
#[expect(clippy::expect_used, reason = "without randomness no secret may be made")]
#[expect(clippy::disallowed_methods, reason = "this is the one place that draws")]
pub fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new id: its kind, then 25 symbols (129 bits).
#[must_use]
#[expect(clippy::expect_used, reason = "the alphabet and the length are those of the type")]
pub fn id<I: Id>() -> I {
    let drawn = nanoid::format(bytes, &ALPHABET, LENGTH - 1);
    format!("{}{drawn}", I::KIND).parse().expect("an id drawn from its own alphabet")
}

/// A new token or request id: 26 symbols (134 bits).
#[must_use]
pub fn nonce() -> String {
    nanoid::format(bytes, &ALPHABET, LENGTH)
}

/// So many random base62 symbols, of 5.95 bits each.
#[must_use]
pub fn base62(length: usize) -> String {
    nanoid::format(bytes, &BASE62, length)
}

/// A random index below `length`, which must not be 0.
#[must_use]
pub fn index(length: usize) -> usize {
    let mut drawn = [0; 8];
    drawn.copy_from_slice(&bytes(8));
    usize::from_ne_bytes(drawn) % length
}
