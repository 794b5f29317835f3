//! Private keys at rest: AES-256-GCM under the master key.
//!
//! A sealed key is: version (1 byte), id of the master key (8), nonce (12), ciphertext and tag.
//! The id of the master key and the row are authenticated with it, so that a sealed key opens in
//! its own row only.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use entity::SigningKeyId;
use zeroize::Zeroizing;

use crate::config::MasterKey;
use crate::error::{Error, Result};

const VERSION: u8 = 1;
const MASTER_ID: usize = 8;

/// Seals the private half of key `id`.
pub fn seal(
    master: &MasterKey,
    id: &SigningKeyId,
    mut private: Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>> {
    let master_id = master_id(master);
    let nonce = cipher(master)?
        .seal_in_place_append_tag(aad(&master_id, id), &mut *private)
        .map_err(|_| Error::internal("a private key could not be sealed"))?;
    Ok([&[VERSION], &master_id[..], nonce.as_ref(), private.as_slice()].concat())
}

/// Opens what [`seal`] made for key `id`.
pub fn open(master: &MasterKey, id: &SigningKeyId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let parts = sealed
        .strip_prefix(&[VERSION])
        .and_then(|rest| rest.split_first_chunk::<MASTER_ID>())
        .and_then(|(by, rest)| rest.split_first_chunk::<NONCE_LEN>().map(|it| (by, it)));
    let Some((sealed_by, (nonce, ciphertext))) = parts else {
        return Err(Error::internal(format!("signing key {id} is damaged in the database")));
    };
    if *sealed_by != master_id(master) {
        return Err(Error::internal(format!(
            "signing key {id} was sealed under another master key; set the one that this database was set up with"
        )));
    }
    let mut private = Zeroizing::new(ciphertext.to_vec());
    let length = cipher(master)?
        .open_in_place(Nonce::from(nonce), aad(sealed_by, id), &mut private)
        .map_err(|_| Error::internal(format!("signing key {id} is damaged in the database")))?
        .len();
    private.truncate(length);
    Ok(private)
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

fn aad(master_id: &[u8; MASTER_ID], id: &SigningKeyId) -> Aad<Vec<u8>> {
    Aad::from([b"signing_keys.private_key", &master_id[..], id.as_str().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    fn master() -> MasterKey {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(random::bytes(32));
        text.parse().expect("32 bytes in base64")
    }

    #[test]
    fn a_sealed_key_opens_in_its_own_row_under_its_own_master_key_only() {
        let (key, id) = (master(), random::id());
        let sealed = seal(&key, &id, Zeroizing::new(b"private".to_vec())).expect("sealed");
        assert_eq!(open(&key, &id, &sealed).expect("opened").as_slice(), b"private");
        assert!(!sealed.windows(7).any(|part| part == b"private"));
        assert!(open(&key, &random::id(), &sealed).is_err());
        assert!(open(&master(), &id, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(open(&key, &id, &damaged).is_err(), "byte {at}");
        }
    }
}
