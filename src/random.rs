//! Random values: the only file that uses the random generator of the operating system.

use entity::Id;
use entity::id::{ALPHABET, LENGTH};

/// The symbols of client ids and secrets; none needs quoting or percent-encoding.
const BASE62: [char; 62] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b',
    'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u',
    'v', 'w', 'x', 'y', 'z',
];

/// Generates `count` random bytes.
#[must_use]
#[expect(clippy::expect_used, reason = "no secret may be generated without randomness")]
#[expect(clippy::disallowed_methods, reason = "the only place that uses the random generator")]
pub fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    aws_lc_rs::rand::fill(&mut bytes).expect("random bytes of the operating system");
    bytes
}

/// Generates an id: the prefix of its kind, then 25 symbols (129 bits).
#[must_use]
#[expect(clippy::expect_used, reason = "the alphabet and the length are those of the id type")]
pub fn id<I: Id>() -> I {
    let suffix = nanoid::format(bytes, &ALPHABET, LENGTH - 1);
    format!("{}{suffix}", I::KIND).parse().expect("an id of its own alphabet")
}

/// Generates a token id or request id: 26 symbols (134 bits).
#[must_use]
pub fn nonce() -> String {
    nanoid::format(bytes, &ALPHABET, LENGTH)
}

/// Generates `length` random base62 symbols of 5.95 bits each.
#[must_use]
pub fn base62(length: usize) -> String {
    nanoid::format(bytes, &BASE62, length)
}

/// Generates a random index below `length`, which must not be 0.
#[must_use]
pub fn index(length: usize) -> usize {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes(8));
    usize::from_ne_bytes(value) % length
}
