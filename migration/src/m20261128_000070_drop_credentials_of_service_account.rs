//! Drops an index of credentials that another one replaces: `credentials_of_account_in_organization`
//! finds the credentials of an account, also for the foreign key, which names the organization too.
//! Each new credential, and the first token of a day, wrote an entry into both.

use sea_orm_migration::prelude::*;

/// The index that is dropped.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = r#"DROP INDEX IF EXISTS "credentials_of_service_account""#;
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }
}
