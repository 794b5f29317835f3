//! Finds the credential that another one replaces.

use sea_orm_migration::prelude::*;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Only credentials that are being replaced are in the index, so that it costs the others nothing.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = r#"CREATE INDEX IF NOT EXISTS "credentials_replaced_by"
            ON "credentials" ("replaced_by") WHERE "replaced_by" IS NOT NULL"#;
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }
}
