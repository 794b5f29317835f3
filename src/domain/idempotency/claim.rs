//! Claims on idempotency keys.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, TenantScoped, idempotency_key};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::Serialize;
use zeroize::Zeroizing;

use super::key::IdempotencyKey;
use super::stored_result::StoredResult;
use crate::app::App;
use crate::authz::Bounds;
use crate::config::MasterKeys;
use crate::context::OpContext;
use crate::encryption::{self, Aad};
use crate::error::{Error, Reason, Result};

/// The time in which a result is replayed.
pub(super) const REPLAY_WINDOW: TimeDelta = TimeDelta::minutes(10);

/// The claim of one create on its idempotency key; empty without a key.
pub struct Claim(Option<Keyed>);

struct Keyed {
    id: String,
    organization: OrganizationId,
    credential: CredentialId,
    bounds: Bounds,
    fingerprint: String,
    repeated: bool,
    /// The time of the request.
    at: DateTime<Utc>,
}

impl Claim {
    /// The claim of the caller to do `operation` to `target` with `input`. Without a
    /// key the claim is always granted, and nothing is stored.
    ///
    /// # Errors
    /// `Unauthenticated`. `Internal`: the input cannot be serialized.
    pub fn new(
        op: &OpContext,
        key: Option<&IdempotencyKey>,
        (operation, target): (&str, &str),
        input: &impl Serialize,
    ) -> Result<Self> {
        let Some(key) = key else { return Ok(Self(None)) };
        let client = op.client()?;
        let (caller, fingerprint) = (client.service_account.as_str(), hash(input)?);
        let (id, repeated) = match key {
            IdempotencyKey::Chosen(key) => (hash(&("key", caller, operation, target, key))?, true),
            IdempotencyKey::Request { id, repeated } => {
                (hash(&("request", caller, operation, target, id, &fingerprint))?, *repeated)
            }
        };
        Ok(Self(Some(Keyed {
            id,
            organization: client.organization.clone(),
            credential: client.credential.clone(),
            bounds: client.bounds.clone(),
            fingerprint,
            repeated,
            at: op.now(),
        })))
    }

    /// The stored result of the same request, if there is one. Callers check every permission of the
    /// create first, so that a caller who lost one does not see the result.
    ///
    /// # Errors
    /// `Conflict`: the key was used with another request, or by a credential that is more restricted
    /// than the caller's. Database errors.
    pub async fn replay(&self, op: &OpContext) -> Result<Option<StoredResult>> {
        let Some(keyed) = &self.0 else { return Ok(None) };
        let row = idempotency_key::Entity::in_org(&keyed.organization)
            .filter(idempotency_key::Column::Id.eq(&keyed.id))
            .filter(keyed.replay_condition())
            .one(op.db())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != keyed.fingerprint {
            let message = "the idempotency key was used with a different request";
            return Err(Error::conflict(Reason::IdempotencyKeyReused, message));
        }
        let bounds = keyed.permit_replay_of(&row)?;
        let stored =
            encryption::decrypt(master_keys(&op.app)?, aad(&keyed.id), &row.encrypted_result)?;
        let mut result: StoredResult = serde_json::from_slice(&stored).map_err(Error::internal)?;
        result.bounds = bounds;
        Ok(Some(result))
    }

    /// The stored result of the concurrent request that acquired the key first.
    ///
    /// # Errors
    /// As [`Claim::replay`]. `Unavailable`: the result was deleted in the meantime.
    pub async fn replay_first(&self, op: &OpContext) -> Result<StoredResult> {
        let missing =
            || Error::Unavailable("the stored result of the idempotency key was deleted".into());
        self.replay(op).await?.ok_or_else(missing)
    }

    /// Acquires the key in the transaction of the create. False if a concurrent request has stored
    /// its result in the meantime.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn acquire(&self, on: &impl ConnectionTrait) -> Result<bool> {
        use idempotency_key::Column;
        let Some(keyed) = &self.0 else { return Ok(true) };
        let row = idempotency_key::ActiveModel {
            id: Set(keyed.id.clone()),
            organization_id: Set(keyed.organization.clone()),
            fingerprint: Set(keyed.fingerprint.clone()),
            repeated: Set(keyed.repeated),
            credential_id: Set(keyed.credential.clone()),
            bounds: Set(serde_json::to_string(&keyed.bounds).map_err(Error::internal)?),
            encrypted_result: Set(Vec::new()),
            created_at: Set(keyed.at),
        };
        let replace = OnConflict::column(Column::Id)
            .update_columns([
                Column::Fingerprint,
                Column::Repeated,
                Column::CredentialId,
                Column::Bounds,
                Column::CreatedAt,
            ])
            .action_and_where(keyed.replay_condition().not())
            .to_owned();
        let row = idempotency_key::Entity::insert(row).on_conflict(replace);
        match row.exec_without_returning(on).await {
            Ok(written) => Ok(written > 0),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the result of a create whose key was acquired in the same transaction.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn store(
        &self,
        on: &impl ConnectionTrait,
        op: &OpContext,
        result: &StoredResult,
    ) -> Result<()> {
        let Some(keyed) = &self.0 else { return Ok(()) };
        let result = Zeroizing::new(serde_json::to_vec(result).map_err(Error::internal)?);
        let row = idempotency_key::ActiveModel {
            id: Set(keyed.id.clone()),
            encrypted_result: Set(encryption::encrypt(
                master_keys(&op.app)?,
                aad(&keyed.id),
                result,
            )?),
            ..Default::default()
        };
        row.update(on).await?;
        Ok(())
    }
}

impl Keyed {
    /// The bounds of replays for the caller. The credential that sent the request replays it within
    /// the bounds that it had then, even while it is being replaced. Another credential of the account
    /// replays it within its own bounds, if it is at least as restricted.
    fn permit_replay_of(&self, row: &idempotency_key::Model) -> Result<Bounds> {
        let original: Bounds = serde_json::from_str(&row.bounds).map_err(Error::internal)?;
        if row.credential_id == self.credential {
            return Ok(original);
        }
        if self.bounds.within(&original) {
            return Ok(self.bounds.clone());
        }
        let message = "the idempotency key was used by a more restricted credential";
        Err(Error::conflict(Reason::IdempotencyKeyOfOtherCredential, message))
    }

    /// The condition under which a row of this key is replayed. A retry replays any result of the last
    /// ten minutes. A first attempt replays only the result of its own retry that overtook it.
    fn replay_condition(&self) -> SimpleExpr {
        use idempotency_key::{Column, Entity};
        let created_at = || Expr::col((Entity, Column::CreatedAt));
        if self.repeated {
            created_at().gt(self.at - REPLAY_WINDOW)
        } else {
            Expr::col((Entity, Column::Repeated)).eq(true).and(created_at().gt(self.at))
        }
    }
}

/// The associated data of the result of key `id`.
pub(super) fn aad(id: &str) -> Aad<'_> {
    Aad { column: "idempotency_keys.encrypted_result", row: id }
}

fn hash(of: &impl Serialize) -> Result<String> {
    let text = Zeroizing::new(serde_json::to_vec(of).map_err(Error::internal)?);
    Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)))
}

pub(super) fn master_keys(app: &App) -> Result<&MasterKeys> {
    let none = || Error::internal("no master key is configured to encrypt the result");
    app.config.master_keys.as_ref().ok_or_else(none)
}
