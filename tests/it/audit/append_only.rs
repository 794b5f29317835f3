//! Triggers reject changes of recorded events.

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
    for statement in statements {
        let error = sql(&world, statement).await.expect_err(statement);
        assert!(error.contains("is append-only"), "{statement}: {error}");
    }
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
