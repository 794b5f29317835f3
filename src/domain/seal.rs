//! Secrets at rest that must be read again: AES-256-GCM under a master key. The first of those that
//! are set seals; which one opens is told by what was sealed.
//!
//! What is sealed is: version (1 byte), id of the master key (8), nonce (12), ciphertext and tag.
//! The id of the master key and the place are authenticated with it, so that it opens in its own
//! row only.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::config::{MasterKey, MasterKeys};
use crate::error::{Error, Result};

const VERSION: u8 = 1;
const MASTER_ID: usize = 8;

/// Where something sealed is kept.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What it is, as `table.column`.
    pub column: &'static str,
    /// The primary key of the row.
    pub row: &'a str,
}

/// Seals what is to be kept in `place`.
pub fn seal(
    masters: &MasterKeys,
    place: Place<'_>,
    mut secret: Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>> {
    let master = masters.first();
    let master_id = master_id(master);
    let nonce = cipher(master)?
        .seal_in_place_append_tag(aad(&master_id, place), &mut *secret)
        .map_err(|_| Error::internal(format!("{place} could not be sealed")))?;
    Ok([&[VERSION], &master_id[..], nonce.as_ref(), secret.as_slice()].concat())
}

/// Opens what [`seal`] made for `place`.
pub fn open(masters: &MasterKeys, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let Sealed { by, nonce, ciphertext } = Sealed::read(sealed).ok_or_else(|| damaged(place))?;
    let master = masters.iter().find(|master| master_id(master) == *by).ok_or_else(|| {
        Error::internal(format!(
            "{place} was sealed under another master key; set the one that it was sealed under"
        ))
    })?;
    let mut secret = Zeroizing::new(ciphertext.to_vec());
    let length = cipher(master)?
        .open_in_place(Nonce::from(nonce), aad(by, place), &mut secret)
        .map_err(|_| damaged(place))?
        .len();
    secret.truncate(length);
    Ok(secret)
}

/// The same, sealed under the first master key; nothing, where it is already.
pub fn renew(masters: &MasterKeys, place: Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>> {
    let by = Sealed::read(sealed).map(|sealed| *sealed.by);
    if by == Some(master_id(masters.first())) {
        return Ok(None);
    }
    seal(masters, place, open(masters, place, sealed)?).map(Some)
}

/// The parts of what was sealed.
struct Sealed<'a> {
    by: &'a [u8; MASTER_ID],
    nonce: &'a [u8; NONCE_LEN],
    ciphertext: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn read(sealed: &'a [u8]) -> Option<Self> {
        let (by, rest) = sealed.strip_prefix(&[VERSION])?.split_first_chunk()?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        Some(Self { by, nonce, ciphertext })
    }
}

fn damaged(place: Place<'_>) -> Error {
    Error::internal(format!("{place} is damaged in the database"))
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.column, self.row)
    }
}

fn cipher(master: &MasterKey) -> Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, master.reveal())
        .map_err(|_| Error::internal("the master key is no AES-256 key"))
}

/// Names a master key without telling anything of it.
fn master_id(master: &MasterKey) -> [u8; MASTER_ID] {
    let digest = digest(&SHA256, &[b"postern master key id", &master.reveal()[..]].concat());
    let mut id = [0; MASTER_ID];
    id.copy_from_slice(&digest.as_ref()[..MASTER_ID]);
    id
}

fn aad(master_id: &[u8; MASTER_ID], place: Place<'_>) -> Aad<Vec<u8>> {
    Aad::from([place.column.as_bytes(), &master_id[..], place.row.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    fn drawn() -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(random::bytes(32))
    }

    fn masters(written: &[&str]) -> MasterKeys {
        written.join(",").parse().expect("32 bytes in base64 each")
    }

    const PLACE: Place<'_> = Place { column: "things.secret", row: "k1" };

    #[test]
    fn what_is_sealed_opens_in_its_own_place_under_its_own_master_key_only() {
        let key = masters(&[&drawn()]);
        let sealed = seal(&key, PLACE, Zeroizing::new(b"private".to_vec())).expect("sealed");
        assert_eq!(open(&key, PLACE, &sealed).expect("opened").as_slice(), b"private");
        assert!(!sealed.windows(7).any(|part| part == b"private"));
        assert!(open(&key, Place { row: "k2", ..PLACE }, &sealed).is_err());
        assert!(open(&key, Place { column: "things.other", ..PLACE }, &sealed).is_err());
        assert!(open(&masters(&[&drawn()]), PLACE, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(open(&key, PLACE, &damaged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_first_master_key_seals_and_all_open() {
        let (old, new) = (drawn(), drawn());
        let sealed = seal(&masters(&[&old, &new]), PLACE, Zeroizing::new(vec![1])).expect("sealed");
        for opening in [masters(&[&old]), masters(&[&new, &old]), masters(&[&old, &new])] {
            assert_eq!(open(&opening, PLACE, &sealed).expect("opened").as_slice(), [1]);
        }
        assert!(open(&masters(&[&new]), PLACE, &sealed).is_err());
    }

    #[test]
    fn what_is_renewed_opens_under_the_first_master_key_alone() {
        let (old, new) = (drawn(), drawn());
        let sealed = seal(&masters(&[&old]), PLACE, Zeroizing::new(vec![1])).expect("sealed");
        let both = masters(&[&new, &old]);
        let renewed = renew(&both, PLACE, &sealed).expect("renewed").expect("another");
        assert_eq!(open(&masters(&[&new]), PLACE, &renewed).expect("opened").as_slice(), [1]);
        assert_eq!(renew(&both, PLACE, &renewed).expect("looked at"), None);
        assert!(renew(&masters(&[&new]), PLACE, &sealed).is_err());
    }
}
