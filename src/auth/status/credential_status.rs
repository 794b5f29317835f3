//! The status of a credential, in Rust and as a condition in SQL.

use chrono::{DateTime, Utc};
use entity::credential::{self, Column};
use sea_orm::{ColumnTrait, Condition};

use super::has_ended;

/// The status of a credential. Where several apply, it is the first in the order of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialStatus {
    /// Its service account is disabled.
    AccountDisabled,
    /// The credential is disabled.
    Disabled,
    /// Its expiry time has passed.
    Expired,
    /// It was replaced by a rotation, and its time of retirement has passed.
    Retired,
    /// It is being replaced by a rotation, and authenticates until it retires.
    Retiring,
    /// It authenticates, and is not being replaced.
    Active,
}

impl CredentialStatus {
    /// All statuses, in order of precedence.
    pub const ALL: &[Self] = &[
        Self::AccountDisabled,
        Self::Disabled,
        Self::Expired,
        Self::Retired,
        Self::Retiring,
        Self::Active,
    ];

    /// Its name, the same on every surface.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountDisabled => "ACCOUNT_DISABLED",
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::Retired => "RETIRED",
            Self::Retiring => "RETIRING",
            Self::Active => "ACTIVE",
        }
    }

    /// The status of a credential at `now`. The row must have all columns of its state.
    #[must_use]
    pub fn of(row: &credential::Model, now: DateTime<Utc>) -> Self {
        match row.retires_at {
            _ if row.account_disabled => Self::AccountDisabled,
            _ if row.disabled_at.is_some() => Self::Disabled,
            _ if has_ended(row.expires_at, now) => Self::Expired,
            None => Self::Active,
            retires_at if has_ended(retires_at, now) => Self::Retired,
            Some(_) => Self::Retiring,
        }
    }

    /// The condition on the row that [`Self::of`] returns this status at `now`.
    #[must_use]
    pub fn condition(self, now: DateTime<Utc>) -> Condition {
        let enabled = Condition::all().add(Column::AccountDisabled.eq(false));
        match self {
            Self::AccountDisabled => Condition::all().add(Column::AccountDisabled.eq(true)),
            Self::Disabled => enabled.add(Column::DisabledAt.is_not_null()),
            Self::Expired => {
                enabled.add(Column::DisabledAt.is_null()).add(Column::ExpiresAt.lte(now))
            }
            Self::Retired => unexpired(now).add(Column::RetiresAt.lte(now)),
            Self::Retiring => unexpired(now).add(Column::RetiresAt.gt(now)),
            Self::Active => unexpired(now).add(Column::RetiresAt.is_null()),
        }
    }
}

/// The condition that neither disabling nor expiry decides.
pub(super) fn unexpired(now: DateTime<Utc>) -> Condition {
    let lasts = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    Condition::all()
        .add(Column::AccountDisabled.eq(false))
        .add(Column::DisabledAt.is_null())
        .add(lasts)
}
