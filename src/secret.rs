//! Client secrets: generated, hashed, and verified by a bounded number of threads.
//!
//! A secret has no `Debug`, `Display` or `Serialize`; only [`ClientSecret::reveal`] returns its
//! text.

mod argon2id;
mod hasher;
mod queue_class;

pub use hasher::{SecretHasher, SecretVerification};
pub use queue_class::{Flow, QueueClass};

use zeroize::Zeroizing;

use crate::random;

const PREFIX: &str = "psk_";
const RANDOM_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;

/// A client secret in plain text: `psk_`, 43 random base62 symbols (256 bits), and a checksum of 6
/// symbols, by which secret scanners recognize it and malformed input is rejected without a hash.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Generates a secret.
    #[must_use]
    pub fn generate() -> Self {
        let body = Zeroizing::new(format!("{PREFIX}{}", random::base62(RANDOM_LENGTH)));
        let checksum = checksum(&body);
        Self(Zeroizing::new(format!("{}{checksum}", *body)))
    }

    /// Parses a secret; `None` for text of another form or with a wrong checksum.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let has_form = text.len() == PREFIX.len() + RANDOM_LENGTH + CHECKSUM_LENGTH
            && text.starts_with(PREFIX)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (body, check) = has_form.then(|| text.split_at(PREFIX.len() + RANDOM_LENGTH))?;
        (checksum(body) == check).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text of the secret, for the only response that contains it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// CRC-32 of `body` in base62, most significant symbol first.
fn checksum(body: &str) -> String {
    const SYMBOLS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut remainder = crc32fast::hash(body.as_bytes()) as usize;
    let mut symbols = [b'0'; CHECKSUM_LENGTH];
    for symbol in symbols.iter_mut().rev() {
        *symbol = SYMBOLS[remainder % SYMBOLS.len()];
        remainder /= SYMBOLS.len();
    }
    symbols.iter().map(|&symbol| char::from(symbol)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_can_be_parsed() {
        let secret = ClientSecret::generate();
        assert_eq!(secret.reveal().len(), 53);
        assert!(ClientSecret::parse(secret.reveal()).is_some());
    }

    #[test]
    fn a_mistyped_secret_is_rejected_by_its_checksum() {
        let text = ClientSecret::generate().reveal().to_owned();
        for at in PREFIX.len()..text.len() {
            let other = if text.as_bytes()[at] == b'x' { "y" } else { "x" };
            let mut mistyped = text.clone();
            mistyped.replace_range(at..=at, other);
            assert!(ClientSecret::parse(&mistyped).is_none(), "position {at}");
        }
    }

    #[test]
    fn the_checksum_is_crc_32_in_base62() {
        // CRC-32 of "123456789" is 0xCBF43926 = 3421780262.
        assert_eq!(checksum("123456789"), "3jZRME".to_owned());
    }
}
