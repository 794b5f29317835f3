//! The audit trail.

mod authentication;
mod catalogue;
mod coverage;
mod operations;
mod output;
mod rejections;

use entity::{TenantScoped, audit_event};

use crate::support::World;

/// The audit events of the first organization with an action.
async fn events(world: &World, action: &str) -> Vec<audit_event::Model> {
    let rows = audit_event::Entity::in_org(&world.first.organization.id);
    let rows = rows.all(world.app.db.reader()).await.expect("rows");
    rows.into_iter().filter(|row| row.action == action).collect()
}

/// The number of attempts that these events stand for.
fn attempts(events: &[audit_event::Model]) -> i64 {
    events.iter().map(|event| event.event_count).sum()
}
