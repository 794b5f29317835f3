//! Limits of what an installation stores.

use chrono::TimeDelta;
use entity::{TenantScoped, audit_event};
use postern::context::OpContext;
use postern::domain::audit::{self, Event, Target};
use sea_orm::PaginatorTrait;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::World;

const ACCOUNTS: &str = "/organizations/acme/service-accounts";

#[tokio::test]
async fn an_organization_has_no_more_service_accounts_than_are_allowed() {
    let world = World::with(&[("SERVICE_ACCOUNTS_PER_ORGANIZATION", "5")]).await;
    let (_, other) = world.replica_with(&[("SERVICE_ACCOUNTS_PER_ORGANIZATION", "5")]).await;
    let admin = world.admin().await;
    let mut creating = JoinSet::new();
    for nth in 0..12 {
        let at = if nth % 2 == 0 { admin.clone() } else { admin.at(&other) };
        let name = json!({ "name": format!("Account {nth}") });
        creating.spawn(async move { at.post(ACCOUNTS, &name).await });
    }
    let replies = creating.join_all().await;
    assert_eq!(replies.iter().filter(|it| it.status == 201).count(), 4, "beside the admin");
    for refused in replies.iter().filter(|it| it.status != 201) {
        refused.is_conflict("LIMIT_REACHED");
        assert!(refused.text.contains("at most 5 service accounts"), "{refused:?}");
    }
    // The way in that an operator needs when all else is lost.
    world.account(&[]).await;
    admin.post(ACCOUNTS, &json!({ "name": "x" })).await.is_conflict("LIMIT_REACHED");
    let list = admin.get(ACCOUNTS).await.body(200);
    let ids = list["items"].as_array().expect("items").iter().filter_map(|it| it["id"].as_str());
    for id in ids.filter(|id| *id != world.first.service_account.id.as_str()).take(2) {
        assert_eq!(admin.delete(&format!("{ACCOUNTS}/{id}")).await.status, 204);
    }
    admin.post(ACCOUNTS, &json!({ "name": "x" })).await.body(201);
}

/// How many events there are.
async fn events(world: &World) -> u64 {
    let all = audit_event::Entity::in_org(&world.first.organization.id);
    all.count(world.app.db.reader()).await.expect("a count")
}

/// Records so many events now.
async fn record(world: &World, count: usize) {
    let organization = &world.first.organization.id;
    let event = |_| Event {
        organization,
        action: "organization.update",
        target: Target { kind: "organization", id: organization.as_str(), name: None },
        detail: None,
        changes: Vec::new(),
    };
    let all = (0..count).map(event).collect();
    let op = OpContext::operator(&world.app);
    audit::record_all(world.app.db.writer(), &op, all).await.expect("recorded");
}

#[tokio::test]
async fn audit_events_are_deleted_when_their_retention_has_ended() {
    let days = [("AUDIT_RETENTION_DAYS", "30")];
    let world = World::with(&days).await;
    let (app, _) = world.replica_with(&days).await;
    record(&world, 2_500).await;
    world.clock.advance(TimeDelta::days(30));
    record(&world, 7).await;
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
