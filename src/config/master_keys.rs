//! Settings of the master keys, which encrypt secrets at rest: one key, or several in a rotation.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::ConfigError;
use super::parser::text;
use super::reader::Reader;

/// A key of 256 bits.
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
                "a master key must be 32 bytes in base64; generate one with: openssl rand -base64 32"
                    .to_owned(),
            )
        })
    }
}

/// At least one master key: the first encrypts, all decrypt.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    first: MasterKey,
    others: Vec<MasterKey>,
}

impl MasterKeys {
    /// The key that encrypts.
    #[must_use]
    pub fn first(&self) -> &MasterKey {
        &self.first
    }

    /// All keys, each of which may have encrypted stored secrets.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl std::str::FromStr for MasterKeys {
    type Err = ConfigError;

    /// Reads keys that are separated by commas or white space.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let written = text.split(|it: char| it == ',' || it.is_whitespace());
        let mut written = written.filter(|part| !part.is_empty());
        let first = written.next().unwrap_or_default().parse()?;
        let mut keys = Self { first, others: Vec::new() };
        for key in written {
            let key = key.parse()?;
            if keys.iter().any(|it| *it == key) {
                return Err(ConfigError(
                    "master keys must differ; the same one is listed twice".to_owned(),
                ));
            }
            keys.others.push(key);
        }
        Ok(keys)
    }
}

/// The master keys, if there are any, and the file that contains them.
pub(super) fn read(
    settings: &mut Reader,
) -> Result<(Option<MasterKeys>, Option<PathBuf>), ConfigError> {
    let keys = settings.read(
        "master_key",
        "",
        text("32 bytes in base64, or several keys separated by commas").map(Zeroizing::new),
        "Master key for secrets at rest (of several, the first encrypts and all decrypt)",
    )?;
    let help = "File with the master keys, one per line";
    let file = settings.read("master_key_file", "", text("").optional(), help)?.map(PathBuf::from);
    let text = match (keys.is_empty(), &file) {
        (true, None) => return Ok((None, None)),
        (false, None) => keys,
        (true, Some(file)) => std::fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|error| ConfigError(format!("master_key_file cannot be read: {error}")))?,
        (false, Some(_)) => {
            return Err(ConfigError("set master_key or master_key_file, not both".to_owned()));
        }
    };
    Ok((Some(text.parse()?), file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(byte: u8) -> String {
        STANDARD.encode([byte; 32])
    }

    #[test]
    fn keys_keep_their_order_whatever_separates_them() {
        let [a, b, c] = [1, 2, 3].map(written);
        for text in [format!("{a},{b},{c}"), format!("{a}\n{b}\n{c}\n"), format!(" {a} , {b}\t{c}")]
        {
            let keys: MasterKeys = text.parse().expect("keys");
            let first_bytes: Vec<_> = keys.iter().map(|key| key.reveal()[0]).collect();
            assert_eq!((keys.first().reveal()[0], first_bytes), (1, vec![1, 2, 3]));
        }
    }

    #[test]
    fn an_invalid_or_repeated_key_is_rejected() {
        let a = written(1);
        let twice = format!("{a},{},{a}", written(2));
        for wrong in ["", ",", "abc", &a[1..], &format!("{a},abc"), &twice] {
            assert!(wrong.parse::<MasterKeys>().is_err(), "{wrong}");
        }
    }
}
