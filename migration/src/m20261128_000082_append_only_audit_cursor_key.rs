//! Protects the key of the cursors of the audit log, which is never changed or deleted.

use sea_orm_migration::prelude::*;

use crate::append_only::{create_triggers, reject_replacement};

/// The triggers of the key of cursors.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers(manager, "audit_cursor_key", "1 = 0").await?;
        reject_replacement(manager, "audit_cursor_key", &["existing.id = NEW.id"]).await
    }
}
