//! What everything at rest is sealed under: one key, or several while it is changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::ConfigError;

/// 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// The bytes, for the cipher.
    #[must_use]
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[master key]")
    }
}

impl std::str::FromStr for MasterKey {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let bytes = STANDARD.decode(text).map(Zeroizing::new).ok();
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        key.map(|key| Self(Zeroizing::new(key))).ok_or_else(|| {
            ConfigError(
                "the master key is not 32 bytes in base64; make one with: openssl rand -base64 32"
                    .to_owned(),
            )
        })
    }
}

/// At least one master key: the first seals, all open.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    first: MasterKey,
    others: Vec<MasterKey>,
}

impl MasterKeys {
    /// What is sealed from now on is sealed under it.
    #[must_use]
    pub fn first(&self) -> &MasterKey {
        &self.first
    }

    /// What was sealed may be sealed under any of them.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl std::str::FromStr for MasterKeys {
    type Err = ConfigError;

    /// Reads keys that commas or white space stand between.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let written = text.split(|it: char| it == ',' || it.is_whitespace());
        let mut written = written.filter(|part| !part.is_empty());
        let first = written.next().unwrap_or_default().parse()?;
        let mut keys = Self { first, others: Vec::new() };
        for key in written {
            let key = key.parse()?;
            if keys.iter().any(|there| *there == key) {
                return Err(ConfigError("the same master key is there twice".to_owned()));
            }
            keys.others.push(key);
        }
        Ok(keys)
    }
}

/// The keys that are set, or in a file.
pub(super) fn read(
    keys: Option<String>,
    file: Option<&str>,
) -> Result<Option<MasterKeys>, ConfigError> {
    match (keys, file) {
        (Some(_), Some(_)) => {
            Err(ConfigError("set master_key or master_key_file, not both".to_owned()))
        }
        (Some(text), None) => Zeroizing::new(text).parse().map(Some),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| ConfigError(format!("master_key_file {path}: {error}")))?;
            Zeroizing::new(text).parse().map(Some)
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(byte: u8) -> String {
        STANDARD.encode([byte; 32])
    }

    #[test]
    fn keys_are_read_in_order_whatever_stands_between() {
        let [a, b, c] = [1, 2, 3].map(written);
        for text in [format!("{a},{b},{c}"), format!("{a}\n{b}\n{c}\n"), format!(" {a} , {b}\t{c}")]
        {
            let keys: MasterKeys = text.parse().expect("keys");
            let first_bytes: Vec<_> = keys.iter().map(|key| key.reveal()[0]).collect();
            assert_eq!((keys.first().reveal()[0], first_bytes), (1, vec![1, 2, 3]));
        }
    }

    #[test]
    fn what_is_no_key_or_is_there_twice_is_refused() {
        let a = written(1);
        let twice = format!("{a},{},{a}", written(2));
        for wrong in ["", ",", "abc", &a[1..], &format!("{a},abc"), &twice] {
            assert!(wrong.parse::<MasterKeys>().is_err(), "{wrong}");
        }
    }
}
