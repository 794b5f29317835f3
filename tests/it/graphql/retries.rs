//! Creates that are sent again.

use serde_json::{Value, json};

use crate::support::{Caller, World};

const CREDENTIAL: &str = "mutation($input: CreateCredentialInput!) {
  createCredential(input: $input) { credential { id name createdAt } clientSecret clientMutationId }
}";
const ACCOUNT: &str = "mutation($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) { serviceAccount { id name roles { label } } }
}";

async fn credential(caller: &Caller, input: Value) -> Value {
    let reply = caller.graphql(CREDENTIAL, json!({ "input": input })).await;
    reply.data("/createCredential")
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again_and_refuses_another_input() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "idempotencyKey": "k" });
    let first = credential(&admin, input.clone()).await;
    assert_eq!(credential(&admin.at(&other), input.clone()).await, first);
    let mut changed = input;
    changed["name"] = json!("y");
    admin.graphql(CREDENTIAL, json!({ "input": changed })).await.is_refused("CONFLICT");
    changed["idempotencyKey"] = json!("a b");
    let wrong = admin.graphql(CREDENTIAL, json!({ "input": changed })).await;
    wrong.is_refused("BAD_USER_INPUT");
    assert_eq!(wrong.json()["errors"][0]["extensions"]["field"], "idempotencyKey");
}

#[tokio::test]
async fn a_client_mutation_id_is_an_echo_and_nothing_else() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "clientMutationId": "m" });
    let first = credential(&admin, input.clone()).await;
    let second = credential(&admin, input).await;
    assert_eq!(
        (&first["clientMutationId"], &second["clientMutationId"]),
        (&json!("m"), &json!("m"))
    );
    assert_ne!(first["credential"]["id"], second["credential"]["id"], "two credentials");
}

#[tokio::test]
async fn a_service_account_with_roles_is_made_once() {
    let world = World::new().await;
    let admin = world.admin().await;
    let input = |role: &str| json!({ "input": { "organizationId": "acme", "name": "x", "roles": [role], "idempotencyKey": "k" } });
    let first = admin.graphql(ACCOUNT, input("org_viewer")).await.data("/createServiceAccount");
    let again = admin.graphql(ACCOUNT, input("org_viewer")).await.data("/createServiceAccount");
    assert_eq!(again, first);
    admin.graphql(ACCOUNT, input("org_member")).await.is_refused("CONFLICT");
}

#[tokio::test]
async fn both_surfaces_know_the_same_keys() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "idempotencyKey": "k" });
    let first = credential(&admin, input).await;
    let path = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    let request = admin.request(reqwest::Method::POST, &path).header("idempotency-key", "k");
    let again = crate::support::Reply::of(request.json(&json!({ "name": "x" }))).await.body(201);
    assert_eq!(again["client_secret"], first["clientSecret"]);
}
