//! Indexes of the lists of an organization: one for each order and for each filter.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

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
    // Filters, in order of creation.
    (
        "service_accounts",
        "service_accounts_disabled",
        r#""organization_id", "created_at", "id""#,
        r#""disabled_at" IS NOT NULL"#,
    ),
    (
        "credentials",
        "credentials_disabled",
        r#""organization_id", "created_at", "id""#,
        r#""disabled_at" IS NOT NULL"#,
    ),
    (
        "credentials",
        "credentials_rotating",
        r#""organization_id", "created_at", "id""#,
        r#""retires_at" IS NOT NULL"#,
    ),
    (
        "credentials",
        "credentials_by_account_status",
        r#""organization_id", "account_disabled", "created_at", "id""#,
        "",
    ),
    (
        "credentials",
        "credentials_by_auth_method",
        r#""organization_id", ("public_key" IS NULL), "created_at", "id""#,
        "",
    ),
    (
        "credentials",
        "credentials_by_restriction",
        r#""organization_id", ("restrictions" IS NULL), "created_at", "id""#,
        "",
    ),
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
            DbBackend::Sqlite => (
                r#"substr(lower("name"), 1, 32)"#,
                r#"coalesce("expires_at", '9999-12-31T23:59:59.999999+00:00')"#,
            ),
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
