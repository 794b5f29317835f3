//! Signing keys: what tokens are signed with. They belong to the installation, not to a tenant.

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
    /// The public half as a JWK (RFC 7517) in JSON.
    pub public_jwk: String,
    /// The private half, sealed under the master key.
    pub sealed_private_key: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when it signs; nothing, where an older version has made it.
    pub activates_at: Option<DateTime<Utc>>,
}

impl Model {
    /// From when it signs: a key of an older version, from when it was made.
    pub fn signs_from(&self) -> DateTime<Utc> {
        self.activates_at.unwrap_or(self.created_at)
    }
}

impl std::fmt::Debug for Model {
    /// Tells which key it is, and nothing of its private half.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a signing key is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Every key of this installation.
    pub fn of_installation() -> Select<Self> {
        Self::find()
    }

    /// Changes the one row that still holds this private half.
    pub fn update_while(id: &SigningKeyId, sealed_private_key: &[u8]) -> UpdateMany<Self> {
        Self::update_many()
            .filter(Column::Id.eq(id.clone()))
            .filter(Column::SealedPrivateKey.eq(sealed_private_key))
    }

    /// Deletes one key.
    pub fn delete_one(id: &SigningKeyId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::Id.eq(id.clone()))
    }
}
