//! Rotation: a new credential beside the old one, both valid until the old one retires.
//!
//! ```text
//! (none) --start--> overlapping --deadline, or finish--> retired
//!    ^                   |
//!    +------cancel-------+
//! ```

mod start;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter};

use super::life::{is_in_use, is_live, lock_to_change};
use super::{event, fetch_for, lock, remove};
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::audit;
use crate::error::{Error, Result};
use crate::store::in_transaction;
pub use start::{Start, start};

/// How far a rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Both credentials are valid.
    Overlapping,
    /// The old one is refused.
    Retired,
}

/// How far the rotation of a credential is, if there is one.
#[must_use]
pub fn state(row: &credential::Model, now: DateTime<Utc>) -> Option<State> {
    let retires_at = row.retires_at?;
    Some(if retires_at > now { State::Overlapping } else { State::Retired })
}

/// Whether nothing is lost when a credential that is being replaced goes: it is not live any more,
/// or was never used; or it was not used within 24 hours, and its successor was used since.
#[must_use]
pub fn is_safe_to_revoke(
    row: &credential::Model,
    successor: Option<&credential::Model>,
    now: DateTime<Utc>,
) -> bool {
    let used = row.last_used_at;
    let moved_on = || !is_in_use(row, now) && successor.is_some_and(|it| it.last_used_at > used);
    !is_live(row, now) || used.is_none() || moved_on()
}

/// Ends it before the deadline: the old credential is refused from the next request on. A rotation
/// that has ended stays as it is.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when there is no rotation.
pub async fn finish(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<credential::Model> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    in_transaction!(cx.app.db, transaction => {
        let (_, row) = lock_to_change(transaction, cx, &row).await?;
        match state(&row, cx.now()) {
            Some(State::Overlapping) => {}
            Some(State::Retired) => return Ok(row),
            None => return Err(none_there()),
        }
        let revision = row.revision + 1;
        let mut row: credential::ActiveModel = row.into();
        row.retires_at = Set(Some(cx.now()));
        row.revision = Set(revision);
        let row = row.update(transaction).await?;
        audit::record(transaction, cx, event(&row, "credential.retire")).await?;
        Ok(row)
    })
}

/// Takes it back before the deadline: the new credential is deleted, and the old one stays.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when there is no rotation or it has ended, or, without
/// `force`, when the new credential was used within 24 hours.
pub async fn cancel(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
    force: bool,
) -> Result<credential::Model> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    cx.permit(Permission::CredentialsDelete, &row)?;
    in_transaction!(cx.app.db, transaction => {
        let (_, row) = lock_to_change(transaction, cx, &row).await?;
        match (state(&row, cx.now()), &row.replaced_by) {
            (Some(State::Overlapping), Some(successor)) => {
                let successor = lock(transaction, organization, successor).await?;
                if is_in_use(&successor, cx.now()) && !force {
                    let why = "the new credential was used within 24 hours; say force: true to delete it";
                    return Err(Error::Conflict(why.to_owned()));
                }
                remove(transaction, cx, &successor).await?;
                lock(transaction, organization, id).await
            }
            (Some(_), _) => Err(Error::Conflict("the old credential has retired".to_owned())),
            (None, _) => Err(none_there()),
        }
    })
}

/// What `gone` was to replace stays: its rotation is cancelled. If `gone` was itself replaced, its
/// successor is in its place.
pub(super) async fn cancel_those_to(
    on: &impl ConnectionTrait,
    cx: &Cx,
    gone: &credential::Model,
) -> Result<()> {
    use credential::Column::{
        ReplacedBy, RetiresAt, RotationBeganAt, ServiceAccountId, TokensBeforeRotation,
    };
    let cleared = [RotationBeganAt, RetiresAt, ReplacedBy, TokensBeforeRotation];
    let successor = gone.replaced_by.as_ref();
    let mut update = credential::Entity::update_in_org(&gone.organization_id)
        .filter(ServiceAccountId.eq(gone.service_account_id.clone()))
        .filter(ReplacedBy.eq(gone.id.clone()))
        .filter(RetiresAt.into_expr().gt(cx.now()));
    match successor {
        Some(id) => update = update.col_expr(ReplacedBy, Expr::value(id.clone())),
        None => {
            for column in cleared {
                update = update.col_expr(column, Expr::null());
            }
        }
    }
    if update.exec(on).await?.rows_affected > 0 && successor.is_none() {
        audit::record(on, cx, event(gone, "credential.cancel_rotation")).await?;
    }
    Ok(())
}

fn none_there() -> Error {
    Error::Conflict("it is not being replaced".to_owned())
}
