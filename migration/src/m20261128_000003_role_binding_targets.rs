//! Adds the target and the expiry of role bindings.
//!
//! The target is part of the primary key, which SQLite cannot change: the table is created anew. Each
//! step is skipped where it was done, so running it again continues. Earlier versions would take a
//! role that is confined to one service account for one of the organization, so they do not start any
//! more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::compatibility;

const NUMBER: i32 = 3;
const TABLE: &str = "role_bindings";
const NEXT: &str = "role_bindings_with_targets";
const COPIED: [&str; 4] = ["service_account_id", "role", "organization_id", "created_at"];

/// Targets and expiry of role bindings.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        compatibility::require(manager, NUMBER).await?;
        let exists = manager.has_table(TABLE).await?;
        if exists && !manager.has_column(TABLE, "target_id").await? {
            manager.create_table(next()).await?;
            copy(manager).await?;
            manager.drop_table(Table::drop().table(TABLE).take()).await?;
        }
        if manager.has_table(NEXT).await? {
            manager.rename_table(Table::rename().table(NEXT, TABLE).take()).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn next() -> TableCreateStatement {
    Table::create()
        .table(NEXT)
        .if_not_exists()
        .col(string_len("service_account_id", 26))
        .col(string_len("role", 63))
        // The service account that the role is confined to; empty for the organization.
        .col(string_len("target_id", 26).default(""))
        .col(string_len("organization_id", 26))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .primary_key(Index::create().col("service_account_id").col("role").col("target_id"))
        .foreign_key(
            ForeignKey::create()
                .name("role_bindings_holder")
                .from(NEXT, ("service_account_id", "organization_id"))
                .to("service_accounts", ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

async fn copy(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut rows = Query::select();
    rows.columns(COPIED).from(TABLE);
    let mut copy = Query::insert();
    copy.into_table(NEXT).columns(COPIED);
    copy.select_from(rows).map_err(|error| DbErr::Migration(error.to_string()))?;
    // An interrupted run may have copied them already.
    manager.execute(Query::delete().from_table(NEXT).take()).await?;
    manager.execute(copy).await
}

fn indexes() -> [IndexCreateStatement; 3] {
    let index = |name: &str| Index::create().name(name).table(TABLE).if_not_exists().take();
    [
        // Roles of an account. The primary key would do, if SQLite did not prefer other indexes that begin
        // with the organization.
        index("role_bindings_of_account").col("organization_id").col("service_account_id").take(),
        // Roles that are confined to a service account, which are deleted with it.
        index("role_bindings_by_target").col("target_id").take(),
        // Deletion after expiry, across organizations.
        index("role_bindings_by_expiry").col("expires_at").take(),
    ]
}
