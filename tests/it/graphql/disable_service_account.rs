//! Service accounts that are disabled and enabled again.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::json;

use crate::support::{Account, Caller, Reply, VIEWER, World};

async fn switch(caller: &Caller, mutation: &str, account: &Account) -> Reply {
    let selection = "serviceAccount { disabledAt disabledBy }";
    caller.mutate_selecting(mutation, json!({ "id": account.id }), selection).await
}

#[tokio::test]
async fn a_disabled_account_gets_no_token_and_its_tokens_are_rejected_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let signed_in = world.sign_in(&account).await;
    let callers = [world.anonymous(), world.anonymous().at(&other)];
    for caller in &callers {
        caller.ask_token(&account.form()).await.body(200);
    }
    world.clock.advance(TimeDelta::seconds(1));
    let told = switch(&admin, "disableServiceAccount", &account).await;
    let disabled = told.data("/disableServiceAccount/serviceAccount");
    assert_eq!(disabled["disabledBy"], world.admin_account().id);
    assert_eq!(disabled["disabledAt"], json!(postern::clock::to_rfc3339(world.now())));
    for caller in &callers {
        caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(signed_in.at(&caller.base).graphql(VIEWER, json!({})).await.status, 401);
        assert_eq!(signed_in.at(&caller.base).get("/organizations").await.status, 401);
    }
    world.clock.advance(TimeDelta::seconds(1));
    let again = switch(&admin, "disableServiceAccount", &account).await;
    assert_eq!(again.data("/disableServiceAccount/serviceAccount"), disabled, "it was already");
    let enabled = switch(&admin, "enableServiceAccount", &account).await;
    let none = json!({ "disabledAt": null, "disabledBy": null });
    assert_eq!(enabled.data("/enableServiceAccount/serviceAccount"), none);
    for caller in &callers {
        caller.ask_token(&account.form()).await.body(200);
        assert_eq!(signed_in.at(&caller.base).graphql(VIEWER, json!({})).await.status, 200);
    }
    let events = r#"{ organization(id: "acme") { auditEvents(last: 2, filter: { outcome: SUCCESS }) { nodes { action } } } }"#;
    let actions = admin.graphql(events, json!({})).await.data("/organization/auditEvents/nodes");
    let expected = ["service_account.disable", "service_account.enable"];
    assert_eq!(actions, json!(expected.map(|action| json!({ "action": action }))));
}

#[tokio::test]
async fn a_credential_created_for_a_disabled_account_is_inactive_until_it_is_enabled() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    switch(&admin, "disableServiceAccount", &account).await.data("");
    let made = admin
        .mutate_selecting(
            "createCredential",
            json!({ "serviceAccountId": account.id, "name": "New" }),
            "clientSecret credential { clientId }",
        )
        .await
        .data("/createCredential");
    let text = |pointer| made.pointer(pointer).and_then(|it| it.as_str()).expect("text").to_owned();
    let (client_id, secret) = (text("/credential/clientId"), text("/clientSecret"));
    let new = Account { client_id, secret, ..account.clone() };
    world.anonymous().ask_token(&new.form()).await.is_oauth_error(401, "invalid_client");
    switch(&admin, "enableServiceAccount", &account).await.data("");
    world.anonymous().ask_token(&new.form()).await.body(200);
}

#[tokio::test]
async fn disabling_a_more_privileged_account_or_the_last_admin_is_rejected() {
    let world = World::new().await;
    let (admin, second) = (world.admin().await, world.account(&[Role::Admin]).await);
    let member = world.member().await;
    for mutation in ["disableServiceAccount", "enableServiceAccount"] {
        switch(&member, mutation, &second).await.is_graphql_error("FORBIDDEN");
    }
    switch(&member, "disableServiceAccount", &world.account(&[Role::Viewer]).await).await.data("");
    switch(&admin, "disableServiceAccount", &second).await.data("");
    let first = world.admin_account();
    switch(&admin, "disableServiceAccount", &first).await.is_graphql_error("CONFLICT");
    admin
        .mutate("deleteServiceAccount", json!({ "id": first.id }))
        .await
        .is_graphql_error("CONFLICT");
    admin
        .mutate("revokeRole", json!({ "serviceAccountId": first.id, "role": "org_admin" }))
        .await
        .is_graphql_error("CONFLICT");
    admin.mutate("deleteServiceAccount", json!({ "id": second.id })).await.data("");
}
