//! The usage of a service account, for the list of those that are not used any more: a day on which one
//! of its credentials was used, in days since 1970, and the last usage of a credential that is deleted.
//!
//! A later day is possible: it is 0 before the first token that this version issues, and a version
//! before this one does not write it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "service_accounts";
        let columns = [
            ("used_day", integer("used_day").default(0).take()),
            ("deleted_last_used_at", timestamp_with_time_zone_null("deleted_last_used_at")),
        ];
        for (name, column) in columns {
            if !manager.has_column(table, name).await? {
                let alter = Table::alter().table(table).add_column(column).take();
                manager.alter_table(alter).await?;
            }
        }
        let index = "CREATE INDEX IF NOT EXISTS service_accounts_by_used_day ON service_accounts \
                     (organization_id, used_day)";
        manager.get_connection().execute_unprepared(index).await.map(drop)
    }
}
