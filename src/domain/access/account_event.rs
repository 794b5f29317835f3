//! Audit events of service accounts.

use entity::service_account;

use crate::domain::audit::{Event, EventType, Target};

/// An event of a service account.
pub fn event<'a>(row: &'a service_account::Model, action: EventType) -> Event<'a> {
    let target = Target { kind: "service_account", id: row.id.as_str(), name: Some(&row.name) };
    Event::success(&row.organization_id, action, target)
}
