//! Blocks of the audit log.

use async_graphql::Object;
use entity::audit_block;

use super::scalars::DateTime;

/// A closed block of the audit log.
pub struct AuditBlock(pub audit_block::Model);

/// A closed block of the audit log. Each block contains the hash of the block before it.
#[Object]
impl AuditBlock {
    /// Number of the block in the organization, from 1. Saturates at 2147483647.
    async fn number(&self) -> i32 {
        i32::try_from(self.0.number).unwrap_or(i32::MAX)
    }

    /// SHA-256 hash of the block in hexadecimal, for `postern audit verify --head`.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Number of events in the block: 1 to 1000.
    async fn event_count(&self) -> i32 {
        self.0.event_count
    }

    /// Time of the latest event in the block.
    async fn last_event_at(&self) -> DateTime {
        DateTime(self.0.last_event_at)
    }

    /// Time at which the block was closed.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Signature of the hash by a signing key of the server, as a JWS in compact serialization.
    async fn signature(&self) -> &str {
        &self.0.signature
    }
}
