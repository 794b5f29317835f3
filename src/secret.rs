//! Client secrets: made, shown once, hashed, and checked by a bounded number of threads.
//!
//! Nothing in here prints, logs or serializes itself, save [`ClientSecret::reveal`].

mod argon2id;
mod hasher;
mod queue_class;

pub use hasher::{SecretHasher, Verdict};
pub use queue_class::{Flow, QueueClass};

use zeroize::Zeroizing;

use crate::random;

const PREFIX: &str = "psk_";
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;

/// A client secret in the clear: `psk_`, 43 random base62 symbols (256 bits), and 6 symbols of
/// checksum by which scanners know it and garbage is refused before anything is hashed.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        let body = Zeroizing::new(format!("{PREFIX}{}", random::base62(RANDOM)));
        let checksum = checksum(&body);
        Self(Zeroizing::new(format!("{}{checksum}", *body)))
    }

    /// A presented one, if it can be a secret at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == PREFIX.len() + RANDOM + CHECKSUM
            && text.starts_with(PREFIX)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (body, check) = shaped.then(|| text.split_at(PREFIX.len() + RANDOM))?;
        (checksum(body) == check).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret as text: for the one answer that shows it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// CRC-32 of `body` in base62, most significant symbol first.
fn checksum(body: &str) -> String {
    const SYMBOLS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut symbols = [b'0'; CHECKSUM];
    for symbol in symbols.iter_mut().rev() {
        *symbol = SYMBOLS[rest % SYMBOLS.len()];
        rest /= SYMBOLS.len();
    }
    symbols.iter().map(|&symbol| char::from(symbol)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_secret_can_be_presented() {
        let secret = ClientSecret::generate();
        assert_eq!(secret.reveal().len(), 53);
        assert!(ClientSecret::parse(secret.reveal()).is_some());
    }

    #[test]
    fn a_mistyped_secret_is_refused_by_its_checksum() {
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
