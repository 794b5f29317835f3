//! Enums and the catalogue of audit events.

use async_graphql::Object;

use crate::domain::audit::{EventReason, EventType, Outcome};
use crate::graphql::engine::{Published, PublishedEnum};

/// The type of an audit event.
pub type AuditEventType = PublishedEnum<EventType>;
/// The outcome of an audit event.
pub type AuditOutcome = PublishedEnum<Outcome>;
/// The reason of an audit event.
pub type AuditReason = PublishedEnum<EventReason>;

impl Published for EventType {
    const NAME: &'static str = "AuditEventType";
    const DESCRIPTION: &'static str = "Types of audit events.";

    fn all() -> &'static [Self] {
        Self::ALL
    }

    fn name(self) -> String {
        Self::name(self)
    }

    fn description(self) -> &'static str {
        Self::description(self)
    }
}

impl Published for Outcome {
    const NAME: &'static str = "AuditOutcome";
    const DESCRIPTION: &'static str = "Outcomes of audited attempts.";

    fn all() -> &'static [Self] {
        Self::ALL
    }

    fn name(self) -> String {
        self.text().to_ascii_uppercase()
    }

    fn description(self) -> &'static str {
        Self::description(self)
    }
}

impl Published for EventReason {
    const NAME: &'static str = "AuditReason";
    const DESCRIPTION: &'static str = "Reasons of audited attempts that were denied or failed.";

    fn all() -> &'static [Self] {
        Self::ALL
    }

    fn name(self) -> String {
        self.text().to_owned()
    }

    fn description(self) -> &'static str {
        Self::description(self)
    }
}

/// An entry of the catalogue.
pub struct AuditEventTypeEntry(pub EventType);

/// An entry of the catalogue of audit event types.
#[Object]
impl AuditEventTypeEntry {
    /// Type of the audit events.
    #[graphql(name = "type")]
    async fn event_type(&self) -> AuditEventType {
        PublishedEnum(self.0)
    }

    /// Name of the action, such as `credential.create`.
    async fn action(&self) -> &'static str {
        self.0.action()
    }

    /// Meaning of the event type in one sentence.
    async fn meaning(&self) -> &'static str {
        self.0.description()
    }

    /// Kind of the target in snake case, such as `credential`.
    async fn target_kind(&self) -> &'static str {
        self.0.target_kind()
    }
}
