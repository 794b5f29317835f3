//! Audit events of service accounts.

use entity::service_account;

use crate::domain::audit::{Event, Target};

/// An event of a service account.
pub fn event<'a>(row: &'a service_account::Model, action: &'static str) -> Event<'a> {
    let target = Target { kind: "service_account", id: row.id.as_str(), name: Some(&row.name) };
    Event { organization: &row.organization_id, action, target, detail: None, changes: Vec::new() }
}
