//! Who may subscribe, and for how long.

use chrono::TimeDelta;
use entity::{TenantScoped, audit_event};
use postern::authz::Role;
use postern::domain::audit;
use serde_json::json;

use super::{EVENTS, USAGE, create_account, last_cursor};
use crate::support::{Caller, Socket, VIEWER, World};

/// The code of the error of a subscription.
async fn refusal(caller: &Caller, query: &str, variables: serde_json::Value) -> serde_json::Value {
    let mut socket = Socket::of(caller).await;
    socket.subscribe("1", query, variables).await;
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    message["payload"][0]["extensions"].clone()
}

#[tokio::test]
async fn a_subscription_needs_the_permission_of_its_field() {
    let world = World::new().await;
    let (member, stranger) = (world.member().await, world.stranger().await);
    let organization = json!({ "organization": world.first.organization.id });
    let refused = refusal(&member, EVENTS, organization.clone()).await;
    assert_eq!(
        (&refused["code"], &refused["permission"]),
        (&json!("FORBIDDEN"), &json!("audit_events:list"))
    );
    assert_eq!(refusal(&stranger, EVENTS, organization).await["code"], "NOT_FOUND");
    let credential = json!({ "credential": world.admin_account().credential });
    assert_eq!(refusal(&stranger, USAGE, credential.clone()).await["code"], "NOT_FOUND");
    let nobody = world.sign_in(&world.account(&[]).await).await;
    assert_eq!(refusal(&nobody, USAGE, credential).await["code"], "NOT_FOUND");
    let narrow = world.sign_in_for(&world.admin_account(), Some("service_accounts:read")).await;
    let organization = json!({ "organization": world.first.organization.id });
    assert_eq!(refusal(&narrow, EVENTS, organization).await["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_permission_that_is_lost_ends_the_subscription() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = world.account(&[Role::Admin]).await;
    let after = last_cursor(&world).await;
    let mut socket = Socket::of(&world.sign_in(&account).await).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme", "after": after })).await;
    let created = create_account(&admin, "Before").await;
    let seen = super::event(&mut socket, "1").await;
    assert_eq!(seen["auditEvent"]["targetId"], created.as_str());
    let revoke = json!({ "serviceAccountId": account.id, "role": "org_admin" });
    admin.mutate("revokeRole", revoke).await.data("");
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(message["payload"][0]["extensions"]["permission"], "audit_events:list");
    socket.subscribe("2", VIEWER, json!({})).await;
    assert_eq!(socket.message().await["type"], "next", "the token is still valid");
}

#[tokio::test]
async fn a_credential_that_is_disabled_closes_the_connection_before_the_next_event() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = world.account(&[Role::Admin]).await;
    let after = last_cursor(&world).await;
    let (_replica, base) = world.replica().await;
    let mut socket = Socket::of(&world.sign_in(&account).await.at(&base)).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme", "after": after })).await;
    let disable = json!({ "id": account.credential });
    admin.mutate("disableCredential", disable).await.data("");
    create_account(&admin, "After").await;
    assert_eq!(socket.next().await, Err(4403), "no event, not even that of the change");
}

#[tokio::test]
async fn a_token_that_expires_closes_the_connection() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    world.clock.advance(TimeDelta::seconds(3_600));
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn a_token_of_short_life_closes_the_connection_by_itself() {
    let world = World::with(&[("TOKEN_TTL_SECONDS", "60")]).await;
    let admin = world.admin().await;
    world.clock.advance(TimeDelta::milliseconds(59_500));
    // Without an operation, only the timer of the connection closes it.
    let mut socket = Socket::of(&admin).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn a_token_that_is_rejected_is_audited_over_every_transport() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Admin]).await);
    let caller = world.sign_in(&account).await;
    let disable = json!({ "id": account.credential });
    admin.mutate("disableCredential", disable).await.data("");
    let mut socket = Socket::open(&world.base).await;
    socket.init(caller.token.as_deref()).await;
    assert_eq!(socket.closed().await, 4403);
    let stream = super::event_stream::request(&caller, EVENTS, &json!({}));
    assert_eq!(stream.send().await.expect("a response").status(), 401);
    audit::write_rejected(&world.app, true).await.expect("written");
    let rows = audit_event::Entity::in_org(&world.first.organization.id);
    let rows = rows.all(world.app.db.reader()).await.expect("rows");
    let rejected = rows.iter().filter(|it| it.reason.as_deref() == Some("TOKEN_NOT_ACTIVE"));
    assert_eq!(rejected.map(|it| it.event_count).sum::<i64>(), 2);
}
