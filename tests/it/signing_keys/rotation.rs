//! The next key is published, signs, and goes, with nobody doing anything.

use chrono::TimeDelta;

use super::{Verifier, header, maintain, opens, published, rows, token};
use crate::support::{World, jwt_part};

const MOMENT: TimeDelta = TimeDelta::microseconds(1);
const LONGEST: (&str, &str) = ("TOKEN_TTL_SECONDS", "86400");

#[tokio::test]
async fn concurrent_replicas_create_one_key_and_agree_on_its_activation() {
    let world = World::with(&[LONGEST]).await;
    let (app, base) = world.replica().await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    let times = world.app.config.tokens.key_times;
    let first = published(&here).await;
    assert_eq!(first.len(), 1);

    world.clock.advance(times.period - times.lead - MOMENT);
    tokio::join!(maintain(&world.app), maintain(&app));
    assert_eq!(rows(&world).await.len(), 1, "it is not due");
    world.clock.advance(MOMENT);
    tokio::join!(maintain(&world.app), maintain(&app), maintain(&world.app), maintain(&app));
    let both = published(&here).await;
    assert_eq!((both.len(), &both[1], &both), (2, &first[0], &published(&there).await));

    world.clock.advance(times.lead - MOMENT);
    let old = [token(&world, &here).await, token(&world, &there).await];
    assert!(old.iter().all(|token| header(token).kid.as_ref() == Some(&both[1])));
    let issued = world.now();
    world.clock.advance(MOMENT);
    let new = [token(&world, &here).await, token(&world, &there).await];
    assert!(new.iter().all(|token| header(token).kid.as_ref() == Some(&both[0])));
    for caller in [&here, &there] {
        for token in old.iter().chain(&new) {
            assert!(opens(caller, token).await);
        }
    }

    // The longest token, to its last second.
    world.clock.advance(issued + TimeDelta::seconds(86_400) - TimeDelta::seconds(1) - world.now());
    tokio::join!(maintain(&world.app), maintain(&app));
    for caller in [&here, &there] {
        assert!(opens(caller, &old[0]).await);
        assert_eq!(Verifier::new(caller).refuses(&old[1], world.now()).await, None);
    }
    let gone = issued + MOMENT + times.retention;
    world.clock.advance(gone - MOMENT - world.now());
    tokio::join!(maintain(&world.app), maintain(&app));
    assert_eq!(published(&there).await, both);
    world.clock.advance(MOMENT);
    tokio::join!(maintain(&world.app), maintain(&app));
    assert_eq!(
        (published(&here).await, published(&there).await),
        (both[..1].into(), both[..1].into())
    );
    assert_eq!(rows(&world).await.len(), 1);
}

#[tokio::test]
async fn a_verifier_that_honours_max_age_never_gets_an_unknown_key() {
    let world = World::with(&[LONGEST, ("SIGNING_KEY_DAYS", "2")]).await;
    let (app, base) = world.replica().await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    let times = world.app.config.tokens.key_times;
    let (mut verifiers, mut tokens, mut kids) = (Vec::new(), Vec::new(), Vec::new());
    let began = world.now();
    world.clock.advance(times.period - times.lead - times.max_age * 2);
    let mut step = 0;
    while world.now() < began + times.period * 2 {
        // One more verifier now and then, so that copies are of any age.
        if verifiers.len() < 10 {
            verifiers.push(Verifier::new(if step % 2 == 0 { &here } else { &there }));
        }
        // The maintenance of the one replica is half a minute after that of the other.
        maintain(if step % 2 == 0 { &world.app } else { &app }).await;
        tokens.push(token(&world, if step % 3 == 0 { &there } else { &here }).await);
        let now = world.now();
        tokens.retain(|token| claims_end(token) > now.timestamp());
        let some = tokens.iter().step_by(tokens.len() / 10 + 1).chain(tokens.last());
        for token in some {
            for (nth, verifier) in verifiers.iter_mut().enumerate() {
                assert_eq!(verifier.refuses(token, now).await, None, "{nth} at {step}");
            }
        }
        kids.extend(header(tokens.last().expect("a token")).kid);
        kids.dedup();
        let near = now < began + times.period + times.max_age * 2;
        world.clock.advance(if near { TimeDelta::seconds(30) } else { TimeDelta::minutes(11) });
        step += 1;
    }
    assert_eq!(kids.len(), 2, "one rotation was seen");
    assert!(step > 150 && rows(&world).await.len() <= 2);
}

fn claims_end(token: &str) -> i64 {
    jwt_part(token, 1)["exp"].as_i64().expect("an end")
}
