//! Positions of the audit log.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{AuditEventId, OrganizationId, TenantScoped, audit_event};
use postern::app::App;
use postern::context::OpContext;
use postern::domain::audit::{self, Event, EventType, Target, log};
use postern::store::{ConnectMode, Db};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, TransactionTrait};

use crate::support::{World, eventually, in_time};

/// Records an event with this detail.
pub async fn record(on: &impl ConnectionTrait, world: &World, detail: &str) {
    let organization = &world.first.organization.id;
    let target = Target { kind: "organization", id: organization.as_str(), name: None };
    let event = Event::success(organization, EventType::OrganizationUpdate, target);
    let event = Event { detail: Some(detail), ..event };
    audit::record(on, &OpContext::operator(&world.app), event).await.expect("recorded");
}

/// Records an event in a transaction of its own.
pub async fn commit(app: &App, world: &World, detail: &str) {
    let transaction = app.db.writer().current().begin().await.expect("begun");
    record(&transaction, world, detail).await;
    transaction.commit().await.expect("committed");
}

/// Reads on from a position, and returns the details with the new position.
async fn read_on(world: &World, position: &mut i64) -> Vec<String> {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let mut details = Vec::new();
    loop {
        let entries = log::after(&op, organization, *position, 2).await.expect("entries");
        let Some(last) = entries.last() else { return details };
        assert!(entries.is_sorted_by(|a, b| a.position < b.position), "{entries:?}");
        *position = last.position;
        details.extend(entries.into_iter().filter_map(|it| it.event.detail));
    }
}

async fn last(app: &App, organization: &OrganizationId) -> i64 {
    log::last_position(&OpContext::operator(app), organization).await.expect("a position")
}

#[tokio::test]
async fn an_event_that_commits_late_follows_those_that_committed_before_it() {
    let world = World::new().await;
    let mut position = 0;
    let url = world.database_url();
    let late = Database::connect(&url).await.expect("a connection");
    let is_postgres = !world.app.db.is_sqlite();
    // SQLite has one writer: there, a transaction that began first also commits first.
    let held = if is_postgres { Some(late.begin().await.expect("begun")) } else { None };
    if let Some(held) = &held {
        record(held, &world, "late").await;
    }
    for detail in ["first", "second", "third"] {
        world.clock.advance(TimeDelta::microseconds(1));
        commit(&world.app, &world, detail).await;
    }
    log::assign_positions(&world.app).await.expect("assigned");
    let seen = read_on(&world, &mut position).await;
    assert_eq!(
        seen.iter().filter(|it| *it != "org_admin").collect::<Vec<_>>(),
        ["first", "second", "third"]
    );
    match held {
        Some(held) => held.commit().await.expect("committed"),
        None => commit(&world.app, &world, "late").await,
    }
    log::assign_positions(&world.app).await.expect("assigned");
    assert_eq!(read_on(&world, &mut position).await, ["late"]);
    assert_eq!(read_on(&world, &mut position).await, Vec::<String>::new());
}

#[tokio::test]
async fn concurrent_events_of_all_replicas_are_read_once_each() {
    let world = World::new().await;
    let (other, _) = world.replica().await;
    let position = last(&world.app, &world.first.organization.id).await;
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let writers = (0..4).map(|writer| {
        let app = if writer % 2 == 0 { &world.app } else { &other };
        let world = &world;
        async move {
            for number in 0..25 {
                commit(app, world, &format!("{writer}/{number}")).await;
            }
        }
    });
    let reader = async {
        let (mut at, mut seen) = (position, Vec::<AuditEventId>::new());
        let mut changed = world.app.audit_log.watch(organization);
        let mut found = 0;
        while found < 100 {
            let entries = log::after(&op, organization, at, 7).await.expect("entries");
            match entries.last() {
                Some(last) => at = last.position,
                None => changed.changed().await,
            }
            let of_test = |it: &&log::Entry| {
                it.event.detail.as_ref().is_some_and(|detail| detail.contains('/'))
            };
            found += entries.iter().filter(of_test).count();
            seen.extend(entries.into_iter().map(|entry| entry.event.id));
        }
        seen
    };
    let (_, seen) = in_time("all events", async {
        tokio::join!(futures_util::future::join_all(writers), reader)
    })
    .await;
    let distinct: HashSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "none is read twice");
}

