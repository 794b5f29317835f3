//! Cursors of the audit log: opaque, valid for one organization for as long as the installation
//! exists.
//!
//! Positions count the events of all organizations, so a cursor hides its position: it is the
//! position, followed by zeros, as one block of AES-256 under a key of the organization. One position
//! has one cursor, and a text that nobody issued decrypts to zeros once in 2^64 times.

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::OrganizationId;
use sea_orm::{ConnectionTrait, Statement};

use crate::context::OpContext;
use crate::error::{Error, Result};

/// A block of AES: the position, and as many zeros.
const BLOCK: usize = 16;

/// The key of all cursors, which the database has generated: every replica has the same one, and no
/// change of a signing key or master key affects it.
const KEY: &str = "SELECT secret FROM audit_cursor_key WHERE id = 1";

/// Precedes the organization where its key is derived; without one, it is the log of all.
const LABEL: &[u8] = b"audit log cursor\0";

/// The cursors of an organization, or those of the operator in the log of all organizations. Neither
/// are valid for another organization.
pub struct Cursors {
    encrypting: EncryptingKey,
    decrypting: DecryptingKey,
}

impl Cursors {
    /// The cursors of an organization; without one, those in the log of all.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn of(op: &OpContext, organization: Option<&OrganizationId>) -> Result<Self> {
        let key = op.app.audit_cursor_key.get_or_try_init(|| load(op)).await?;
        let id = organization.map(OrganizationId::as_str).unwrap_or_default();
        let derived = hmac::sign(key, &[LABEL, id.as_bytes()].concat());
        let key = || UnboundCipherKey::new(&AES_256, derived.as_ref());
        let encrypting = key().and_then(EncryptingKey::ecb).map_err(Error::internal)?;
        let decrypting = key().and_then(DecryptingKey::ecb).map_err(Error::internal)?;
        Ok(Self { encrypting, decrypting })
    }

    /// The text of the cursor at a position, after which reading continues: 22 characters.
    ///
    /// # Errors
    /// `Internal`: the encryption fails.
    pub fn text(&self, position: i64) -> Result<String> {
        let mut block = [0; BLOCK];
        block[..size_of::<i64>()].copy_from_slice(&position.to_be_bytes());
        self.encrypting.encrypt(&mut block).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(block))
    }

    /// The position of a cursor; `None` for any other text.
    #[must_use]
    pub fn position(&self, text: &str) -> Option<i64> {
        let mut block = [0; BLOCK];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut block).ok()?;
        if length != BLOCK {
            return None;
        }
        let plain = self.decrypting.decrypt(&mut block, DecryptionContext::None).ok()?;
        let (position, zeros) = plain.split_first_chunk()?;
        let position = i64::from_be_bytes(*position);
        (position >= 0 && zeros.iter().all(|byte| *byte == 0)).then_some(position)
    }
}

async fn load(op: &OpContext) -> Result<hmac::Key> {
    let statement = Statement::from_string(op.db().get_database_backend(), KEY);
    let row = op.db().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal("the table audit_cursor_key has no row"))?;
    let secret: String = row.try_get_by_index(0)?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
}
