//! Makes blocks of the audit log append-only: none is deleted, and an update only marks the events of a
//! block as deleted, once all of them are from before the horizon.

use sea_orm_migration::prelude::*;

use crate::append_only::{create_triggers_for, reject_replacement};

/// The triggers of blocks.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DELETABLE: &str = "1 = 0";

const UPDATABLE: &str = "(OLD.organization_id, OLD.number, OLD.first_position, OLD.last_position, \
    OLD.event_count, OLD.last_event_at, OLD.events_digest, OLD.previous_hash, OLD.hash, OLD.signature, \
    OLD.signing_key_id, OLD.public_jwk, OLD.created_at, coalesce(OLD.nonce, '')) = (NEW.organization_id, NEW.number, \
    NEW.first_position, NEW.last_position, NEW.event_count, NEW.last_event_at, NEW.events_digest, \
    NEW.previous_hash, NEW.hash, NEW.signature, NEW.signing_key_id, NEW.public_jwk, NEW.created_at, coalesce(NEW.nonce, '')) \
    AND (OLD.nonce IS NULL) = (NEW.nonce IS NULL) AND OLD.events_deleted_at IS NULL AND EXISTS (SELECT 1 FROM audit_horizon \
    WHERE OLD.last_event_at < audit_horizon.delete_before)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers_for(manager, "audit_blocks", DELETABLE, UPDATABLE).await?;
        let key = "existing.organization_id = NEW.organization_id AND existing.number = NEW.number";
        reject_replacement(manager, "audit_blocks", &[key]).await
    }
}
