//! Deletion of expired rows, across tenants.

use chrono::{DateTime, Utc};
use sea_orm::DeleteMany;
use sea_orm::entity::prelude::*;

/// Rows that are deleted when a certain time is over.
pub trait Expiring: EntityTrait {
    /// The column with the time that decides.
    const EXPIRY: Self::Column;

    /// Deletes the rows of all tenants whose time is `end` or earlier.
    fn delete_any_tenant_until(end: DateTime<Utc>) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::EXPIRY.lte(end))
    }
}