#[tokio::test]
async fn an_event_of_an_older_version_is_added_to_the_log() {
    let world = World::new().await;
    // More than one page of the search.
    commit_many(&world, 1_000).await;
    log::assign_positions(&world.app).await.expect("assigned");
    let organization = &world.first.organization.id;
    let mut since = None;
    for _ in 0..2 {
        let position = last(&world.app, organization).await;
        world.clock.advance(TimeDelta::hours(3));
        record_as_older_version(&world, world.now()).await;
        since = Some(log::adopt_events(&world.app, since).await.expect("adopted"));
        log::assign_positions(&world.app).await.expect("assigned");
        let entries = log::after(&OpContext::operator(&world.app), organization, position, 9).await;
        let details = entries.expect("entries").into_iter().map(|it| it.event.detail);
        assert_eq!(details.collect::<Vec<_>>(), [Some("older".to_owned())]);
    }
}

#[tokio::test]
async fn an_event_that_was_not_added_in_time_is_found_among_many() {
    let world = World::new().await;
    commit_many(&world, 1_000).await;
    log::assign_positions(&world.app).await.expect("assigned");
    let at = world.now() + TimeDelta::seconds(1);
    world.clock.advance(TimeDelta::days(9));
    let id = record_as_older_version(&world, at).await;
    log::adopt_events(&world.app, None).await.expect("adopted");
    let findings = super::verify(&world).await.findings;
    assert_eq!(findings, [format!("event {id} is not in the log")]);
}

/// Records an event without a mark, as a version does that knows no log.
async fn record_as_older_version(world: &World, at: DateTime<Utc>) -> AuditEventId {
    let db = &world.app.db;
    let any = audit_event::Entity::in_org(&world.first.organization.id);
    let any = any.one(db.reader()).await.expect("an answer").expect("an event");
    let id: AuditEventId = postern::random::id();
    let mut older: audit_event::ActiveModel = any.into();
    older.id = Set(id.clone());
    older.created_at = Set(at);
    older.detail = Set(Some("older".to_owned()));
    older.insert(db.writer()).await.expect("inserted");
    id
}

#[tokio::test]
async fn a_change_wakes_those_who_wait_on_every_replica() {
    let world = World::new().await;
    let (other, _) = world.replica().await;
    let organization = &world.first.organization.id;
    let watches = [&world.app, &other].map(|app| app.audit_log.watch(organization));
    let admin = world.admin().await;
    let known = last(&world.app, organization).await;
    let input = serde_json::json!({ "name": "Renamed" });
    let path = format!("/organizations/{organization}");
    assert_eq!(admin.patch(&path, &input).await.status, 200);
    for mut watch in watches {
        in_time("a wake-up", async {
            loop {
                watch.changed().await;
                // An earlier event may have woken it.
                if last(&world.app, organization).await > known {
                    break;
                }
            }
        })
        .await;
    }
}

#[tokio::test]
async fn positions_are_assigned_after_an_outage() {
    let world = World::new().await;
    let config = world.app.config.database.clone();
    let db = Db::connect(&config, ConnectMode::Serve).await.expect("a database");
    let organization = &world.first.organization.id;
    log::assign_positions(&world.app).await.expect("assigned");
    let before = last(&world.app, organization).await;
    world.app.db.clone().close().await.expect("closed");
    assert!(log::assign_positions(&world.app).await.is_err(), "the database is away");
    let transaction = db.writer().current().begin().await.expect("begun");
    record(&transaction, &world, "during the outage").await;
    transaction.commit().await.expect("committed");
    world.app.db.reconnect().await.expect("reconnected");
    eventually("the event has a position", async || last(&world.app, organization).await > before)
        .await;
}

/// Records so many events in one transaction.
pub async fn commit_many(world: &World, count: usize) {
    let transaction = world.app.db.writer().current().begin().await.expect("begun");
    for number in 0..count {
        record(&transaction, world, &number.to_string()).await;
    }
    transaction.commit().await.expect("committed");
}
