//! Signing keys of access tokens; they belong to the installation, not to a tenant.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DeleteMany, UpdateMany};

use crate::SigningKeyId;

/// One row of `signing_keys`.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// The `kid` of the tokens that it signs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SigningKeyId,
    /// The JOSE name of the algorithm (RFC 7518, section 3.1).
    pub algorithm: String,
    /// The public key as a JWK (RFC 7517) in JSON.
    pub public_jwk: String,
    /// The private key, encrypted under the master key.
    pub encrypted_private_key: Vec<u8>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time from when it signs.
    pub activates_at: DateTime<Utc>,
}

impl std::fmt::Debug for Model {
    /// Shows the id, and nothing of the private key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// All keys of the installation.
    pub fn of_installation() -> Select<Self> {
        Self::find()
    }

    /// Updates the key if it still holds this encrypted private key.
    pub fn update_while(id: &SigningKeyId, encrypted_private_key: &[u8]) -> UpdateMany<Self> {
        Self::update_many()
            .filter(Column::Id.eq(id.clone()))
            .filter(Column::EncryptedPrivateKey.eq(encrypted_private_key))
    }

    /// Deletes one key.
    pub fn delete_one(id: &SigningKeyId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::Id.eq(id.clone()))
    }
}
