//! `postern audit export` and `postern audit verify`.

use super::{close_block, drop_triggers, exported, run, sql};
use crate::support::World;

#[tokio::test]
async fn an_export_prints_the_log_and_continues_after_a_cursor() {
    let world = World::new().await;
    world.other_tenant().await;
    let all = exported(&world, &[]).await;
    let acme = exported(&world, &["--organization", "acme"]).await;
    let globex = exported(&world, &["--organization", "globex"]).await;
    assert!(!acme.is_empty() && acme.len() + globex.len() == all.len());
    let cursor = all[3]["cursor"].as_str().expect("a cursor");
    assert_eq!(exported(&world, &["--after", cursor]).await, all[4..]);
    let output = run(&world, &["audit", "export", "--organization", "nobody"]).await;
    assert_eq!(output.status.code(), Some(1));
    // Neither is a cursor of an organization one of the log of all. Some cursors begin with a hyphen.
    for cursor in ["nothing", "-nothing", acme[0]["cursor"].as_str().expect("a cursor")] {
        let output = run(&world, &["audit", "export", "--after", cursor]).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
}

#[tokio::test]
async fn verification_succeeds_until_something_was_changed() {
    let world = World::new().await;
    close_block(&world).await;
    let output = run(&world, &["audit", "verify"]).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("head     acme: block 1, ") && text.contains("verified "), "{text}");
    let hash = "0".repeat(64);
    let output = run(&world, &["audit", "verify", "--organization", "acme", "--head", &hash]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");

    drop_triggers(&world).await;
    sql(&world, "UPDATE audit_events SET detail = 'forged'").await.expect("changed");
    let output = run(&world, &["audit", "verify"]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("finding  acme: block 1: an event was changed"), "{text}");
}
