//! `POST /oauth/introspect` (RFC 7662) and `POST /oauth/revoke` (RFC 7009).

use chrono::TimeDelta;
use postern::authz::Role;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

const ME: &str = "{ viewer { tokenExpiresAt } }";

/// Asks about `token` as `by`, by HTTP Basic.
async fn ask(caller: &Caller, path: &str, by: &Account, token: &str) -> Reply {
    let request = caller.http.post(format!("{}{path}", caller.base));
    let request = request.basic_auth(&by.client_id, Some(&by.secret));
    Reply::of(request.form(&[("token", token), ("token_type_hint", "access_token")])).await
}

async fn introspect(caller: &Caller, by: &Account, token: &str) -> Value {
    let reply = ask(caller, "/oauth/introspect", by, token).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply.body(200)
}

async fn revoke(caller: &Caller, by: &Account, token: &str) -> Reply {
    ask(caller, "/oauth/revoke", by, token).await
}

async fn revoked(world: &World) -> i64 {
    let db = world.app.db.reader();
    let count = "SELECT count(*) FROM revoked_tokens";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), count)).await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

fn inactive() -> Value {
    json!({ "active": false })
}

#[tokio::test]
async fn a_good_token_is_told_with_its_claims_to_clients_of_its_organization() {
    let world = World::new().await;
    let (admin, account) = (world.admin_account(), world.account(&[Role::Viewer]).await);
    let scope = "service_accounts:list service_accounts:read";
    let token = world.sign_in_for(&account, Some(scope)).await.token.expect("a token");
    let known = introspect(&world.anonymous(), &admin, &token).await;
    let now = world.now().timestamp();
    let jti = known["jti"].clone();
    let all = json!({
        "active": true, "iss": "https://postern.test", "sub": account.id,
        "client_id": account.client_id, "aud": "https://postern.test", "exp": now + 3600,
        "iat": now, "jti": jti, "org": world.first.organization.id.as_str(), "scope": scope,
        "token_type": "Bearer",
    });
    assert_eq!(known, all);
    let plain = world.sign_in(&account).await.token.expect("a token");
    let known = introspect(&world.anonymous(), &account, &plain).await;
    assert_eq!((&known["active"], known.get("scope")), (&json!(true), None));
}

#[tokio::test]
async fn of_any_other_token_nothing_is_told() {
    let world = World::new().await;
    let caller = world.anonymous();
    let (stranger, admin) = (world.other_tenant().await, world.admin_account());
    let foreign = world.sign_in(&stranger).await.token.expect("a token");
    let elsewhere = World::new().await.admin().await.token.expect("a token");
    for token in [&foreign, &elsewhere, "x", "a.b.c", &"é".repeat(2_000)] {
        assert_eq!(introspect(&caller, &admin, token).await, inactive());
    }
    let token = world.admin().await.token.expect("a token");
    world.clock.advance(TimeDelta::seconds(3_605));
    assert_eq!(introspect(&caller, &admin, &token).await, inactive(), "it has ended");
    let account = world.account(&[]).await;
    let token = world.sign_in(&account).await.token.expect("a token");
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    world.admin().await.graphql(delete, json!({ "id": account.id })).await.data("");
    assert_eq!(introspect(&caller, &admin, &token).await, inactive(), "its account is gone");
}

#[tokio::test]
async fn only_clients_that_prove_themselves_may_ask() {
    let world = World::new().await;
    let (caller, admin) = (world.anonymous(), world.admin_account());
    let token = world.admin().await.token.expect("a token");
    let wrong = Account { secret: world.account(&[]).await.secret, ..admin.clone() };
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        ask(&caller, path, &wrong, &token).await.is_oauth_error(401, "invalid_client");
        let nobody = caller.http.post(format!("{}{path}", caller.base)).form(&[("token", &token)]);
        Reply::of(nobody).await.is_oauth_error(401, "invalid_client");
        ask(&caller, path, &admin, "").await.is_oauth_error(400, "invalid_request");
        let twice = [("token", "a"), ("token", "b")];
        let twice = caller.http.post(format!("{}{path}", caller.base)).form(&twice);
        Reply::of(twice).await.is_oauth_error(400, "invalid_request");
        let get = Reply::of(caller.http.get(format!("{}{path}", caller.base))).await;
        get.is_oauth_error(405, "invalid_request");
    }
    assert_eq!(introspect(&caller, &admin, &token).await["active"], true);
}

#[tokio::test]
async fn a_revoked_token_is_refused_from_the_next_request_on_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let account = world.account(&[Role::Viewer]).await;
    let (ended, kept) = (world.sign_in(&account).await, world.sign_in(&account).await);
    let (caller, token) = (world.anonymous(), ended.token.clone().expect("a token"));
    for base in [&world.base, &other] {
        assert_eq!(ended.at(base).graphql(ME, json!({})).await.status, 200);
    }
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(revoke(&caller, &account, &token).await.status, 200);
    for base in [&world.base, &other] {
        assert_eq!(ended.at(base).graphql(ME, json!({})).await.status, 401);
        assert_eq!(ended.at(base).get("/organizations").await.status, 401);
        assert_eq!(introspect(&caller.at(base), &account, &token).await, inactive());
        assert_eq!(kept.at(base).graphql(ME, json!({})).await.status, 200, "one token, not all");
    }
    assert_eq!(revoke(&caller.at(&other), &account, &token).await.status, 200, "once more");
    assert_eq!(revoked(&world).await, 1);
    let events = "{ organization(id: \"acme\") { auditEvents(last: 1) { nodes { action } } } }";
    let last = world.admin().await.graphql(events, json!({})).await;
    assert_eq!(last.data("/organization/auditEvents/nodes/0/action"), "token.revoke");
}

#[tokio::test]
async fn a_client_revokes_only_its_own_and_unknown_tokens_are_of_no_use_already() {
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
    assert_eq!(signed_in.graphql(ME, json!({})).await.status, 200);
    assert_eq!(revoked(&world).await, 0);
}

#[tokio::test]
async fn a_revoked_token_is_forgotten_when_it_would_have_ended() {
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
async fn a_bearer_costs_one_statement_whether_or_not_a_token_was_revoked() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer, Role::Member]).await;
    let (ended, kept) = (world.sign_in(&account).await, world.sign_in(&account).await);
    let token = ended.token.clone().expect("a token");
    assert_eq!(world.count(kept.graphql(ME, json!({}))).await.1, 1);
    revoke(&world.anonymous(), &account, &token).await.body(200);
    for (caller, status) in [(&ended, 401), (&kept, 200)] {
        let (reply, count) = world.count(caller.graphql(ME, json!({}))).await;
        assert_eq!((reply.status, count), (status, 1));
    }
    let roles = kept.graphql("{ viewer { roles { label } } }", json!({})).await;
    assert_eq!(roles.data("/viewer/roles").as_array().map(Vec::len), Some(2));
}
