//! The master key is changed replica by replica, and nothing stops.

use std::process::{Command, Output};

use postern::app::App;
use reqwest::Method;
use serde_json::json;

use super::{JWKS, maintain, token};
use crate::support::{Caller, Reply, World, in_time};

const NEW: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// A create that is known again by its key.
async fn create(admin: &Caller, key: &str) -> Reply {
    let path = "/organizations/acme/service-accounts";
    let request = admin.request(Method::POST, path).json(&json!({ "name": "Kept" }));
    Reply::of(request.header("idempotency-key", key)).await
}

/// Runs a command on the database of this world.
async fn run(world: &World, arguments: &'static [&str], masters: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.args(arguments).envs(world.environment()).env("POSTERN_MASTER_KEY", masters);
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.expect("no panic").expect("the command runs")
}

async fn replica(world: &World, masters: &str) -> (App, String) {
    world.replica_with(&[("MASTER_KEY", masters)]).await
}

#[tokio::test]
async fn the_master_key_is_changed_without_interruption_and_the_old_one_decrypts_nothing() {
    let world = World::new().await;
    let old = world.setting("MASTER_KEY");
    let admin = world.admin().await;
    let kid = admin.get(JWKS).await.text;
    let first = create(&admin, "of-old").await.body(201);

    let (_, before) = replica(&world, &format!("{old},{NEW}")).await;
    let (app, after) = replica(&world, &format!("{NEW},{old}")).await;
    let second = create(&admin.at(&after), "of-new").await.body(201);
    for base in [&before, &after] {
        assert_eq!(create(&admin.at(base), "of-old").await.body(201), first);
        assert_eq!(create(&admin.at(base), "of-new").await.body(201), second);
        token(&world, &world.anonymous().at(base)).await;
    }

    let (masters, busy) = (format!("{NEW},{old}"), world.anonymous().at(&after));
    for told in [
        "re-encrypted signing keys: 1\nre-encrypted stored responses: 1\n",
        "re-encrypted signing keys: 0\nre-encrypted stored responses: 0\n",
    ] {
        let mut done = std::pin::pin!(run(&world, &["keys", "reencrypt"], &masters));
        let output = in_time("everything is encrypted again", async {
            loop {
                tokio::select! {
                    output = &mut done => break output,
                    _ = token(&world, &busy) => maintain(&app).await,
                }
            }
        })
        .await;
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8(output.stdout).expect("text"), told);
    }

    let (_, alone) = replica(&world, NEW).await;
    // Also at the replica that knows nothing but the old one, and has the signing key open.
    for base in [&alone, &after, &world.base] {
        assert_eq!(admin.at(base).get(JWKS).await.text, kid);
        token(&world, &world.anonymous().at(base)).await;
    }
    assert_eq!(create(&admin.at(&alone), "of-old").await.body(201), first);
    assert_eq!(create(&admin.at(&alone), "of-new").await.body(201), second);
    let refused = run(&world, &["serve"], &old).await;
    let told = String::from_utf8(refused.stderr).expect("text");
    assert_eq!((refused.status.code(), told.lines().count()), (Some(1), 1), "{told}");
    assert!(told.contains("encrypted under another master key"), "{told}");
}
