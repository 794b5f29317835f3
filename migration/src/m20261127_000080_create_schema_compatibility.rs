//! Creates the marker of the oldest version that may work with the database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::compatibility::{LEAST_VERSION, TABLE};

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create().table(TABLE).col(integer(LEAST_VERSION).primary_key()).take();
        manager.create_table(table).await?;
        // Versions before this one refuse every migration that they do not know.
        let mut marker = Query::insert();
        marker.into_table(TABLE).columns([LEAST_VERSION]).values_panic([80.into()]);
        manager.execute(marker).await
    }
}
