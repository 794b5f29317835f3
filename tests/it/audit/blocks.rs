//! Blocks of the audit log.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use entity::{OrganizationId, audit_block};
use postern::authz::Role;
use postern::context::OpContext;
use postern::domain::audit::{self, Event, EventType, Target};
use postern::domain::bootstrap::{BootstrapInput, bootstrap};
use sea_orm::TransactionTrait;
use serde_json::{Value, json};

use super::{close_block, sql, verify};
use crate::support::World;

const HEAD: &str = "/organizations/acme/audit-head";

#[tokio::test]
async fn blocks_cover_all_events_and_continue_each_other() {
    let world = World::new().await;
    let admin = world.admin().await;
    admin.get(HEAD).await.body(404);
    world.other_tenant().await;
    close_block(&world).await;
    let first = admin.get(HEAD).await.body(200);
    assert_eq!(first["number"], 1);
    world.account(&[]).await;
    close_block(&world).await;
    let second = admin.get(HEAD).await.body(200);
    assert_eq!(second["number"], 2);
    assert_ne!(second["hash"], first["hash"]);
    let query = r#"{ organization(id: "acme") { auditHead { number hash eventCount lastEventAt createdAt signature } } }"#;
    let head = admin.graphql(query, json!({})).await.data("/organization/auditHead");
    assert_eq!((&head["number"], &head["hash"]), (&second["number"], &second["hash"]));
    let report = verify(&world).await;
    assert_eq!(report.findings, Vec::<String>::new());
    assert_eq!((report.blocks, report.open_events), (3, 0), "two of acme, one of globex");
    // Nothing new: no block.
    close_block(&world).await;
    assert_eq!(verify(&world).await.blocks, 3);
}

#[tokio::test]
async fn the_head_of_each_closed_block_is_in_the_log() {
    let world = World::new().await;
    let admin = world.admin().await;
    close_block(&world).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let writer = Arc::new(file.reopen().expect("the file"));
    let logs = tracing_subscriber::fmt().json().flatten_event(true).with_writer(writer).finish();
    // Of this thread: the server of this world runs on it, those of other tests do not.
    let _logs = tracing::subscriber::set_default(logs);
    let mut found = 0;
    for number in 2..12 {
        world.account(&[]).await;
        // Another test may register the message meanwhile, for a thread that logs nothing: until it is done,
        // the line may be missing here.
        tracing::callsite::rebuild_interest_cache();
        close_block(&world).await;
        let head = admin.get(HEAD).await.body(200);
        assert_eq!(head["number"], number);
        if let Some(line) = closed(file.path(), number) {
            assert_eq!(line["organization.id"], world.first.organization.id.as_str());
            assert_eq!(
                (&line["block.hash"], &line["events"]),
                (&head["hash"], &head["event_count"])
            );
            found += 1;
        }
    }
    assert!(found >= 5, "{found} lines");
}

/// The line of a log about a closed block.
fn closed(log: &Path, number: u64) -> Option<Value> {
    let text = std::fs::read_to_string(log).expect("text");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.find(|line| line["message"] == "audit block closed" && line["block.number"] == number)
}

#[tokio::test]
async fn replicas_close_one_block() {
    let world = World::new().await;
    let (other, _) = world.replica().await;
    audit::log::assign_positions(&world.app).await.expect("assigned");
    let (here, there) =
        tokio::join!(audit::blocks::close_blocks(&world.app), audit::blocks::close_blocks(&other));
    here.and(there).expect("closed");
    assert_eq!(verify(&world).await.blocks, 1);
}

#[tokio::test]
async fn blocks_of_a_deleted_signing_key_are_still_verified() {
    let world = World::new().await;
    close_block(&world).await;
    sql(&world, "DELETE FROM signing_keys").await.expect("deleted");
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
}

#[tokio::test]
async fn the_retention_deletes_whole_blocks_and_the_rest_is_verified() {
    let world = World::with(&[("AUDIT_RETENTION_DAYS", "30")]).await;
    close_block(&world).await;
    world.clock.advance(TimeDelta::days(31));
    world.account(&[]).await;
    close_block(&world).await;
    audit::delete_expired(&world.app).await.expect("deleted");
    let report = verify(&world).await;
    assert_eq!(report.findings, Vec::<String>::new());
    assert_eq!((report.blocks, report.expired_blocks), (2, 1));
    // Positions are not assigned again.
    world.clock.advance(TimeDelta::days(31));
    audit::delete_expired(&world.app).await.expect("deleted");
    world.account(&[]).await;
    close_block(&world).await;
    let report = verify(&world).await;
    assert_eq!((report.findings, report.blocks), (Vec::new(), 3));
}

#[tokio::test]
async fn no_block_is_closed_without_the_database() {
    let world = World::new().await;
    world.app.db.clone().close().await.expect("closed");
    assert!(audit::blocks::close_blocks(&world.app).await.is_err());
    world.app.db.reconnect().await.expect("reconnected");
    close_block(&world).await;
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
}

/// Records an event of each organization, and closes at most two blocks.
async fn close_two(world: &World, organizations: &[OrganizationId]) {
    world.clock.advance(TimeDelta::seconds(60));
    let transaction = world.app.db.writer().current().begin().await.expect("begun");
    for id in organizations {
        let target = Target { kind: "organization", id: id.as_str(), name: None };
        let event = Event::success(id, EventType::OrganizationUpdate, target);
        let operator = OpContext::operator(&world.app);
        audit::record(&transaction, &operator, event).await.expect("recorded");
    }
    transaction.commit().await.expect("committed");
    audit::log::assign_positions(&world.app).await.expect("assigned");
    audit::blocks::close_at_most(&world.app, 2).await.expect("closed");
}

#[tokio::test]
async fn organizations_take_turns_when_more_blocks_are_due_than_a_run_closes() {
    let world = World::new().await;
    let mut organizations = vec![world.first.organization.id.clone()];
    for organization in ["b", "c", "d"] {
        let input = BootstrapInput { organization, name: "Administrator", role: Role::Admin };
        let created = bootstrap(&OpContext::operator(&world.app), input).await.expect("created");
        organizations.push(created.organization.id);
    }
    for number in [1, 2] {
        for _ in 0..2 {
            close_two(&world, &organizations).await;
        }
        for id in &organizations {
            let last = audit_block::Entity::last_in_org(id).one(world.app.db.reader()).await;
            let last = last.expect("a response").expect("a block");
            assert_eq!(last.number, number, "of {id}");
        }
    }
}
