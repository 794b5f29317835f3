//! Triggers reject changes of recorded events.

use sea_orm::{ConnectionTrait, TransactionTrait};

use super::{close_block, sql, verify};
use crate::support::World;

#[tokio::test]
async fn recorded_events_positions_and_blocks_cannot_be_changed_or_deleted() {
    let world = World::new().await;
    close_block(&world).await;
    let mut statements = vec![
        "UPDATE audit_events SET detail = 'forged'",
        "DELETE FROM audit_events",
        "UPDATE audit_positions SET position = position + 1000",
        "DELETE FROM audit_positions",
        "UPDATE audit_blocks SET hash = events_digest",
        "UPDATE audit_blocks SET events_deleted_at = created_at",
        "UPDATE audit_blocks SET nonce = NULL",
        "DELETE FROM audit_blocks",
        "INSERT INTO audit_events SELECT * FROM audit_events WHERE true \
         ON CONFLICT (id) DO UPDATE SET detail = 'forged'",
        "INSERT INTO audit_positions SELECT * FROM audit_positions WHERE true \
         ON CONFLICT (position) DO UPDATE SET position = excluded.position + 1000",
        "INSERT INTO audit_blocks SELECT * FROM audit_blocks WHERE true \
         ON CONFLICT (organization_id, number) DO UPDATE SET hash = excluded.events_digest",
    ];
    if world.app.db.is_sqlite() {
        statements.extend(REPLACEMENTS);
    } else {
        statements.push("TRUNCATE audit_events CASCADE");
        statements.push("TRUNCATE audit_positions");
        statements.push("TRUNCATE audit_blocks");
    }
    are_rejected(&world, &statements).await;
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
}

/// By each key of each table, the row id included.
const REPLACEMENTS: [&str; 8] = [
    "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events",
    "REPLACE INTO audit_events SELECT * FROM audit_events",
    "INSERT OR REPLACE INTO audit_events (rowid, id, organization_id, created_at, actor_kind, action, \
     target_kind, target_id, request_id) SELECT rowid, 'another', organization_id, created_at, \
     actor_kind, action, target_kind, target_id, request_id FROM audit_events",
    "UPDATE OR REPLACE audit_events SET id = (SELECT max(id) FROM audit_events)",
    "INSERT OR REPLACE INTO audit_positions SELECT * FROM audit_positions",
    "INSERT OR REPLACE INTO audit_positions (position, event_id, organization_id) \
     SELECT position + 1000, event_id, organization_id FROM audit_positions",
    "INSERT OR REPLACE INTO audit_positions (rowid, position, event_id, organization_id) \
     SELECT rowid, position + 1000, organization_id, organization_id FROM audit_positions",
    "INSERT OR REPLACE INTO audit_blocks SELECT * FROM audit_blocks",
];

#[tokio::test]
async fn the_last_position_and_the_cursor_key_cannot_be_changed_or_deleted() {
    let world = World::new().await;
    close_block(&world).await;
    let mut statements = vec![
        "UPDATE audit_counter SET last_position = last_position - 1",
        "UPDATE audit_counter SET last_position = last_position + 1",
        "UPDATE audit_counter SET id = 2",
        "DELETE FROM audit_counter",
        "INSERT INTO audit_counter SELECT id, 0 FROM audit_counter WHERE true \
         ON CONFLICT (id) DO UPDATE SET last_position = 0",
        "UPDATE audit_cursor_key SET secret = 'known'",
        "DELETE FROM audit_cursor_key",
        "INSERT INTO audit_cursor_key SELECT id, 'known' FROM audit_cursor_key WHERE true \
         ON CONFLICT (id) DO UPDATE SET secret = 'known'",
    ];
    if world.app.db.is_sqlite() {
        statements.extend([
            "REPLACE INTO audit_counter SELECT id, 0 FROM audit_counter",
            "REPLACE INTO audit_cursor_key SELECT id, 'known' FROM audit_cursor_key",
        ]);
    } else {
        statements.extend(["TRUNCATE audit_counter", "TRUNCATE audit_cursor_key"]);
    }
    are_rejected(&world, &statements).await;
    // Other rows are not read.
    sql(&world, "INSERT INTO audit_counter VALUES (0, 0), (2, 9)").await.expect("inserted");
    world.account(&[]).await;
    close_block(&world).await;
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
}

#[tokio::test]
async fn an_event_without_a_position_stays_pending() {
    let world = World::new().await;
    close_block(&world).await;
    let mut statements = vec![
        "DELETE FROM audit_pending",
        "UPDATE audit_pending SET event_id = (SELECT max(event_id) FROM audit_positions)",
    ];
    if world.app.db.is_sqlite() {
        statements.push(
            "INSERT OR REPLACE INTO audit_pending (rowid, event_id) SELECT rowid, (SELECT \
             max(event_id) FROM audit_positions) FROM audit_pending",
        );
    } else {
        statements.push("TRUNCATE audit_pending");
    }
    for statement in statements {
        // In the transaction of the event, before the server assigns a position.
        let transaction = world.app.db.writer().current().begin().await.expect("a transaction");
        for insert in PENDING {
            transaction.execute_unprepared(insert).await.expect("inserted");
        }
        let error = transaction.execute_unprepared(statement).await.expect_err(statement);
        assert!(error.to_string().contains("is append-only"), "{statement}: {error}");
        transaction.rollback().await.expect("rolled back");
    }
}

const PENDING: [&str; 2] = [
    "INSERT INTO audit_events (id, organization_id, created_at, actor_kind, action, target_kind, \
     target_id, request_id) SELECT 'another', organization_id, created_at, actor_kind, action, \
     target_kind, target_id, request_id FROM audit_events LIMIT 1",
    "INSERT INTO audit_pending VALUES ('another')",
];

async fn are_rejected(world: &World, statements: &[&str]) {
    for statement in statements {
        let error = sql(world, statement).await.expect_err(statement);
        assert!(error.contains("is append-only"), "{statement}: {error}");
    }
}
