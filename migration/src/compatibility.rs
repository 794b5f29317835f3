//! The least version of Postern that is compatible with a database.
//!
//! Two versions run side by side during a rollout, so a version starts on a database that has later
//! migrations than it knows. A migration that is incompatible with such versions raises the marker
//! ([`require`]).

use sea_orm_migration::prelude::*;

use crate::{Migrator, MigratorTrait};

/// The table of the marker, which has one row.
pub const TABLE: &str = "schema_compatibility";

/// The column of the marker: the number of the last migration that a version must have.
pub const LEAST_VERSION: &str = "least_version";

/// The schema version of this program: the number of its last migration.
#[must_use]
pub fn schema_version() -> i32 {
    Migrator::migrations().last().and_then(|last| number(last.name())).unwrap_or_default()
}

/// The number of a migration: `m20261127_000080_…` has 80.
fn number(name: &str) -> Option<i32> {
    name.split('_').nth(1)?.parse().ok()
}

/// Raises the marker: versions whose last migration has a number below `least` do not start any
/// more. For a migration that is incompatible with them, with its own number.
///
/// # Errors
/// The database does not respond.
pub async fn require(manager: &SchemaManager<'_>, least: i32) -> Result<(), DbErr> {
    let raise = Query::update()
        .table(TABLE)
        .value(LEAST_VERSION, least)
        .and_where(Expr::col(LEAST_VERSION).lt(least))
        .take();
    manager.execute(raise).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_of_migrations_ascend() {
        let names: Vec<_> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
        let numbers: Vec<_> = names.iter().map(|name| number(name)).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(numbers.is_sorted_by(|a, b| a < b) && !numbers.contains(&None), "{numbers:?}");
        assert_eq!(numbers.last().copied().flatten(), Some(schema_version()));
    }
}
