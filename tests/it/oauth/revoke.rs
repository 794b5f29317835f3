//! `POST /oauth/revoke` (RFC 7009).

use chrono::TimeDelta;
use postern::authz::Role;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::introspect::inactive;
use crate::support::{Account, Caller, Reply, VIEWER, World, eventually};

async fn revoke(caller: &Caller, by: &Account, token: &str) -> Reply {
    caller.ask_about("/oauth/revoke", by, token).await
}

async fn revoked(world: &World) -> i64 {
    let db = world.app.db.reader();
    let count = "SELECT count(*) FROM revoked_tokens";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), count)).await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

#[tokio::test]
async fn a_revoked_token_is_rejected_by_the_next_request_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let account = world.account(&[Role::Viewer]).await;
    let (ended, kept) = (world.sign_in(&account).await, world.sign_in(&account).await);
    let (caller, token) = (world.anonymous(), ended.token.clone().expect("a token"));
    for base in [&world.base, &other] {
        assert_eq!(ended.at(base).graphql(VIEWER, json!({})).await.status, 200);
    }
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(revoke(&caller, &account, &token).await.status, 200);
    for base in [&world.base, &other] {
        assert_eq!(ended.at(base).graphql(VIEWER, json!({})).await.status, 401);
        assert_eq!(ended.at(base).get("/organizations").await.status, 401);
        assert_eq!(caller.at(base).introspect(&account, &token).await, inactive());
        assert_eq!(
            kept.at(base).graphql(VIEWER, json!({})).await.status,
            200,
            "one token, not all"
        );
    }
    assert_eq!(revoke(&caller.at(&other), &account, &token).await.status, 200, "once more");
    assert_eq!(revoked(&world).await, 1);
    let events = r#"{ organization(id: "acme") { auditEvents(last: 1, filter: { outcome: SUCCESS }) { nodes { action } } } }"#;
    let last = world.admin().await.graphql(events, json!({})).await;
    assert_eq!(last.data("/organization/auditEvents/nodes/0/action"), "token.revoke");
}

#[tokio::test]
async fn a_client_revokes_only_its_own_tokens_and_unknown_ones_succeed() {
    let world = World::new().await;
    let (caller, account) = (world.anonymous(), world.account(&[Role::Viewer]).await);
    let signed_in = world.sign_in(&account).await;
    let token = signed_in.token.clone().expect("a token");
    let other = revoke(&caller, &world.admin_account(), &token).await;
    other.is_oauth_error(400, "unauthorized_client");
    let stranger = world.other_tenant().await;
    for (by, token) in [(&stranger, token.as_str()), (&account, "x"), (&account, "a.b.c")] {
        assert_eq!(revoke(&caller, by, token).await.status, 200);
    }
    assert_eq!(signed_in.graphql(VIEWER, json!({})).await.status, 200);
    assert_eq!(revoked(&world).await, 0);
}

#[tokio::test]
async fn a_revoked_token_is_deleted_once_it_would_have_expired() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let token = world.sign_in(&account).await.token.expect("a token");
    revoke(&world.anonymous(), &account, &token).await.body(200);
    world.clock.advance(TimeDelta::seconds(3_609));
    postern::domain::tokens::delete_expired(&world.app).await.expect("an answer");
    assert_eq!(revoked(&world).await, 1, "within the leeway");
    world.clock.advance(TimeDelta::seconds(1));
    postern::domain::tokens::delete_expired(&world.app).await.expect("an answer");
    assert_eq!(revoked(&world).await, 0);
}

#[tokio::test]
async fn a_bearer_token_costs_one_statement_whether_revoked_or_not() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer, Role::Member]).await;
    let (ended, kept) = (world.sign_in(&account).await, world.sign_in(&account).await);
    let token = ended.token.clone().expect("a token");
    assert_eq!(world.count(kept.graphql(VIEWER, json!({}))).await.1, 1);
    revoke(&world.anonymous(), &account, &token).await.body(200);
    // The first rejection of its kind is written at once, later ones after a minute.
    assert_eq!(ended.graphql(VIEWER, json!({})).await.status, 401);
    let rejected = r#"{ organization(id: "acme") { auditEvents(filter: { outcome: DENIED }) { totalCount } } }"#;
    let admin = world.admin().await;
    eventually("the rejection is written", async || {
        let count = admin.graphql(rejected, json!({})).await;
        count.data("/organization/auditEvents/totalCount") == 1
    })
    .await;
    for (caller, status) in [(&ended, 401), (&kept, 200)] {
        let (reply, count) = world.count(caller.graphql(VIEWER, json!({}))).await;
        assert_eq!((reply.status, count), (status, 1));
    }
    let roles = kept.graphql("{ viewer { roles { label } } }", json!({})).await;
    assert_eq!(roles.data("/viewer/roles").as_array().map(Vec::len), Some(2));
}
