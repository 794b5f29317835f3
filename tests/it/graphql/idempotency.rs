//! Creates that are sent again.

use serde_json::{Value, json};

use crate::support::{Caller, World};

const CREDENTIAL: &str = r#"
    mutation($input: CreateCredentialInput!) {
      createCredential(input: $input) {
        credential { id name createdAt }
        clientSecret clientMutationId
      }
    }
"#;
const ACCOUNT: &str = r#"
    mutation($input: CreateServiceAccountInput!) {
      createServiceAccount(input: $input) {
        serviceAccount { id name roles { label } }
      }
    }
"#;

async fn credential(caller: &Caller, input: Value) -> Value {
    let reply = caller.graphql(CREDENTIAL, json!({ "input": input })).await;
    reply.data("/createCredential")
}

#[tokio::test]
async fn an_idempotency_key_returns_the_first_payload_and_rejects_another_input() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "idempotencyKey": "k" });
    let first = credential(&admin, input.clone()).await;
    assert_eq!(credential(&admin.at(&other), input.clone()).await, first);
    let mut changed = input;
    changed["name"] = json!("y");
    admin.graphql(CREDENTIAL, json!({ "input": changed })).await.is_graphql_error("CONFLICT");
    changed["idempotencyKey"] = json!("a b");
    let wrong = admin.graphql(CREDENTIAL, json!({ "input": changed })).await;
    wrong.is_graphql_error("BAD_USER_INPUT");
    assert_eq!(wrong.json()["errors"][0]["extensions"]["field"], "idempotencyKey");
}

#[tokio::test]
async fn a_client_mutation_id_is_only_echoed() {
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
async fn an_idempotency_key_creates_one_account_with_roles() {
    let world = World::new().await;
    let admin = world.admin().await;
    let input = |role: &str| json!({ "input": { "organizationId": "acme", "name": "x", "roles": [role], "idempotencyKey": "k" } });
    let first = admin.graphql(ACCOUNT, input("org_viewer")).await.data("/createServiceAccount");
    let again = admin.graphql(ACCOUNT, input("org_viewer")).await.data("/createServiceAccount");
    assert_eq!(again, first);
    admin.graphql(ACCOUNT, input("org_member")).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn an_idempotency_key_creates_one_role_and_one_api() {
    let world = World::new().await;
    let admin = world.admin().await;
    let role = json!({ "organizationId": "acme", "label": "x", "name": "x", "permissions": ["roles:list"], "idempotencyKey": "k" });
    let api = json!({ "organizationId": "acme", "identifier": "https://x.example", "name": "x", "scopes": ["read"], "idempotencyKey": "k" });
    for (mutation, mut input, selection) in
        [("createRole", role, "role { id label }"), ("createApi", api, "api { id identifier }")]
    {
        let first = admin.mutate_selecting(mutation, &input, selection).await.data("");
        let again = admin.mutate_selecting(mutation, &input, selection).await.data("");
        assert_eq!(again, first);
        input["name"] = json!("y");
        admin.mutate(mutation, &input).await.is_graphql_conflict("IDEMPOTENCY_KEY_REUSED");
        input["idempotencyKey"] = json!("a b");
        admin.mutate(mutation, &input).await.is_graphql_error("BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn graphql_and_rest_share_idempotency_keys() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "idempotencyKey": "k" });
    let first = credential(&admin, input).await;
    let path = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    let request = admin.request(reqwest::Method::POST, &path).header("idempotency-key", "k");
    let again = crate::support::Reply::of(request.json(&json!({ "name": "x" }))).await.body(201);
    assert_eq!(again["client_secret"], first["clientSecret"]);
}

#[tokio::test]
async fn a_replay_requires_an_equally_restricted_credential() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let target = world.account(&[]).await;
    let mint = async |restrictions: Value| {
        let input =
            json!({ "serviceAccountId": first.id, "name": "x", "restrictions": restrictions });
        let made = admin
            .mutate_selecting("createCredential", input, "credential { id clientId } clientSecret")
            .await
            .data("/createCredential");
        let account = first.with_credential(&made["credential"], &made["clientSecret"]);
        world.sign_in(&account).await
    };
    let (plain, restricted) = (mint(Value::Null).await, mint(json!({ "tokenLifetime": 60 })).await);
    let input = |restrictions: Value, key: &str| json!({ "input": { "serviceAccountId": target.id, "name": "x", "restrictions": restrictions, "idempotencyKey": key } });
    let unrestricted =
        admin.graphql(CREDENTIAL, input(Value::Null, "a")).await.data("/createCredential");
    let again = plain.graphql(CREDENTIAL, input(Value::Null, "a")).await;
    assert_eq!(again.data("/createCredential"), unrestricted, "another credential of the account");
    restricted.graphql(CREDENTIAL, input(Value::Null, "a")).await.is_graphql_error("FORBIDDEN");
    let short = json!({ "tokenLifetime": 60 });
    restricted.graphql(CREDENTIAL, input(short.clone(), "b")).await.data("");
    let refused = admin.graphql(CREDENTIAL, input(short, "b")).await;
    refused.is_graphql_error("CONFLICT");
    let reason = refused.json()["errors"][0]["extensions"]["reason"].clone();
    assert_eq!(reason, "IDEMPOTENCY_KEY_OF_OTHER_CREDENTIAL");
}

#[tokio::test]
async fn a_replay_does_not_create_a_deleted_credential_again() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": account.id, "name": "x", "idempotencyKey": "k" });
    let made = credential(&admin, input.clone()).await;
    admin.mutate("deleteCredential", json!({ "id": made["credential"]["id"] })).await.data("");
    let refused = admin.graphql(CREDENTIAL, json!({ "input": input })).await;
    refused.is_graphql_error("CONFLICT");
    let reason = refused.json()["errors"][0]["extensions"]["reason"].clone();
    assert_eq!(reason, "IDEMPOTENT_RESULT_DELETED");
}

#[tokio::test]
async fn a_replay_requires_the_permission_of_the_create() {
    let world = World::new().await;
    let account = world.account(&[postern::authz::Role::Admin]).await;
    let (caller, target) = (world.sign_in(&account).await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": target.id, "name": "x", "idempotencyKey": "k" });
    credential(&caller, input.clone()).await;
    world
        .admin()
        .await
        .mutate("revokeRole", json!({ "serviceAccountId": account.id, "role": "org_admin" }))
        .await
        .data("");
    caller.graphql(CREDENTIAL, json!({ "input": input })).await.is_graphql_error("NOT_FOUND");
}
