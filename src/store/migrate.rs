//! Migrations: any number of replicas may run them at once, and two versions side by side.

use std::collections::HashSet;

use migration::compatibility::{self, schema_version};
use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use super::{Db, in_transaction, lock};
use crate::error::{Error, Result};

const APPLIED: &str = "seaql_migrations";

/// The migrations of a database beside those of this program.
#[derive(Debug, Default)]
pub struct Schema {
    /// The names of the migrations that the database lacks, in order.
    pub pending: Vec<String>,
    /// The names of the migrations of a newer version that the database has, in order.
    pub newer: Vec<String>,
    /// Unknown migrations that no newer version can have added.
    foreign: Vec<String>,
    /// The version of the schema that a program must know.
    least_version: Option<i32>,
}

impl Schema {
    /// Why this version of Postern must not work with the database.
    #[must_use]
    pub fn conflict(&self) -> Option<String> {
        if let Some(name) = self.foreign.first() {
            return Some(format!(
                "the database has the migration {name}, which no released version of postern up to this one has; is POSTERN_DATABASE_URL right?"
            ));
        }
        let own = schema_version();
        if let Some(least) = self.least_version.filter(|least| *least > own) {
            return Some(format!(
                "the database needs schema version {least}, and this version of postern has {own}; start the newer version of postern"
            ));
        }
        let lacks = self.pending.len();
        (lacks > 0 && !self.newer.is_empty()).then(|| {
            format!(
                "the database has migrations of a newer version of postern and lacks {lacks} of this one; run `postern migrate up` of the newer version"
            )
        })
    }

    fn new(applied: Vec<String>, least_version: Option<i32>) -> Self {
        let known: Vec<_> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
        let there: HashSet<_> = applied.iter().collect();
        let pending = known.iter().filter(|name| !there.contains(name)).cloned().collect();
        let unknown = applied.into_iter().filter(|name| !known.contains(name));
        let (newer, foreign) = unknown.partition(|name| Some(name) > known.last());
        Self { pending, newer, foreign, least_version }
    }
}

/// Applies what is pending; returns the names of what was. Nothing, when the database has
/// migrations of a newer version.
///
/// One replica at a time, by a row lock. With SQLite the transaction that holds the lock is the
/// only writer, so it does the work itself; elsewhere each change commits by itself, as not every
/// engine takes several in one transaction.
///
/// # Errors
/// What the database answers; `Internal` when this version must not work with the database.
pub async fn migrate(db: &Db) -> Result<Vec<String>> {
    lock::prepare(db.writer()).await?;
    in_transaction!(db, transaction => {
        lock::hold(transaction, "migrations").await?;
        let schema = schema(transaction).await?;
        if let Some(conflict) = schema.conflict() {
            return Err(Error::internal(conflict));
        }
        if schema.pending.is_empty() {
            return Ok(schema.pending);
        }
        if db.is_sqlite() {
            Migrator::up(transaction.inner(), None).await?;
        } else {
            Migrator::up(&*db.writer().current(), None).await?;
        }
        Ok(schema.pending)
    })
}

/// The migrations of the database. Read here, as the library takes an unknown one for an error.
///
/// # Errors
/// What the database answers.
pub async fn schema(on: &impl ConnectionTrait) -> Result<Schema> {
    let mut applied = Vec::new();
    if has_table(on, APPLIED).await? {
        let names =
            Query::select().column("version").from(APPLIED).order_by("version", Order::Asc).take();
        for row in on.query_all(&names).await? {
            applied.push(row.try_get_by_index(0)?);
        }
    }
    let mut least = None;
    if has_table(on, compatibility::TABLE).await? {
        let marker =
            Query::select().column(compatibility::LEAST_VERSION).from(compatibility::TABLE).take();
        let row = on.query_one(&marker).await?;
        least = row.map(|row| row.try_get_by_index(0)).transpose()?;
    }
    Ok(Schema::new(applied, least))
}

async fn has_table(on: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let mut tables = Query::select();
    match on.get_database_backend() {
        DbBackend::Sqlite => tables.from("sqlite_master").and_where(Expr::col("name").eq(name)),
        _ => tables
            .from("pg_tables")
            .and_where(Expr::col("tablename").eq(name))
            .and_where(Expr::cust("schemaname = current_schema()")),
    };
    Ok(on.query_one(tables.expr(Expr::value(1))).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        Migrator::migrations().iter().map(|it| it.name().to_owned()).collect()
    }

    #[test]
    fn migrations_of_a_newer_version_are_no_conflict_until_the_marker_is_raised() {
        let newer = "m29990101_999999_newer".to_owned();
        let applied = [known(), vec![newer.clone()]].concat();
        let own = schema_version();
        for least in [None, Some(1), Some(own)] {
            let schema = Schema::new(applied.clone(), least);
            assert_eq!((schema.conflict(), &schema.newer), (None, &vec![newer.clone()]));
            assert!(schema.pending.is_empty());
        }
        let conflict = Schema::new(applied, Some(own + 1)).conflict().expect("a conflict");
        assert!(conflict.contains(&format!("version {}, and", own + 1)), "{conflict}");
    }

    #[test]
    fn migrations_that_no_newer_version_can_have_added_are_a_conflict() {
        let foreign = [known(), vec!["m20261124_000001_other".to_owned()]].concat();
        let conflict = Schema::new(foreign, None).conflict().expect("a conflict");
        assert!(conflict.contains("m20261124_000001_other"), "{conflict}");

        let mut gap = known();
        gap.remove(0);
        assert_eq!(Schema::new(gap.clone(), None).conflict(), None);
        gap.push("m29990101_999999_newer".to_owned());
        let conflict = Schema::new(gap, None).conflict().expect("a conflict");
        assert!(conflict.contains("lacks 1"), "{conflict}");
    }
}
