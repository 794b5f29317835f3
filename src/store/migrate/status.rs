//! The status of the schema: migrations of the database compared with those of this version.

use std::collections::HashSet;

use migration::compatibility::{self, schema_version};
use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::error::Result;

const APPLIED: &str = "seaql_migrations";

/// The migrations of a database compared with those of this version.
#[derive(Debug, Default)]
pub struct SchemaStatus {
    /// The names of the migrations to apply, in order.
    pub pending: Vec<String>,
    /// The names of the applied migrations of a newer version, in order.
    pub newer: Vec<String>,
    /// The names of unknown migrations that precede the last known one.
    foreign: Vec<String>,
    /// The schema version that a program must support.
    required_version: Option<i32>,
}

impl SchemaStatus {
    /// The reason why this version of Postern must not use the database; `None` if it may.
    #[must_use]
    pub fn conflict(&self) -> Option<String> {
        if let Some(name) = self.foreign.first() {
            return Some(format!(
                "the database has the migration {name}, which no released version of postern up to this one has; is POSTERN_DATABASE_URL right?"
            ));
        }
        let own = schema_version();
        if let Some(required) = self.required_version.filter(|required| *required > own) {
            return Some(format!(
                "the database needs schema version {required}, and this version of postern has {own}; start the newer version of postern"
            ));
        }
        let lacks = self.pending.len();
        (lacks > 0 && !self.newer.is_empty()).then(|| {
            format!(
                "the database has migrations of a newer version of postern and lacks {lacks} of this one; run `postern migrate up` of the newer version"
            )
        })
    }

    fn new(applied: Vec<String>, required_version: Option<i32>) -> Self {
        let known: Vec<_> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
        let present: HashSet<_> = applied.iter().collect();
        let pending = known.iter().filter(|name| !present.contains(name)).cloned().collect();
        let unknown = applied.into_iter().filter(|name| !known.contains(name));
        let (newer, foreign) = unknown.partition(|name| Some(name) > known.last());
        Self { pending, newer, foreign, required_version }
    }
}

/// Reads the status of the schema. The migrator cannot: to it, an unknown migration is an error.
///
/// # Errors
/// The database does not respond.
pub async fn schema_status(on: &impl ConnectionTrait) -> Result<SchemaStatus> {
    let mut applied = Vec::new();
    if has_table(on, APPLIED).await? {
        let names =
            Query::select().column("version").from(APPLIED).order_by("version", Order::Asc).take();
        for row in on.query_all(&names).await? {
            applied.push(row.try_get_by_index(0)?);
        }
    }
    let mut required_version = None;
    if has_table(on, compatibility::TABLE).await? {
        let marker =
            Query::select().column(compatibility::LEAST_VERSION).from(compatibility::TABLE).take();
        let row = on.query_one(&marker).await?;
        required_version = row.map(|row| row.try_get_by_index(0)).transpose()?;
    }
    Ok(SchemaStatus::new(applied, required_version))
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
    fn newer_migrations_are_no_conflict_until_the_required_version_rises() {
        let newer = "m29990101_999999_newer".to_owned();
        let applied = [known(), vec![newer.clone()]].concat();
        let own = schema_version();
        for required in [None, Some(1), Some(own)] {
            let schema = SchemaStatus::new(applied.clone(), required);
            assert_eq!((schema.conflict(), &schema.newer), (None, &vec![newer.clone()]));
            assert!(schema.pending.is_empty());
        }
        let conflict = SchemaStatus::new(applied, Some(own + 1)).conflict().expect("a conflict");
        assert!(conflict.contains(&format!("version {}, and", own + 1)), "{conflict}");
    }

    #[test]
    fn unknown_migrations_before_the_last_known_one_are_a_conflict() {
        let foreign = [known(), vec!["m20261124_000001_other".to_owned()]].concat();
        let conflict = SchemaStatus::new(foreign, None).conflict().expect("a conflict");
        assert!(conflict.contains("m20261124_000001_other"), "{conflict}");

        let mut gap = known();
        gap.remove(0);
        assert_eq!(SchemaStatus::new(gap.clone(), None).conflict(), None);
        gap.push("m29990101_999999_newer".to_owned());
        let conflict = SchemaStatus::new(gap, None).conflict().expect("a conflict");
        assert!(conflict.contains("lacks 1"), "{conflict}");
    }
}
