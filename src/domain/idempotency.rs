//! Creates that are done once however often they are sent: a repetition gets the thing that the
//! first request created, its secret included, as long as that thing exists.
//!
//! The key is claimed in the transaction of the create, so that of two requests at once, at
//! whichever replicas, one waits for the other and then gives its answer. The answer is kept
//! sealed under the master key, for ten minutes.

mod key;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, Id, OrganizationId, TenantScoped, credential, idempotency_key};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use key::Key;

use crate::app::App;
use crate::authz::{Bounds, Denial, Permission};
use crate::config::MasterKeys;
use crate::context::OpContext;
use crate::encryption::{self, Aad};
use crate::error::{Error, Reason, Result};
use crate::store;

/// How long the first answer is given again.
const KEPT: TimeDelta = TimeDelta::minutes(10);

/// How many answers are re-encrypted at a time.
const AT_ONCE: u64 = 100;

/// The right to do a create, of which there is one for each key.
pub struct Claim(Option<Keyed>);

struct Keyed {
    id: String,
    organization: OrganizationId,
    credential: CredentialId,
    bounds: Bounds,
    fingerprint: String,
    repeated: bool,
    /// When the request came.
    at: DateTime<Utc>,
}

/// What a create made, as it is stored for a repetition: the rest is read again.
#[derive(Serialize, Deserialize)]
pub struct Created {
    id: String,
    secret: Option<Zeroizing<String>>,
    /// The id of what was deleted to make room.
    removed: Option<String>,
    /// The bounds that what was created must be within for the caller of the repetition.
    #[serde(skip)]
    bounds: Bounds,
}

impl Created {
    /// A thing without a secret.
    pub fn plain(id: &impl ToString) -> Self {
        Self { id: id.to_string(), secret: None, removed: None, bounds: Bounds::default() }
    }

    /// A thing with a secret.
    pub fn with_secret(id: &impl ToString, secret: &str) -> Self {
        let secret = Some(Zeroizing::new(secret.to_owned()));
        Self { secret, ..Self::plain(id) }
    }

    /// The same, for which another thing was deleted.
    #[must_use]
    pub fn after_removal_of(self, removed: Option<&impl ToString>) -> Self {
        Self { removed: removed.map(ToString::to_string), ..self }
    }

    /// The id of the thing that was deleted to make room.
    ///
    /// # Errors
    /// `Internal` when it is an id of another kind.
    pub fn removed<I: Id>(&self) -> Result<Option<I>> {
        self.removed.as_deref().map(|id| id.parse().map_err(Error::internal)).transpose()
    }

    /// The id of the thing.
    ///
    /// # Errors
    /// `Internal` when it is an id of another kind.
    pub fn id<I: Id>(&self) -> Result<I> {
        self.id.parse().map_err(Error::internal)
    }

    /// Rejects to show a credential that is less restricted by now, or ends later, than whoever
    /// repeats the request may create.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit(&self, row: &credential::Model) -> Result<()> {
        if Bounds::of(row).is_some_and(|own| own.within(&self.bounds)) {
            return Ok(());
        }
        let permission = Permission::CredentialsCreate.name();
        Err(Error::Forbidden { permission, message: Denial::LessRestricted.to_string() })
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.as_str())
    }
}

/// The error of a repetition whose thing was deleted.
#[must_use]
pub fn deleted() -> Error {
    let message = "the resource that was created with this idempotency key was deleted";
    Error::conflict(Reason::IdempotentResultDeleted, message)
}

