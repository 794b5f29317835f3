//! Nobody hands out more than they hold, and an organization keeps an admin.

use postern::authz::Role;
use serde_json::json;

use crate::support::{Caller, Reply, World};

async fn create_credential(caller: &Caller, account: &str) -> Reply {
    let input = json!({ "serviceAccountId": account, "name": "x" });
    caller.mutate_selecting("createCredential", input, "clientSecret").await
}

async fn grant_role(caller: &Caller, account: &str, role: &str) -> Reply {
    caller.mutate("grantRole", json!({ "serviceAccountId": account, "role": role })).await
}

#[tokio::test]
async fn a_member_cannot_create_a_credential_of_an_admin() {
    let world = World::new().await;
    let member = world.member().await;
    create_credential(&member, &world.admin_account().id).await.is_graphql_error("FORBIDDEN");
    let weaker = world.account(&[Role::Viewer]).await;
    let secret =
        create_credential(&member, &weaker.id).await.data("/createCredential/clientSecret");
    assert!(secret.as_str().is_some_and(|secret| secret.starts_with("psk_")));
}

#[tokio::test]
async fn a_role_is_granted_only_by_callers_with_all_its_permissions() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    grant_role(&world.member().await, &account.id, "org_viewer")
        .await
        .is_graphql_error("FORBIDDEN");
    let narrowed = Some("roles:grant service_accounts:read");
    let narrowed = world.sign_in_for(&world.admin_account(), narrowed).await;
    grant_role(&narrowed, &account.id, "org_viewer").await.is_graphql_error("FORBIDDEN");
    let admin = world.admin().await;
    for _ in 0..2 {
        grant_role(&admin, &account.id, "org_viewer").await.data("");
        let query =
            "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roles { label } } } }";
        let reply = admin.graphql(query, json!({ "id": account.id })).await;
        assert_eq!(reply.data("/node/roles"), json!([{ "label": "org_viewer" }]));
    }
    let member = world.member().await;
    member
        .mutate_selecting(
            "createServiceAccount",
            json!({ "organizationId": "acme", "name": "x", "roles": ["org_viewer"] }),
            "serviceAccount { id }",
        )
        .await
        .is_graphql_error("FORBIDDEN");
    admin
        .mutate_selecting(
            "createServiceAccount",
            json!({ "organizationId": "acme", "name": "x", "roles": ["org_viewer"] }),
            "serviceAccount { id }",
        )
        .await
        .data("/createServiceAccount/serviceAccount/id");
}

#[tokio::test]
async fn an_account_has_a_limited_number_of_credentials() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    create_credential(&admin, &account.id).await.data("/createCredential/clientSecret");
    create_credential(&admin, &account.id).await.is_graphql_error("CONFLICT");
}
