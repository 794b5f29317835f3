//! `auditEventAdded`.

use std::sync::Arc;

use async_graphql::{ID, InputObject, SimpleObject};
use entity::audit_event;

use crate::domain::audit::LogFilter;
use crate::graphql::types::AuditEvent;

/// Conditions of `auditEventAdded`. An event meets all that are given.
#[derive(InputObject, Default)]
pub struct AuditEventSubscriptionFilter {
    /// Names of actions, such as `credential.create`, any of which the event has: at most 100.
    actions: Option<Vec<String>>,
    /// ID of the service account that performed the action.
    actor_id: Option<ID>,
    /// ID of the target, the object that the action applied to.
    target_id: Option<ID>,
}

impl From<AuditEventSubscriptionFilter> for LogFilter {
    fn from(filter: AuditEventSubscriptionFilter) -> Self {
        Self {
            actions: filter.actions,
            actor_id: filter.actor_id.map(|id| id.to_string()),
            target_id: filter.target_id.map(|id| id.to_string()),
        }
    }
}

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
