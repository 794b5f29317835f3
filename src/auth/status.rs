//! Whether a credential is active, and its status: the only definition, in Rust and in SQL.

mod credential_status;
mod service_account_status;

use chrono::{DateTime, Utc};
use entity::credential::{self, Column};
use sea_orm::{ColumnTrait, Condition};

pub use credential_status::CredentialStatus;
pub use service_account_status::ServiceAccountStatus;

/// The state that decides whether a credential is active.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Whether its service account is disabled.
    pub account_disabled: bool,
    /// Whether the credential is disabled.
    pub disabled: bool,
    /// When it expires or retires, whichever comes first; `None`: never.
    pub ends_at: Option<DateTime<Utc>>,
}

/// The reason why a credential is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// Its service account is disabled.
    AccountDisabled,
    /// The credential is disabled.
    Disabled,
    /// The credential has expired, or has retired at the end of a rotation.
    Expired,
}

impl From<&credential::Model> for Status {
    fn from(row: &credential::Model) -> Self {
        Self {
            account_disabled: row.account_disabled,
            disabled: row.disabled_at.is_some(),
            ends_at: row.ends_at(),
        }
    }
}

impl Status {
    /// Checks whether the credential is active at `now`.
    ///
    /// # Errors
    /// The first reason why it is not.
    pub fn check(self, now: DateTime<Utc>) -> Result<(), Inactive> {
        if self.account_disabled {
            return Err(Inactive::AccountDisabled);
        }
        if self.disabled {
            return Err(Inactive::Disabled);
        }
        if has_ended(self.ends_at, now) {
            return Err(Inactive::Expired);
        }
        Ok(())
    }
}

/// Whether a credential is active at `now`.
#[must_use]
pub fn is_active(row: &credential::Model, now: DateTime<Utc>) -> bool {
    Status::from(row).check(now).is_ok()
}

/// [`is_active`] as a condition on the row.
#[must_use]
pub fn active_at(now: DateTime<Utc>) -> Condition {
    let retires_at = Column::RetiresAt;
    let lasts = Condition::any().add(retires_at.is_null()).add(retires_at.gt(now));
    credential_status::unexpired(now).add(lasts)
}

/// Whether a credential that ends at `ends_at` has ended by `now`.
#[must_use]
pub fn has_ended(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    ends_at.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests;
