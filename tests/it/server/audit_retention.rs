//! Retention of audit events.

use chrono::TimeDelta;
use entity::{TenantScoped, audit_event};
use postern::context::OpContext;
use postern::domain::audit::{self, Event, EventType, Target};
use sea_orm::{PaginatorTrait, TransactionTrait};

use crate::support::World;

/// How many events there are.
async fn events(world: &World) -> u64 {
    let all = audit_event::Entity::in_org(&world.first.organization.id);
    all.count(world.app.db.reader()).await.expect("a count")
}

/// Records so many events now.
async fn record(world: &World, count: usize) {
    let organization = &world.first.organization.id;
    let target = || Target { kind: "organization", id: organization.as_str(), name: None };
    let event = |_| Event::success(organization, EventType::OrganizationUpdate, target());
    let all = (0..count).map(event).collect();
    let op = OpContext::operator(&world.app);
    let transaction = world.app.db.writer().current().begin().await.expect("begun");
    audit::record_all(&transaction, &op, all).await.expect("recorded");
    transaction.commit().await.expect("committed");
}

/// Closes the blocks of all events: others are not deleted.
async fn close_blocks(world: &World) {
    audit::log::assign_positions(&world.app).await.expect("assigned");
    audit::blocks::close_blocks(&world.app).await.expect("closed");
}

#[tokio::test]
async fn audit_events_are_deleted_after_their_retention() {
    let days = [("AUDIT_RETENTION_DAYS", "30")];
    let world = World::with(&days).await;
    let (app, _) = world.replica_with(&days).await;
    record(&world, 2_500).await;
    close_blocks(&world).await;
    world.clock.advance(TimeDelta::days(30));
    record(&world, 7).await;
    close_blocks(&world).await;
    audit::delete_expired(&app).await.expect("done");
    assert!(events(&world).await > 2_507, "none is older than the retention");
    world.clock.advance(TimeDelta::microseconds(1));
    let (here, there) =
        tokio::join!(audit::delete_expired(&world.app), audit::delete_expired(&app));
    here.and(there).expect("done, also by two replicas at once");
    // One of two that share the rows may have stopped before the other was done.
    audit::delete_expired(&app).await.expect("done");
    assert_eq!(events(&world).await, 7);
}

#[tokio::test]
async fn audit_events_are_kept_for_ever_without_a_retention() {
    let world = World::new().await;
    let before = events(&world).await;
    world.clock.advance(TimeDelta::days(36_500));
    audit::delete_expired(&world.app).await.expect("done");
    assert_eq!(events(&world).await, before);
}
