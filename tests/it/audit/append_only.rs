//! Triggers reject changes of recorded events.

use super::{close_block, sql};
use crate::support::World;

#[tokio::test]
async fn recorded_events_and_positions_cannot_be_changed_or_deleted() {
    let world = World::new().await;
    close_block(&world).await;
    let mut statements = vec![
        "UPDATE audit_events SET detail = 'forged'",
        "DELETE FROM audit_events",
        "UPDATE audit_positions SET position = position + 1000",
        "DELETE FROM audit_positions",
    ];
    if !world.app.db.is_sqlite() {
        statements.push("TRUNCATE audit_events CASCADE");
        statements.push("TRUNCATE audit_positions");
    }
    for statement in statements {
        let error = sql(&world, statement).await.expect_err(statement);
        assert!(error.contains("is append-only"), "{statement}: {error}");
    }
}
