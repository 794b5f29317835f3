//! Changes behind the server's back, by somebody with all rights on the database.

use chrono::TimeDelta;

use super::{close_block, drop_triggers, sql, verify, verify_with};
use crate::support::World;

/// A world with two blocks of acme, and one of globex.
async fn world() -> World {
    let world = World::new().await;
    world.other_tenant().await;
    close_block(&world).await;
    world.account(&[]).await;
    close_block(&world).await;
    drop_triggers(&world).await;
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
    world
}

const OF_SECOND: &str = "(SELECT event_id FROM audit_positions WHERE position = 2)";

async fn finds(statements: &[&str], expected: &str) {
    let world = world().await;
    for statement in statements {
        sql(&world, statement).await.expect(statement);
    }
    let findings = verify(&world).await.findings;
    assert!(findings.iter().any(|it| it.contains(expected)), "{expected}: {findings:?}");
}

#[tokio::test]
async fn a_changed_event_is_found() {
    let change = format!("UPDATE audit_events SET detail = 'forged' WHERE id = {OF_SECOND}");
    finds(&[&change], "an event was changed or moved").await;
    let time = format!("UPDATE audit_events SET request_id = 'x' WHERE id = {OF_SECOND}");
    finds(&[&time], "block 1: an event was changed or moved").await;
}

#[tokio::test]
async fn a_deleted_event_is_found() {
    let delete = format!("DELETE FROM audit_events WHERE id = {OF_SECOND}");
    finds(&[&delete], "1 events were deleted").await;
    finds(&[&delete], "assigned positions are missing").await;
    // Marked as if the retention had deleted all events of the block.
    let all = "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_positions AS at JOIN \
        audit_blocks AS block ON block.organization_id = at.organization_id WHERE block.number = 2 \
        AND at.position BETWEEN block.first_position AND block.last_position)";
    let mark = "UPDATE audit_blocks SET events_deleted_at = created_at WHERE number = 2";
    finds(&[all, mark], "were deleted before their retention").await;
}

#[tokio::test]
async fn moved_and_inserted_events_are_found() {
    finds(
        &[
            "UPDATE audit_positions SET position = -1 WHERE position = 2",
            "UPDATE audit_positions SET position = 2 WHERE position = 3",
            "UPDATE audit_positions SET position = 3 WHERE position = -1",
        ],
        "an event was changed or moved",
    )
    .await;
    // An event of globex among those of the second block of acme.
    let foreign = "UPDATE audit_positions SET organization_id = \
        (SELECT id FROM organizations WHERE label = 'acme') WHERE position = \
        (SELECT last_position FROM audit_blocks WHERE organization_id = \
        (SELECT id FROM organizations WHERE label = 'globex'))";
    finds(&[foreign], "1 events were inserted").await;
}

#[tokio::test]
async fn an_event_before_the_first_position_is_found() {
    let forged = format!("a{}", "0".repeat(25));
    let position = format!(
        "INSERT INTO audit_positions (position, event_id, organization_id) \
         SELECT 0, id, organization_id FROM audit_events WHERE id = '{forged}'"
    );
    let columns = "organization_id, created_at, actor_kind, action, target_kind, target_id, \
        request_id, outcome, event_count";
    let copy = format!(
        "INSERT INTO audit_events (id, {columns}) SELECT '{forged}', {columns} FROM audit_events \
         WHERE id = {OF_SECOND}"
    );
    finds(&[&copy, &position], "block 1: 1 events were inserted").await;
}

#[tokio::test]
async fn an_event_outside_of_the_log_is_found() {
    let world = world().await;
    sql(&world, "DELETE FROM audit_positions WHERE position = 2").await.expect("deleted");
    world.clock.advance(TimeDelta::hours(3));
    let findings = verify(&world).await.findings;
    assert!(findings.iter().any(|it| it.contains("is not in the log")), "{findings:?}");
}

#[tokio::test]
async fn a_changed_or_forged_block_is_found() {
    finds(&["UPDATE audit_blocks SET event_count = 1000"], "it was changed: its hash differs")
        .await;
    finds(&["UPDATE audit_blocks SET nonce = NULL"], "it was changed: its hash differs").await;
    finds(
        &["UPDATE audit_blocks SET signature = replace(signature, '.', '.A') WHERE number = 2"],
        "block 2: its signature is invalid",
    )
    .await;
    // Signed by another key under the id of the real one.
    finds(
        &["UPDATE audit_blocks SET public_jwk = replace(public_jwk, 'sig', 'enc')"],
        "its public key is not that of its signing key",
    )
    .await;
    let renamed = "UPDATE audit_blocks SET signing_key_id = 'kaaaaaaaaaaaaaaaaaaaaaaaaa'";
    finds(&[renamed], "block 2: its public key is not that of its signing key").await;
    finds(&["DELETE FROM audit_blocks WHERE number = 1"], "1 blocks before it are missing").await;
    finds(
        &["UPDATE audit_blocks SET hash = events_digest WHERE number = 1"],
        "block 2: it does not continue the block before it",
    )
    .await;
}

#[tokio::test]
async fn a_removed_end_is_found_with_a_known_head() {
    let world = world().await;
    let head = verify(&world).await.heads.into_iter().find(|(label, ..)| label == "acme");
    let (_, number, hash) = head.expect("a head");
    assert_eq!(number, 2);
    assert_eq!(verify_with(&world, Some(&hash)).await.findings, Vec::<String>::new());
    for statement in [
        "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_positions WHERE position >= \
         (SELECT first_position FROM audit_blocks WHERE number = 2))",
        "UPDATE audit_counter SET last_position = \
         (SELECT first_position - 1 FROM audit_blocks WHERE number = 2)",
        "DELETE FROM audit_blocks WHERE number = 2",
    ] {
        sql(&world, statement).await.expect(statement);
    }
    assert_eq!(verify(&world).await.findings, Vec::<String>::new(), "nothing else is missing");
    let findings = verify_with(&world, Some(&hash)).await.findings;
    assert!(findings.iter().any(|it| it.contains(&hash)), "{findings:?}");
}
