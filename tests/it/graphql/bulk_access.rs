//! Bulk operations whose caller loses its access before they end.

use std::sync::Arc;

use chrono::TimeDelta;
use postern::authz::{Actor, Role};
use postern::context::OpContext;
use postern::domain::bulk::{Items, MAX_DURATION, Outcome, Report, Request};
use postern::domain::{credentials, service_accounts};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bulk::{outcomes, run};
use crate::support::{Account, World};

#[tokio::test]
async fn items_after_one_that_ends_the_access_of_the_caller_are_not_changed() {
    let world = World::new().await;
    let admin = world.admin().await;
    for mutation in ["disableServiceAccounts", "disableCredentials"] {
        let own = world.account(&[Role::Admin]).await;
        let (before, after) = (world.account(&[]).await, world.account(&[]).await);
        let ids = [&before, &own, &after].map(|it| match mutation {
            "disableCredentials" => it.credential.clone(),
            _ => it.id.clone(),
        });
        let caller = world.sign_in(&own).await;
        let expected = ["CHANGED", "CHANGED", "REJECTED UNAUTHENTICATED"];
        for dry_run in [true, false] {
            let reply = run(&caller, mutation, json!({ "ids": ids, "dryRun": dry_run })).await;
            assert_eq!(outcomes(&reply, mutation), expected, "{mutation}, dry run: {dry_run}");
        }
        world.anonymous().ask_token(&before.form()).await.is_oauth_error(401, "invalid_client");
        world.sign_in(&after).await;
        let again = run(&admin, mutation, json!({ "ids": ids })).await;
        assert_eq!(outcomes(&again, mutation), ["UNCHANGED", "UNCHANGED", "CHANGED"]);
    }
}

/// The input of a mutation that ends the access of an account.
type Input = fn(&Account) -> Value;

/// The operation of a caller who was authenticated a moment ago.
async fn operation(world: &World, account: &Account) -> OpContext {
    let token = world.sign_in(account).await.token.expect("a token");
    let client = world.app.auth.authenticate_token(&token).await.expect("a client");
    let (actor, request_id) = (Actor::Client(Arc::new(client)), "tried".into());
    OpContext { app: world.app.clone(), actor, request_id, address: None }
}

fn only<F>(id: &str) -> Request<F> {
    let until = Instant::now() + MAX_DURATION;
    Request { items: Items::Ids(vec![id.to_owned()]), dry_run: false, until }
}

fn code(report: &Report) -> &'static str {
    match &report.results[0].outcome {
        Outcome::Rejected(error) => error.code(),
        outcome => panic!("{outcome:?}"),
    }
}

/// The codes of the errors of each bulk operation on an account of the first organization.
async fn codes(world: &World, op: &OpContext) -> Vec<&'static str> {
    let (organization, target) = (&world.first.organization.id, world.account(&[]).await);
    let mut codes = Vec::new();
    for disable in [true, false] {
        let request = only(&target.id);
        let report = service_accounts::switch_all(op, organization, request, disable).await;
        codes.push(code(&report.expect("a report")));
        let request = only(&target.credential);
        let report = credentials::switch_all(op, organization, request, disable).await;
        codes.push(code(&report.expect("a report")));
    }
    world.sign_in(&target).await;
    codes
}

#[tokio::test]
async fn every_loss_of_access_rejects_the_items_that_remain() {
    let world = World::new().await;
    let admin = world.admin().await;
    let id = |it: &Account| json!({ "id": it.id });
    let credential = |it: &Account| json!({ "id": it.credential });
    let role = |it: &Account| json!({ "serviceAccountId": it.id, "role": "org_admin" });
    let losses: [(&str, Input, &str); 6] = [
        ("disableServiceAccount", id, "UNAUTHENTICATED"),
        ("deleteServiceAccount", id, "UNAUTHENTICATED"),
        ("disableCredential", credential, "UNAUTHENTICATED"),
        ("revokeCredentialTokens", credential, "UNAUTHENTICATED"),
        ("revokeServiceAccountTokens", id, "UNAUTHENTICATED"),
        ("revokeRole", role, "FORBIDDEN"),
    ];
    for (mutation, input, expected) in losses {
        let account = world.account(&[Role::Admin, Role::Viewer]).await;
        let op = operation(&world, &account).await;
        admin.mutate(mutation, input(&account)).await.data("");
        assert_eq!(codes(&world, &op).await, [expected; 4], "{mutation}");
    }
    let op = operation(&world, &world.admin_account()).await;
    world.clock.advance(TimeDelta::seconds(3_606));
    assert_eq!(codes(&world, &op).await, ["UNAUTHENTICATED"; 4]);
}
