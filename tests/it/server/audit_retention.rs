//! Retention of audit events.

use chrono::TimeDelta;
use entity::{TenantScoped, audit_event};
use postern::context::OpContext;
use postern::domain::audit::{self, Event, EventType, Target};
use postern::server::maintenance;
use postern::store;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, PaginatorTrait, TransactionTrait};

use crate::support::{World, in_time};

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

/// Events as recorded by a version that knows no log, at the present time.
async fn record_outside(world: &World, count: usize) {
    let any = audit_event::Entity::in_org(&world.first.organization.id);
    let any = any.one(world.app.db.reader()).await.expect("an answer").expect("an event");
    for _ in 0..count {
        let mut row: audit_event::ActiveModel = any.clone().into();
        row.id = Set(postern::random::id());
        row.created_at = Set(world.now());
        row.insert(world.app.db.writer()).await.expect("inserted");
    }
}

#[tokio::test]
async fn expired_events_outside_the_log_are_deleted_and_waiting_ones_are_not() {
    let world = World::with(&[("AUDIT_RETENTION_DAYS", "1")]).await;
    close_blocks(&world).await;
    // Older than those outside, in no block: more than one page.
    record(&world, 1_500).await;
    audit::log::assign_positions(&world.app).await.expect("assigned");
    world.clock.advance(TimeDelta::microseconds(1));
    record_outside(&world, 3).await;
    record(&world, 2).await;
    world.clock.advance(TimeDelta::days(1) + TimeDelta::microseconds(1));
    record_outside(&world, 4).await;
    audit::delete_expired(&world.app).await.expect("done");
    assert_eq!(events(&world).await, 1_500 + 2 + 4);
}

#[tokio::test]
async fn key_maintenance_does_not_wait_for_the_audit_log() {
    let world = World::with(&[("AUDIT_RETENTION_DAYS", "1")]).await;
    let transaction = world.app.db.writer().current().begin().await.expect("begun");
    store::advisory_lock(&transaction, "audit_log").await.expect("locked");
    // With SQLite the lock is that of the only writer, which every change waits for.
    if !world.app.db.is_sqlite() {
        in_time("maintenance", maintenance::maintain(&world.app)).await;
    }
    transaction.rollback().await.expect("ended");
}
