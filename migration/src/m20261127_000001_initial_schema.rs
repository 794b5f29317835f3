//! Creates the initial schema: a file per table, with its columns, foreign keys and indexes.

use sea_orm_migration::prelude::*;

use crate::compatibility::{LEAST_VERSION, TABLE};

mod api_grants;
mod apis;
mod audit_events;
mod credentials;
mod idempotency_keys;
mod identifier_prefixes;
mod organizations;
mod reserved_identifiers;
mod revoked_tokens;
mod role_bindings;
mod schema_compatibility;
mod service_accounts;
mod signing_keys;
mod used_assertions;

/// The number of this migration, and the first least compatible version.
const NUMBER: i32 = 1;

/// The initial schema.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A table and its indexes.
struct Definition {
    table: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

/// All tables, each after those that its foreign keys refer to.
fn definitions() -> [Definition; 14] {
    [
        organizations::definition(),
        service_accounts::definition(),
        role_bindings::definition(),
        credentials::definition(),
        revoked_tokens::definition(),
        used_assertions::definition(),
        apis::definition(),
        api_grants::definition(),
        identifier_prefixes::definition(),
        reserved_identifiers::definition(),
        idempotency_keys::definition(),
        audit_events::definition(),
        signing_keys::definition(),
        schema_compatibility::definition(),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each statement commits by itself, as not every engine that speaks PostgreSQL's protocol takes
    /// several changes of the schema in one transaction. Each skips what exists.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for Definition { mut table, indexes } in definitions() {
            manager.create_table(table.if_not_exists().take()).await?;
            for mut index in indexes {
                manager.create_index(index.if_not_exists().take()).await?;
            }
        }
        credentials::leave_room_for_usage(manager).await?;
        let mut marker = Query::insert();
        marker.into_table(TABLE).columns([LEAST_VERSION]).values_panic([NUMBER.into()]);
        marker.on_conflict(OnConflict::column(LEAST_VERSION).do_nothing().to_owned());
        manager.execute(marker).await
    }
}
