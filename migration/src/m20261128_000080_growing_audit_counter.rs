//! Protects the last position of the audit log: it only grows, to a position that was assigned, and is
//! never deleted.

use sea_orm_migration::prelude::*;

use crate::append_only::{create_triggers_for, reject_replacement};

/// The triggers of the last position.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DELETABLE: &str = "1 = 0";

const UPDATABLE: &str = "OLD.id = NEW.id AND OLD.last_position < NEW.last_position AND EXISTS \
    (SELECT 1 FROM audit_positions WHERE audit_positions.position = NEW.last_position)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers_for(manager, "audit_counter", DELETABLE, UPDATABLE).await?;
        reject_replacement(manager, "audit_counter", &["existing.id = NEW.id"]).await
    }
}
