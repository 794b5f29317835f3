//! Makes the maintenance of the index of names merge its parts as soon as there are two of one level, so
//! that a search reads few of them. The default is four.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The setting.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let setting = "INSERT INTO service_account_names (service_account_names, rank) \
                       VALUES ('usermerge', 2)";
        manager.get_connection().execute_unprepared(setting).await.map(drop)
    }
}
