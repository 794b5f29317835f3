//! Indexes of the lists of an organization: one for each order and for each filter.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The order by creation.
const CREATION: &str = r#""organization_id", "created_at", "id""#;

/// The order by creation, within the state of the service account.
const STATUS: &str = r#""organization_id", "account_disabled", "created_at", "id""#;

/// The generated columns of SQLite, which compares row values by an index of columns only.
const GENERATED: &[(&str, &str, &str)] = &[
    ("service_accounts", "name_key", r#"substr(lower("name"), 1, 32)"#),
    ("credentials", "name_key", r#"substr(lower("name"), 1, 32)"#),
    ("credentials", "expiry_key", r#"coalesce("expires_at", '9999-12-31T23:59:59.999999+00:00')"#),
];

/// The table of an index, its name, its columns, and its condition. `{name}` and `{expiry}` stand for
/// the expressions of the orders by name and by expiry.
const INDEXES: &[(&str, &str, &str, &str)] = &[
    // Orders.
    ("service_accounts", "service_accounts_by_name", r#""organization_id", {name}, "id""#, ""),
    ("credentials", "credentials_by_creation", r#""organization_id", "created_at", "id""#, ""),
    ("credentials", "credentials_by_name", r#""organization_id", {name}, "id""#, ""),
    ("credentials", "credentials_by_expiry", r#""organization_id", {expiry}, "id""#, ""),
    ("credentials", "credentials_by_usage", r#""organization_id", "last_used_day", "id""#, ""),
    ("api_grants", "api_grants_by_creation", r#""api_id", "created_at", "service_account_id""#, ""),
    // The credentials of accounts: more columns than the indexes above, so that SQLite prefers it.
    (
        "credentials",
        "credentials_of_account_in_organization",
        r#""organization_id", "service_account_id", "created_at", "id""#,
        "",
    ),
    // Filters, in order of creation.
    ("service_accounts", "service_accounts_disabled", CREATION, r#""disabled_at" IS NOT NULL"#),
    ("credentials", "credentials_by_account_status", STATUS, ""),
    ("credentials", "credentials_disabled", STATUS, r#""disabled_at" IS NOT NULL"#),
    ("credentials", "credentials_rotating", STATUS, r#""retires_at" IS NOT NULL"#),
    ("credentials", "credentials_with_public_key", CREATION, r#""public_key" IS NOT NULL"#),
    ("credentials", "credentials_with_secret", CREATION, r#""public_key" IS NULL"#),
    ("credentials", "credentials_restricted", CREATION, r#""restrictions" IS NOT NULL"#),
    ("credentials", "credentials_unrestricted", CREATION, r#""restrictions" IS NULL"#),
    ("credentials", "credentials_never_used", CREATION, r#""last_used_day" = 0"#),
    // Holders of a role.
    (
        "role_bindings",
        "role_bindings_by_role",
        r#""organization_id", "role", "service_account_id""#,
        "",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (name, expiry) = match manager.get_database_backend() {
            DbBackend::Sqlite => {
                add_generated_columns(manager).await?;
                (r#""name_key""#, r#""expiry_key""#)
            }
            _ => (
                r#"substr(lower("name" COLLATE "C"), 1, 32)"#,
                r#"coalesce("expires_at", timestamptz '9999-12-31 23:59:59.999999+00')"#,
            ),
        };
        for (table, index, columns, condition) in INDEXES {
            let columns = columns.replace("{name}", name).replace("{expiry}", expiry);
            let mut sql =
                format!(r#"CREATE INDEX IF NOT EXISTS "{index}" ON "{table}" ({columns})"#);
            if !condition.is_empty() {
                sql += &format!(" WHERE {condition}");
            }
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

async fn add_generated_columns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for (table, column, expression) in GENERATED {
        // `has_column` overlooks generated columns.
        let find = format!("SELECT 1 FROM pragma_table_xinfo('{table}') WHERE name = '{column}'");
        let found = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, find));
        if found.await?.is_none() {
            let add = format!(
                r#"ALTER TABLE "{table}" ADD COLUMN "{column}" text GENERATED ALWAYS AS ({expression}) VIRTUAL"#
            );
            connection.execute_unprepared(&add).await?;
        }
    }
    Ok(())
}
