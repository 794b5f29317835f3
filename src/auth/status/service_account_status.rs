//! The status of a service account, in Rust and as a condition in SQL.

use entity::service_account::{self, Column};
use sea_orm::{ColumnTrait, Condition};

/// The status of a service account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceAccountStatus {
    /// It is disabled: its credentials and tokens are rejected.
    Disabled,
    /// It is enabled.
    Active,
}

impl ServiceAccountStatus {
    /// All statuses, in order of precedence.
    pub const ALL: &[Self] = &[Self::Disabled, Self::Active];

    /// Its name, the same on every surface.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disabled => "DISABLED",
            Self::Active => "ACTIVE",
        }
    }

    /// The status of a service account.
    #[must_use]
    pub fn of(row: &service_account::Model) -> Self {
        if row.disabled_at.is_some() { Self::Disabled } else { Self::Active }
    }

    /// The condition on the row that [`Self::of`] returns this status.
    #[must_use]
    pub fn condition(self) -> Condition {
        Condition::all().add(match self {
            Self::Disabled => Column::DisabledAt.is_not_null(),
            Self::Active => Column::DisabledAt.is_null(),
        })
    }
}
