//! Revoking all tokens of a credential or a service account without a new secret.

use postern::authz::Role;
use serde_json::json;

use crate::support::{Caller, Reply, World};

async fn revoke(caller: &Caller, kind: &str, id: &str) -> Reply {
    let selection = if kind == "Credential" { "credential" } else { "serviceAccount" };
    let (mutation, selection) =
        (format!("revoke{kind}Tokens"), format!("{selection} {{ notBefore }}"));
    caller.mutate_selecting(&mutation, json!({ "id": id }), &selection).await
}

async fn is_active(world: &World, base: &str, token: &str) -> bool {
    let by = world.admin_account();
    world.anonymous().at(base).introspect(&by, token).await["active"] == true
}

#[tokio::test]
async fn every_token_of_a_credential_is_revoked_and_the_next_one_is_valid_at_once() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    for kind in ["Credential", "ServiceAccount"] {
        let before = [world.sign_in(&account).await, world.sign_in(&account).await];
        let id = if kind == "Credential" { &account.credential } else { &account.id };
        let revoked = revoke(&admin, kind, id).await.data("");
        assert!(
            revoked.to_string().contains(&postern::clock::to_rfc3339(world.now())),
            "{revoked}"
        );
        // The clock of this world stands still: the new token is issued in the same microsecond.
        let after = world.anonymous().at(&other).ask_token(&account.form()).await.body(200);
        let after = after["access_token"].as_str().expect("a token").to_owned();
        for base in [&world.base, &other] {
            for caller in &before {
                assert_eq!(caller.at(base).get("/organizations").await.status, 401);
                let token = caller.token.as_deref().expect("a token");
                assert!(!is_active(&world, base, token).await);
            }
            let caller = world.anonymous().with_token(&after).at(base);
            assert_eq!(caller.get("/organizations").await.status, 200);
            assert!(is_active(&world, base, &after).await);
        }
    }
}

#[tokio::test]
async fn tokens_of_other_credentials_of_the_account_stay_valid() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let made = admin
        .mutate_selecting(
            "createCredential",
            json!({ "serviceAccountId": account.id, "name": "x" }),
            "credential { id }",
        )
        .await;
    let second = made.data("/createCredential/credential/id");
    let caller = world.sign_in(&account).await;
    revoke(&admin, "Credential", second.as_str().expect("an id")).await.data("");
    assert_eq!(caller.get("/organizations").await.status, 200);
    revoke(&world.member().await, "Credential", &world.admin_account().credential)
        .await
        .is_graphql_error("FORBIDDEN");
}