impl Claim {
    /// The claim of the caller to do `operation` to `target` with `input`. Without a key it is
    /// always granted, and nothing is stored.
    ///
    /// # Errors
    /// `Unauthenticated`; `Internal` when the input cannot be written.
    pub fn new(
        op: &OpContext,
        key: Option<&Key>,
        (operation, target): (&str, &str),
        input: &impl Serialize,
    ) -> Result<Self> {
        let Some(key) = key else { return Ok(Self(None)) };
        let client = op.client()?;
        let (caller, fingerprint) = (client.service_account.as_str(), hash(input)?);
        let (id, repeated) = match key {
            Key::Chosen(key) => (hash(&("key", caller, operation, target, key))?, true),
            Key::Request { id, repeated } => {
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

    /// What the same request created before, if it did. To be called once every permission of the
    /// create was asked: who may not do it now is not told what it created.
    ///
    /// # Errors
    /// `Conflict` when the key was used for something else, or by a credential that is more
    /// restricted than the caller's; or what the database answers.
    pub async fn answer(&self, op: &OpContext) -> Result<Option<Created>> {
        let Some(keyed) = &self.0 else { return Ok(None) };
        let row = idempotency_key::Entity::in_org(&keyed.organization)
            .filter(idempotency_key::Column::Id.eq(&keyed.id))
            .filter(keyed.is_answered())
            .one(op.db())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != keyed.fingerprint {
            let message = "the idempotency key was used with a different request";
            return Err(Error::conflict(Reason::IdempotencyKeyReused, message));
        }
        let bounds = keyed.permit_answer_of(&row)?;
        let opened = encryption::decrypt(masters(&op.app)?, place(&keyed.id), &row.sealed_answer)?;
        let created: Created = serde_json::from_slice(&opened).map_err(Error::internal)?;
        Ok(Some(Created { bounds, ..created }))
    }

    /// The answer of the request that had the key first, when [`Claim::take`] was too late.
    ///
    /// # Errors
    /// As [`Claim::answer`]; `Unavailable` when it has been removed since.
    pub async fn first_answer(&self, op: &OpContext) -> Result<Created> {
        let gone = || Error::Unavailable("the answer of a repeated request is gone".into());
        self.answer(op).await?.ok_or_else(gone)
    }

    /// Takes the key for a transaction: false, if another request has had it in the meantime and
    /// has been answered.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn take(&self, on: &impl ConnectionTrait) -> Result<bool> {
        use idempotency_key::Column;
        let Some(keyed) = &self.0 else { return Ok(true) };
        let row = idempotency_key::ActiveModel {
            id: Set(keyed.id.clone()),
            organization_id: Set(keyed.organization.clone()),
            fingerprint: Set(keyed.fingerprint.clone()),
            repeated: Set(keyed.repeated),
            credential_id: Set(keyed.credential.clone()),
            bounds: Set(serde_json::to_string(&keyed.bounds).map_err(Error::internal)?),
            sealed_answer: Set(Vec::new()),
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
            .action_and_where(keyed.is_answered().not())
            .to_owned();
        let row = idempotency_key::Entity::insert(row).on_conflict(replace);
        match row.exec_without_returning(on).await {
            Ok(written) => Ok(written > 0),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the answer of a create whose key was taken in the same transaction.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn keep(
        &self,
        on: &impl ConnectionTrait,
        op: &OpContext,
        created: &Created,
    ) -> Result<()> {
        let Some(keyed) = &self.0 else { return Ok(()) };
        let answer = Zeroizing::new(serde_json::to_vec(created).map_err(Error::internal)?);
        let row = idempotency_key::ActiveModel {
            id: Set(keyed.id.clone()),
            sealed_answer: Set(encryption::encrypt(masters(&op.app)?, place(&keyed.id), answer)?),
            ..Default::default()
        };
        row.update(on).await?;
        Ok(())
    }
}

impl Keyed {
    /// The bounds of the caller's answers. The credential that made the request may repeat it within
    /// those that it had then, also when it is being replaced by now; another one of its account may
    /// if it is at least as restricted, within its own.
    fn permit_answer_of(&self, row: &idempotency_key::Model) -> Result<Bounds> {
        let made_with: Bounds = serde_json::from_str(&row.bounds).map_err(Error::internal)?;
        if row.credential_id == self.credential {
            return Ok(made_with);
        }
        if self.bounds.within(&made_with) {
            return Ok(self.bounds.clone());
        }
        let message = "the idempotency key was used by a more restricted credential";
        Err(Error::conflict(Reason::IdempotencyKeyOfOtherCredential, message))
    }

    /// Whether a row of this key answers this request, too. A repetition is answered by whatever
    /// was done in the last ten minutes. A request that is new is answered only by a repetition
    /// of it that has overtaken it.
    fn is_answered(&self) -> SimpleExpr {
        use idempotency_key::{Column, Entity};
        let made_at = || Expr::col((Entity, Column::CreatedAt));
        if self.repeated {
            made_at().gt(self.at - KEPT)
        } else {
            Expr::col((Entity, Column::Repeated)).eq(true).and(made_at().gt(self.at))
        }
    }
}

/// Where the answer of key `id` is kept.
fn place(id: &str) -> Aad<'_> {
    Aad { column: "idempotency_keys.answer", row: id }
}

/// Deletes the answers that are not given again any more.
///
/// # Errors
/// What the database answers.
pub async fn delete_expired(app: &App) -> Result<()> {
    let until = app.clock.now() - KEPT;
    store::delete_expired::<idempotency_key::Entity>(&app.db, until).await
}

/// Seals the answers under the first master key; gives how many were sealed under another.
///
/// # Errors
/// What the database answers; `Internal` when none of the master keys opens one.
pub async fn reencrypt(app: &App) -> Result<u64> {
    let (masters, mut renewed, mut last) = (masters(app)?, 0, String::new());
    loop {
        let rows = idempotency_key::Entity::any_tenant_after(&last, AT_ONCE);
        let rows = rows.all(app.db.reader()).await?;
        for idempotency_key::Model { id, organization_id, sealed_answer, .. } in &rows {
            let Some(anew) = encryption::reencrypt(masters, place(id), sealed_answer)? else {
                continue;
            };
            let update = idempotency_key::Entity::update_in_org(organization_id)
                .filter(idempotency_key::Column::Id.eq(id))
                .filter(idempotency_key::Column::SealedAnswer.eq(sealed_answer.as_slice()))
                .col_expr(idempotency_key::Column::SealedAnswer, Expr::value(anew));
            renewed += update.exec(app.db.writer()).await?.rows_affected;
        }
        let Some(row) = rows.into_iter().last() else { return Ok(renewed) };
        last = row.id;
    }
}

fn masters(app: &App) -> Result<&MasterKeys> {
    let none = || Error::internal("there is no master key to keep an answer under");
    app.config.master_keys.as_ref().ok_or_else(none)
}

fn hash(of: &impl Serialize) -> Result<String> {
    let text = Zeroizing::new(serde_json::to_vec(of).map_err(Error::internal)?);
    Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)))
}
