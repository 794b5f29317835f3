//! Re-encryption of private keys after a change of the master key.

use entity::signing_key;
use sea_orm::sea_query::Expr;

use super::all;
use super::keyring::Keyring;
use super::signer::private_key_aad;
use crate::encryption;
use crate::error::Result;

impl Keyring {
    /// Re-encrypts the private keys under the first master key; returns the number of those that
    /// were encrypted under another one.
    ///
    /// # Errors
    /// The database does not respond; `Internal` when no master key decrypts a key.
    pub async fn reencrypt(&self) -> Result<u64> {
        let (masters, mut count) = (self.masters()?, 0);
        for key in all(self.db.reader()).await?.iter() {
            let old = &key.encrypted_private_key;
            let new = encryption::reencrypt(masters, private_key_aad(&key.id), old)?;
            let Some(new) = new else { continue };
            let update = signing_key::Entity::update_while(&key.id, old)
                .col_expr(signing_key::Column::EncryptedPrivateKey, Expr::value(new));
            count += update.exec(self.db.writer()).await?.rows_affected;
        }
        Ok(count)
    }
}
