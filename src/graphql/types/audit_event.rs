//! Audit events.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use entity::audit_event;

/// One event.
pub struct AuditEvent(pub Arc<audit_event::Model>);

/// Something that was done in an organization.
#[Object]
impl AuditEvent {
    /// The id of the event.
    async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// When it was done.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// What was done, such as `credential.create`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The id of the service account that did it; null for the operator of the server.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_id.as_ref().map(ID::from)
    }

    /// The id of the thing that it was done to.
    async fn target_id(&self) -> ID {
        ID::from(&self.0.target_id)
    }

    /// What else tells what was done, such as the label of the role that was granted.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The id of the request that did it: `X-Client-Request-ID`.
    async fn request_id(&self) -> &str {
        &self.0.request_id
    }
}
