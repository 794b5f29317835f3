//! Audit events of failed authentication.

use std::net::IpAddr;
use std::sync::Arc;

use postern::auth::{AuthFailure, ClientInfo};
use postern::domain::audit;
use postern::rejections::{GROUP_LIMIT, MAX_WINDOWS};

use super::{attempts, events};
use crate::support::{Account, VIEWER, World, eventually};

const ACTION: &str = "authentication.fail";

/// The number of failures: as many as the test has time for.
const FAILURES: usize = 2_000;

async fn fail(world: &World, client_id: &str, secret: &str) {
    let form =
        [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", secret)];
    let reply = world.anonymous().ask_token(&form).await;
    assert_eq!(reply.status, 401, "{}", reply.text);
}

/// The secret of another account, which has the form of a secret.
async fn wrong_secret(world: &World) -> String {
    world.account(&[]).await.secret
}

#[tokio::test]
async fn a_wrong_secret_is_recorded_at_its_credential_with_the_network_of_the_client() {
    let world = World::new().await;
    let (account, wrong) = (world.account(&[]).await, wrong_secret(&world).await);
    fail(&world, &account.client_id, &wrong).await;
    eventually("the event", async || !events(&world, ACTION).await.is_empty()).await;
    let event = events(&world, ACTION).await.remove(0);
    assert_eq!((event.outcome.as_str(), event.reason.as_deref()), ("denied", Some("WRONG_SECRET")));
    assert_eq!((event.actor_kind.as_str(), event.actor_id), ("anonymous", None));
    assert_eq!((event.target_kind.as_str(), event.target_id), ("credential", account.credential));
    assert_eq!(event.client_address.as_deref(), Some("127.0.0.0/24"));
}

#[tokio::test]
async fn many_failures_leave_a_bounded_number_of_events_and_are_all_counted() {
    let world = World::new().await;
    let (account, wrong) = (world.account(&[]).await, wrong_secret(&world).await);
    for _ in 0..FAILURES / 100 {
        let failures = (0..100).map(|_| fail(&world, &account.client_id, &wrong));
        futures_util::future::join_all(failures).await;
    }
    eventually("all attempts", async || {
        audit::write_rejected(&world.app, true).await.expect("written");
        attempts(&events(&world, ACTION).await) == FAILURES as i64
    })
    .await;
    let events = events(&world, ACTION).await;
    // The clock stands still: one minute, so two events; and one for each write that a test forces.
    assert!(events.len() <= 4, "{} events", events.len());
}

#[tokio::test]
async fn failures_with_invented_client_ids_leave_no_events() {
    let world = World::new().await;
    let (_, wrong) = (world.account(&[]).await, wrong_secret(&world).await);
    for nth in 0..3 * GROUP_LIMIT {
        fail(&world, &format!("{nth:021}"), &wrong).await;
        fail(&world, &format!("{nth:021}"), "malformed").await;
    }
    audit::write_rejected(&world.app, true).await.expect("written");
    assert!(events(&world, ACTION).await.is_empty());
}

#[tokio::test]
async fn a_token_of_a_deleted_credential_is_recorded_while_the_account_exists() {
    let world = World::new().await;
    let (account, admin) = (world.account(&[]).await, world.admin().await);
    let caller = world.sign_in(&account).await;
    let Account { id, credential, .. } = &account;
    let path = format!("/organizations/acme/service-accounts/{id}/credentials/{credential}");
    caller.get("/organizations/acme").await.body(200);
    admin.post_empty(&format!("{path}/disable")).await.body(200);
    caller.get("/organizations/acme").await.is_error(401, "UNAUTHENTICATED");
    caller.graphql(VIEWER, serde_json::Value::Null).await;
    eventually("the event", async || {
        let events = events(&world, ACTION).await;
        events.iter().any(|it| {
            it.reason.as_deref() == Some("TOKEN_NOT_ACTIVE") && it.target_id == *credential
        })
    })
    .await;
}

/// 100,000 failures within a minute: of a credential that exists and of invented ones, from 65,536
/// networks, for several reasons.
#[tokio::test]
async fn a_hundred_thousand_failures_leave_a_bounded_number_of_events() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let total: u32 = 100_000;
    let invented = |nth: u32| format!("{:0>21}", nth % 9_973);
    for nth in 0..total {
        let [_, _, a, b] = nth.to_be_bytes();
        let client = ClientInfo {
            address: IpAddr::from([10, a, b, 1]),
            user_agent: None,
            request_id: Arc::from("flood"),
        };
        let (client_id, failure) = match nth % 5 {
            0 => (account.client_id.clone(), AuthFailure::WrongSecret),
            1 => (account.client_id.clone(), AuthFailure::ReplayedAssertion),
            2 => (account.client_id.clone(), AuthFailure::MalformedSecret),
            3 => (invented(nth), AuthFailure::UnknownClient),
            _ => (invented(nth), AuthFailure::MalformedSecret),
        };
        audit::reject_client(&world.app, &client, &client_id, &failure);
        if nth % 10_000 == 0 {
            audit::write_rejected(&world.app, false).await.expect("written");
        }
    }
    audit::write_rejected(&world.app, true).await.expect("written");
    assert!(world.app.rejections.take(true).is_empty(), "nothing stays in memory");
    let events = events(&world, ACTION).await;
    // Each window is an event for the first attempt, and one for its repetitions.
    assert!(events.len() <= 2 * MAX_WINDOWS, "{} events", events.len());
    let verified =
        |it: &&entity::audit_event::Model| it.reason.as_deref() != Some("MALFORMED_SECRET");
    let of_client: Vec<_> = events.iter().filter(verified).cloned().collect();
    assert!(of_client.len() <= 2 * (GROUP_LIMIT + 1) + 4, "{} events", of_client.len());
    assert!(attempts(&events) >= i64::from(total / 5 * 2), "none of the credential is lost");
}
