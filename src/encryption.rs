//! Secrets at rest that must be read again: AES-256-GCM under a master key.
//!
//! The first configured master key encrypts. Each ciphertext names the key that decrypts it:
//! version (1 byte), id of the master key (8), nonce (12), ciphertext and tag. The id of the master
//! key, the column and the row are authenticated with it, so a ciphertext decrypts only in its own
//! row.

use aws_lc_rs::aead::{self, AES_256_GCM, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::config::{MasterKey, MasterKeys};
use crate::error::{Error, Result};

const VERSION: u8 = 1;
const MASTER_ID: usize = 8;

/// The column and row that a ciphertext belongs to, authenticated as additional data.
#[derive(Clone, Copy, Debug)]
pub struct Aad<'a> {
    /// The column, as `table.column`.
    pub column: &'static str,
    /// The primary key of the row.
    pub row: &'a str,
}

/// Encrypts a secret for the column and row of `aad`.
///
/// # Errors
/// `Internal` when the master key is not an AES-256 key.
pub fn encrypt(
    masters: &MasterKeys,
    aad: Aad<'_>,
    mut secret: Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>> {
    let master = masters.first();
    let master_id = master_id(master);
    let nonce = cipher(master)?
        .seal_in_place_append_tag(aad.with(&master_id), &mut *secret)
        .map_err(|_| Error::internal(format!("{aad} could not be encrypted")))?;
    Ok([&[VERSION], &master_id[..], nonce.as_ref(), secret.as_slice()].concat())
}

/// Decrypts what [`encrypt`] returned for the same `aad`.
///
/// # Errors
/// `Internal` when no configured master key encrypted it, or when it is damaged.
pub fn decrypt(masters: &MasterKeys, aad: Aad<'_>, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let Parts { master_id: by, nonce, ciphertext } =
        Parts::read(encrypted).ok_or_else(|| damaged(aad))?;
    let master = masters.iter().find(|master| master_id(master) == *by).ok_or_else(|| {
        Error::internal(format!(
            "{aad} was encrypted under another master key; configure the master key that encrypted it"
        ))
    })?;
    let mut secret = Zeroizing::new(ciphertext.to_vec());
    let length = cipher(master)?
        .open_in_place(Nonce::from(nonce), aad.with(by), &mut secret)
        .map_err(|_| damaged(aad))?
        .len();
    secret.truncate(length);
    Ok(secret)
}

/// The same secret encrypted under the first master key; `None` where it is already.
///
/// # Errors
/// As [`decrypt`].
pub fn reencrypt(masters: &MasterKeys, aad: Aad<'_>, encrypted: &[u8]) -> Result<Option<Vec<u8>>> {
    let by = Parts::read(encrypted).map(|parts| *parts.master_id);
    if by == Some(master_id(masters.first())) {
        return Ok(None);
    }
    encrypt(masters, aad, decrypt(masters, aad, encrypted)?).map(Some)
}

/// The parts of a stored ciphertext.
struct Parts<'a> {
    master_id: &'a [u8; MASTER_ID],
    nonce: &'a [u8; NONCE_LEN],
    ciphertext: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(encrypted: &'a [u8]) -> Option<Self> {
        let (master_id, rest) = encrypted.strip_prefix(&[VERSION])?.split_first_chunk()?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        Some(Self { master_id, nonce, ciphertext })
    }
}

fn damaged(aad: Aad<'_>) -> Error {
    Error::internal(format!("{aad} is damaged in the database"))
}

impl Aad<'_> {
    fn with(self, master_id: &[u8; MASTER_ID]) -> aead::Aad<Vec<u8>> {
        aead::Aad::from([self.column.as_bytes(), &master_id[..], self.row.as_bytes()].concat())
    }
}

impl std::fmt::Display for Aad<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.column, self.row)
    }
}

fn cipher(master: &MasterKey) -> Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, master.reveal())
        .map_err(|_| Error::internal("the master key is not an AES-256 key"))
}

/// An id of a master key that reveals nothing about it.
fn master_id(master: &MasterKey) -> [u8; MASTER_ID] {
    let digest = digest(&SHA256, &[b"postern master key id", &master.reveal()[..]].concat());
    let mut id = [0; MASTER_ID];
    id.copy_from_slice(&digest.as_ref()[..MASTER_ID]);
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    fn generated() -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(random::bytes(32))
    }

    fn masters(written: &[&str]) -> MasterKeys {
        written.join(",").parse().expect("32 bytes in base64 each")
    }

    const AAD: Aad<'_> = Aad { column: "things.secret", row: "k1" };

    #[test]
    fn a_ciphertext_decrypts_only_in_its_own_row_and_under_its_own_master_key() {
        let key = masters(&[&generated()]);
        let encrypted = encrypt(&key, AAD, Zeroizing::new(b"private".to_vec())).expect("encrypted");
        assert_eq!(decrypt(&key, AAD, &encrypted).expect("decrypted").as_slice(), b"private");
        assert!(!encrypted.windows(7).any(|part| part == b"private"));
        assert!(decrypt(&key, Aad { row: "k2", ..AAD }, &encrypted).is_err());
        assert!(decrypt(&key, Aad { column: "things.other", ..AAD }, &encrypted).is_err());
        assert!(decrypt(&masters(&[&generated()]), AAD, &encrypted).is_err());
        for at in 0..encrypted.len() {
            let mut damaged = encrypted.clone();
            damaged[at] ^= 1;
            assert!(decrypt(&key, AAD, &damaged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_first_master_key_encrypts_and_every_master_key_decrypts() {
        let (old, new) = (generated(), generated());
        let secret = Zeroizing::new(vec![1]);
        let encrypted = encrypt(&masters(&[&old, &new]), AAD, secret).expect("encrypted");
        for keys in [masters(&[&old]), masters(&[&new, &old]), masters(&[&old, &new])] {
            assert_eq!(decrypt(&keys, AAD, &encrypted).expect("decrypted").as_slice(), [1]);
        }
        assert!(decrypt(&masters(&[&new]), AAD, &encrypted).is_err());
    }

    #[test]
    fn a_reencrypted_secret_decrypts_under_the_first_master_key_alone() {
        let (old, new) = (generated(), generated());
        let encrypted =
            encrypt(&masters(&[&old]), AAD, Zeroizing::new(vec![1])).expect("encrypted");
        let both = masters(&[&new, &old]);
        let renewed = reencrypt(&both, AAD, &encrypted).expect("reencrypted").expect("another");
        assert_eq!(decrypt(&masters(&[&new]), AAD, &renewed).expect("decrypted").as_slice(), [1]);
        assert_eq!(reencrypt(&both, AAD, &renewed).expect("read"), None);
        assert!(reencrypt(&masters(&[&new]), AAD, &encrypted).is_err());
    }
}
