//! Revocation of a signing key that somebody else may have.

use entity::SigningKeyId;
use postern::signing_keys::{KeyStatus, RevokedKey};
use serde_json::json;

use super::{JWKS, Verifier, header, maintain, opens, published, rows, token};
use crate::support::{World, eventually};

fn kid(token: &str) -> SigningKeyId {
    header(token).kid.expect("a kid").parse().expect("an id")
}

async fn revoke(world: &World, id: &SigningKeyId) -> RevokedKey {
    world.app.keys.revoke(id).await.expect("revoked")
}

#[tokio::test]
async fn tokens_of_a_revoked_key_are_rejected_by_every_replica_and_a_new_key_signs() {
    let world = World::new().await;
    let (_, base) = world.replica().await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    let account = world.account(&[]).await;
    let stolen = token(&world, &here).await;
    let id = kid(&stolen);
    // Both replicas have verified it, and remember that.
    for at in [&here, &there] {
        assert!(opens(at, &stolen).await);
        assert_eq!(at.introspect(&account, &stolen).await["active"], true);
    }

    let revoked = revoke(&world, &id).await;
    assert_eq!((&revoked.key.id, revoked.status), (&id, KeyStatus::Current));
    let successor = revoked.successor.expect("a successor");
    assert!(!successor.was_published);
    for at in [&here, &there] {
        eventually("the token is rejected", async || !opens(at, &stolen).await).await;
        assert_eq!(at.introspect(&account, &stolen).await, json!({ "active": false }));
        assert_eq!(published(at).await, [successor.id.to_string()], "{id} is not published");
        let fresh = token(&world, at).await;
        assert_eq!(kid(&fresh), successor.id);
        assert!(opens(&here, &fresh).await && opens(&there, &fresh).await);
        assert_eq!(Verifier::new(at).refuses(&fresh, world.now()).await, None);
    }
    assert_eq!(rows(&world).await.len(), 1);
}

#[tokio::test]
async fn the_published_next_key_signs_at_once_after_a_revocation() {
    let world = World::new().await;
    let (app, base) = world.replica().await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    let next = world.app.keys.rotate().await.expect("done").expect("a next key").id;
    tokio::join!(maintain(&world.app), maintain(&app));
    let stolen = token(&world, &here).await;
    let mut verifier = Verifier::new(&here);
    assert_eq!(verifier.refuses(&stolen, world.now()).await, None);

    let successor = revoke(&world, &kid(&stolen)).await.successor.expect("a successor");
    assert_eq!((&successor.id, successor.was_published), (&next, true));
    for at in [&here, &there] {
        eventually("the next key signs", async || kid(&token(&world, at).await) == next).await;
        assert!(!opens(at, &stolen).await);
        let fresh = token(&world, at).await;
        assert_eq!(verifier.refuses(&fresh, world.now()).await, None, "by its copy");
    }
}

#[tokio::test]
async fn the_next_key_signs_at_once_beside_a_previous_one() {
    let world = World::new().await;
    let (app, base) = world.replica().await;
    let (here, there) = (world.anonymous(), world.anonymous().at(&base));
    let keep_both = async || tokio::join!(maintain(&world.app), maintain(&app));
    let previous = kid(&token(&world, &here).await);
    world.app.keys.rotate().await.expect("done").expect("a next key");
    world.clock.advance(world.app.config.tokens.key_times.lead);
    keep_both().await;
    let stolen = token(&world, &here).await;
    let next = world.app.keys.rotate().await.expect("done").expect("a next key").id;
    keep_both().await;
    let successor = revoke(&world, &kid(&stolen)).await.successor.expect("a successor");
    assert_eq!((&successor.id, successor.was_published), (&next, true));
    for at in [&here, &there] {
        eventually("the stolen key does not sign", async || {
            kid(&token(&world, at).await) != kid(&stolen)
        })
        .await;
        assert_eq!(kid(&token(&world, at).await), next, "rather than {previous}");
        assert!(!opens(at, &stolen).await);
    }
}

#[tokio::test]
async fn keys_that_do_not_sign_are_revoked_without_a_new_key() {
    let world = World::new().await;
    let here = world.anonymous();
    let old = token(&world, &here).await;
    world.app.keys.rotate().await.expect("done").expect("a next key");
    world.clock.advance(world.app.config.tokens.key_times.lead);
    maintain(&world.app).await;
    let current = token(&world, &here).await;
    let next = world.app.keys.rotate().await.expect("done").expect("a next key").id;
    for (id, standing) in [(kid(&old), KeyStatus::Previous), (next, KeyStatus::Next)] {
        let revoked = revoke(&world, &id).await;
        assert_eq!(revoked.status, standing);
        assert!(revoked.successor.is_none());
        let again = world.app.keys.revoke(&id).await.err().expect("refused");
        assert_eq!(again.to_string(), "no such signing key");
    }
    maintain(&world.app).await;
    assert!(!opens(&here, &old).await && opens(&here, &current).await);
    assert_eq!(published(&here).await, [kid(&current).to_string()]);
    assert_eq!(here.get(JWKS).await.status, 200);
}
