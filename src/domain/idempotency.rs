//! Creates that are done once however often they are sent: a repetition gets the first answer
//! again, its secret included.
//!
//! The key is claimed in the transaction of the create, so that of two requests at once, at
//! whichever replicas, one waits for the other and then gives its answer. The answer is kept
//! sealed under the master key, for ten minutes.

mod key;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{OrganizationId, idempotency_key};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

pub use key::Key;

use super::seal::{self, Place};
use crate::app::App;
use crate::config::MasterKeys;
use crate::cx::Cx;
use crate::error::{Error, Result};

/// How long the first answer is given again.
const KEPT: TimeDelta = TimeDelta::minutes(10);

/// How many answers are re-encrypted at a time.
const AT_ONCE: u64 = 100;

/// The right to do a create, of which there is one for each key.
pub struct Claim(Option<Keyed>);

struct Keyed {
    id: String,
    organization: OrganizationId,
    fingerprint: String,
    repeated: bool,
    /// When the request came.
    at: DateTime<Utc>,
}

impl Claim {
    /// The claim of the caller to do `operation` to `target` with `input`. Without a key it is
    /// always granted, and nothing is kept.
    ///
    /// # Errors
    /// `Unauthenticated`; `Internal` when the input cannot be written.
    pub fn new(
        cx: &Cx,
        key: Option<&Key>,
        (operation, target): (&str, &str),
        input: &impl Serialize,
    ) -> Result<Self> {
        let Some(key) = key else { return Ok(Self(None)) };
        let client = cx.client()?;
        let (caller, fingerprint) = (client.service_account.as_str(), hash(input)?);
        let (id, repeated) = match key {
            Key::Chosen(key) => (hash(&("key", caller, operation, target, key))?, true),
            Key::Request { id, repeated } => {
                (hash(&("request", caller, operation, target, id, &fingerprint))?, *repeated)
            }
        };
        let (organization, at) = (client.organization.clone(), cx.now());
        Ok(Self(Some(Keyed { id, organization, fingerprint, repeated, at })))
    }

    /// The answer that was given to the same request before, if there was one.
    ///
    /// # Errors
    /// `Conflict` when the key was used for something else, or what the database answers.
    pub async fn answer<T: DeserializeOwned>(&self, cx: &Cx) -> Result<Option<T>> {
        let Some(keyed) = &self.0 else { return Ok(None) };
        let row = idempotency_key::Entity::in_org(&keyed.organization)
            .filter(idempotency_key::Column::Id.eq(&keyed.id))
            .filter(keyed.is_answered())
            .one(cx.db())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != keyed.fingerprint {
            let why = "the idempotency key was used with another request";
            return Err(Error::Conflict(why.to_owned()));
        }
        let opened = seal::open(masters(&cx.app)?, place(&keyed.id), &row.sealed_answer)?;
        serde_json::from_slice(&opened).map(Some).map_err(Error::internal)
    }

    /// The answer of the request that had the key first, when [`Claim::take`] was too late.
    ///
    /// # Errors
    /// As [`Claim::answer`]; `Unavailable` when it is gone already.
    pub async fn first_answer<T: DeserializeOwned>(&self, cx: &Cx) -> Result<T> {
        let gone = || Error::Unavailable("the answer of a repeated request is gone".into());
        self.answer(cx).await?.ok_or_else(gone)
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
            sealed_answer: Set(Vec::new()),
            created_at: Set(keyed.at),
        };
        let replace = OnConflict::column(Column::Id)
            .update_columns([Column::Fingerprint, Column::Repeated, Column::CreatedAt])
            .action_and_where(keyed.is_answered().not())
            .to_owned();
        let row = idempotency_key::Entity::insert(row).on_conflict(replace);
        match row.exec_without_returning(on).await {
            Ok(written) => Ok(written > 0),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the answer of a create whose key was taken in the same transaction.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn keep(
        &self,
        on: &impl ConnectionTrait,
        cx: &Cx,
        answer: &impl Serialize,
    ) -> Result<()> {
        let Some(keyed) = &self.0 else { return Ok(()) };
        let answer = Zeroizing::new(serde_json::to_vec(answer).map_err(Error::internal)?);
        let row = idempotency_key::ActiveModel {
            id: Set(keyed.id.clone()),
            sealed_answer: Set(seal::seal(masters(&cx.app)?, place(&keyed.id), answer)?),
            ..Default::default()
        };
        row.update(on).await?;
        Ok(())
    }
}

impl Keyed {
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
fn place(id: &str) -> Place<'_> {
    Place { column: "idempotency_keys.answer", row: id }
}

/// Deletes the answers that are not given again any more.
///
/// # Errors
/// What the database answers.
pub async fn forget(app: &App) -> Result<()> {
    let until = app.clock.now() - KEPT;
    idempotency_key::Entity::delete_made_until(until).exec(app.db.writer()).await?;
    Ok(())
}

/// Seals the answers under the first master key; gives how many were sealed under another.
///
/// # Errors
/// What the database answers; `Internal` when none of the master keys opens one.
pub async fn reencrypt(app: &App) -> Result<u64> {
    let (masters, mut renewed, mut last) = (masters(app)?, 0, String::new());
    loop {
        let rows = idempotency_key::Entity::of_any_tenant_after(&last, AT_ONCE);
        let rows = rows.all(app.db.reader()).await?;
        for idempotency_key::Model { id, sealed_answer, .. } in &rows {
            let Some(anew) = seal::renew(masters, place(id), sealed_answer)? else { continue };
            let update = idempotency_key::Entity::update_while(id, sealed_answer)
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
