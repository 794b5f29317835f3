//! `auditEventAdded`.

use std::sync::Arc;

use async_graphql::SimpleObject;
use entity::audit_event;

use crate::graphql::types::AuditEvent;

/// Event of the subscription `auditEventAdded`.
#[derive(SimpleObject)]
pub struct AuditEventAddedPayload {
    /// Audit event that was recorded.
    audit_event: AuditEvent,
    /// Cursor of the event: a subscription with it as `after` continues with the next event.
    cursor: String,
}

impl AuditEventAddedPayload {
    /// The payload of an event at a cursor.
    pub fn new(event: Arc<audit_event::Model>, cursor: String) -> Self {
        Self { audit_event: AuditEvent(event), cursor }
    }
}
