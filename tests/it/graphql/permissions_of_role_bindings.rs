//! Permissions from role bindings that end or are confined.

use postern::authz::Role;
use serde_json::{Value, json};

use super::api::{self, register};
use super::role_bindings::until;
use super::roles::{create, grant, rename};
use crate::support::World;

#[tokio::test]
async fn permissions_of_a_caller_confined_to_an_account_deny_lists_and_creates() {
    let world = World::new().await;
    let (admin, target) = (world.admin().await, world.account(&[]).await);
    let holder = world.account(&[]).await;
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "org_admin", confined).await.data("");
    let caller = world.sign_in(&holder).await;
    let query = r#"
        query($id: ID!) {
          organization(id: "acme") { permissions { serviceAccounts { create } roles { create } } }
          node(id: $id) { ... on ServiceAccount { permissions {
            serviceAccounts { list create update } serviceAccountCredentials { create }
          } } }
        }
    "#;
    let said = caller.graphql(query, json!({ "id": target.id })).await.data("");
    let none = json!({ "serviceAccounts": { "create": false }, "roles": { "create": false } });
    assert_eq!(said["organization"]["permissions"], none);
    let own = json!({ "list": false, "create": false, "update": true });
    assert_eq!(said["node"]["permissions"]["serviceAccounts"], own);
    assert_eq!(said["node"]["permissions"]["serviceAccountCredentials"]["create"], true);
    let input = json!({ "organizationId": "acme", "name": "New" });
    caller.mutate("createServiceAccount", input).await.is_graphql_error("FORBIDDEN");
    create(&caller, "any", &["roles:list"]).await.is_graphql_error("FORBIDDEN");
    rename(&caller, &target).await.data("");
    let input = json!({ "serviceAccountId": target.id, "name": "New" });
    caller.mutate("createCredential", input).await.data("");
}

#[tokio::test]
async fn permissions_of_an_admin_whose_role_ends_deny_the_creation_of_roles() {
    let world = World::new().await;
    let (admin, lender) = (world.admin().await, world.account(&[]).await);
    grant(&admin, &lender, "org_admin", until(&world, 30)).await.data("");
    let caller = world.sign_in(&lender).await;
    let query = r#"{ organization(id: "acme") { permissions { roles { create update } serviceAccounts { create } } } }"#;
    let said = async || caller.graphql(query, json!({})).await.data("/organization/permissions");
    let expected = |create| json!({ "roles": { "create": create, "update": true }, "serviceAccounts": { "create": true } });
    assert_eq!(said().await, expected(false));
    create(&caller, "any", &["roles:list"]).await.is_graphql_error("FORBIDDEN");
    let input = json!({ "organizationId": "acme", "name": "New" });
    caller.mutate("createServiceAccount", input).await.data("");
    grant(&admin, &lender, "org_admin", json!({})).await.data("");
    assert_eq!(said().await, expected(true));
    create(&caller, "any", &["roles:list"]).await.data("");
}

#[tokio::test]
async fn effective_permissions_of_a_credential_are_those_of_its_tokens() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[Role::Member]).await);
    let target = world.account(&[]).await;
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "org_admin", confined).await.data("");
    let selection =
        "effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } }";
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Credential {{ {selection} }} }} }}");
    let said = async || {
        let reply = admin.graphql(&query, json!({ "id": holder.credential })).await;
        reply.data("/node/effectivePermissions")
    };
    let of_token = async || {
        let viewer = format!("{{ viewer {{ {selection} }} }}");
        let caller = world.sign_in(&holder).await;
        caller.graphql(&viewer, json!({})).await.data("/viewer/effectivePermissions")
    };
    let restrict = async |restrictions: Value| {
        let input = json!({ "id": holder.credential, "restrictions": restrictions });
        admin.mutate("updateCredential", input).await.data("");
    };
    assert_eq!(said().await, of_token().await);
    let scopes = ["service_accounts:read", "service_accounts:delete", "audit_events:list"];
    restrict(json!({ "scopes": scopes })).await;
    let restricted = said().await;
    assert_eq!(restricted["permissions"], json!([scopes[0]]));
    let on_target = json!([{ "serviceAccountId": target.id, "permissions": [scopes[1]] }]);
    assert_eq!(restricted["onServiceAccounts"], on_target);
    assert_eq!(restricted, of_token().await);
    let api = register(&admin, "acme", "https://other.test").await.data("/createApi/api/id");
    api::grant(&admin, &holder, &api, &["read"]).await;
    restrict(json!({ "scopes": null, "audiences": ["https://other.test"] })).await;
    assert_eq!(said().await, json!({ "permissions": [], "onServiceAccounts": [] }));
    assert_eq!(world.anonymous().ask_token(&holder.form()).await.status, 400);
}

#[tokio::test]
async fn effective_permissions_on_an_account_are_those_that_apply_to_it() {
    let world = World::new().await;
    let (admin, holder, target) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&holder).await;
    create(&admin, "auditor", &["audit_events:list", "service_accounts:read"]).await.data("");
    let confined = json!({ "onServiceAccountId": target.id });
    grant(&admin, &holder, "auditor", confined).await.data("");
    let query = "{ viewer { effectivePermissions { permissions onServiceAccounts { serviceAccountId permissions } } } }";
    let effective = caller.graphql(query, json!({})).await.data("/viewer/effectivePermissions");
    let on = json!([{ "serviceAccountId": target.id, "permissions": ["service_accounts:read"] }]);
    assert_eq!(effective, json!({ "permissions": [], "onServiceAccounts": on }));
}
