//! Reserves the identifiers of the registered APIs for their organizations.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = ["identifier", "organization_id", "created_at"];
        let registered = Query::select().columns(columns).from("apis").take();
        let mut reserve = Query::insert();
        reserve.into_table("reserved_identifiers").columns(columns);
        reserve.select_from(registered).map_err(|error| DbErr::Migration(error.to_string()))?;
        manager.execute(reserve).await
    }
}
