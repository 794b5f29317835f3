//! Another algorithm is another key, and they live side by side.

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;

use super::{Verifier, header, maintain, opens, published, rows, token};
use crate::support::{Caller, World};

async fn algorithm(world: &World, at: &Caller) -> Algorithm {
    header(&token(world, at).await).alg
}

#[tokio::test]
async fn tokens_stay_valid_while_the_signing_algorithm_changes() {
    let world = World::with(&[("TOKEN_TTL_SECONDS", "86400")]).await;
    let (here, lead) = (world.anonymous(), world.app.config.tokens.key_times.lead);
    let mut tokens = vec![token(&world, &here).await];
    let mut before = Algorithm::ES256;
    for after in [Algorithm::EdDSA, Algorithm::RS256] {
        let (app, base) = world.replica_with(&[("SIGNING_ALGORITHM", &format!("{after:?}"))]).await;
        let there = here.at(&base);
        // A replica reads the keys for others once a second at most.
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(published(&here).await, published(&there).await);
        world.clock.advance(lead - TimeDelta::seconds(2));
        tokio::join!(maintain(&world.app), maintain(&app));
        for caller in [&here, &there] {
            assert_eq!(algorithm(&world, caller).await, before);
        }
        world.clock.advance(TimeDelta::seconds(1));
        for caller in [&here, &there] {
            assert_eq!(algorithm(&world, caller).await, after, "also at the other replica");
        }
        tokens.push(token(&world, &there).await);
        for caller in [&here, &there] {
            for token in &tokens {
                assert!(opens(caller, token).await);
                assert_eq!(Verifier::new(caller).refuses(token, world.now()).await, None);
            }
        }
        before = after;
    }
    let algorithms: Vec<_> = rows(&world).await.into_iter().map(|key| key.algorithm).collect();
    assert_eq!(algorithms, ["RS256", "EdDSA", "ES256"], "the newest first");
}

#[tokio::test]
async fn replicas_with_different_algorithms_do_not_create_keys_in_turn() {
    let world = World::new().await;
    let (app, _) = world.replica_with(&[("SIGNING_ALGORITHM", "EdDSA")]).await;
    // Those that start again find their algorithm.
    let (same, _) = world.replica_with(&[("SIGNING_ALGORITHM", "EdDSA")]).await;
    assert_eq!(rows(&world).await.len(), 2);
    let until = world.now() + world.app.config.tokens.key_times.period * 2;
    while world.now() < until {
        for app in [&world.app, &app, &same] {
            maintain(app).await;
        }
        let rows = rows(&world).await;
        assert!(rows.len() <= 2 && rows[0].algorithm == "EdDSA");
        world.clock.advance(TimeDelta::hours(7));
    }
}

#[tokio::test]
async fn a_replica_that_cannot_decrypt_the_next_key_keeps_its_current_one() {
    let world = World::new().await;
    let old = world.setting("MASTER_KEY");
    let two = format!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,{old}");
    let settings = [("MASTER_KEY", two.as_str()), ("SIGNING_ALGORITHM", "EdDSA")];
    let (app, base) = world.replica_with(&settings).await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    for step in [TimeDelta::zero(), world.app.config.tokens.key_times.lead] {
        world.clock.advance(step);
        tokio::join!(maintain(&world.app), maintain(&app));
    }
    assert_eq!(algorithm(&world, &here).await, Algorithm::ES256);
    assert_eq!(algorithm(&world, &there).await, Algorithm::EdDSA);
    for (one, other) in [(&here, &there), (&there, &here)] {
        let token = token(&world, one).await;
        assert!(opens(other, &token).await);
        assert_eq!(Verifier::new(other).refuses(&token, world.now()).await, None);
    }
}
