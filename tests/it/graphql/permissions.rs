//! What `permissions` says is what the operations do.

use postern::authz::{Permission, Role};
use serde_json::{Value, json};

use crate::support::{World, mutation_call};

const ALL: &str = r#"
    query($account: ID!, $credential: ID!) {
      organization: viewer {
        organization {
          permissions {
            organizations { read update }
            serviceAccounts { list create read update delete }
            serviceAccountCredentials { list create read update delete }
            roles { list create update delete grant }
            members { list create read update delete }
            apis { list create read update delete grant }
            trustedIssuers { list create read update delete }
            auditEvents { list export }
          }
        }
      }
      account: node(id: $account) {
        ... on ServiceAccount {
          permissions {
            serviceAccounts { list create read update delete }
            serviceAccountCredentials { list create read update delete }
          }
        }
      }
      credential: node(id: $credential) {
        ... on Credential {
          permissions {
            serviceAccountCredentials { list create read update delete }
          }
        }
      }
    }
"#;

/// The permissions that a `permissions` object says yes to.
fn granted(permissions: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for (kind, actions) in permissions.as_object().expect("types") {
        for (name, may) in actions.as_object().expect("actions") {
            if may.as_bool().expect("a bool") {
                let snake = kind.chars().map(|it| {
                    if it.is_uppercase() {
                        format!("_{}", it.to_lowercase())
                    } else {
                        it.to_string()
                    }
                });
                names.push(format!("{}:{name}", snake.collect::<String>()));
            }
        }
    }
    names.sort();
    names
}

#[tokio::test]
async fn permissions_of_every_resource_match_the_roles_of_the_caller() {
    let world = World::new().await;
    let thing = world.account(&[]).await;
    for role in Role::ALL {
        let caller = world.sign_in(&world.account(&[*role]).await).await;
        let reply = caller
            .graphql(ALL, json!({ "account": thing.id, "credential": thing.credential }))
            .await;
        let held = |kinds: &[&str]| {
            let names = role.permissions().names().into_iter();
            let of_kind =
                |name: &&str| kinds.is_empty() || kinds.iter().any(|kind| name.starts_with(kind));
            let mut names: Vec<_> = names.filter(of_kind).map(str::to_owned).collect();
            names.sort();
            names
        };
        let said = |place: &str| granted(&reply.data(&format!("/{place}/permissions")));
        assert_eq!(said("organization/organization"), held(&[]), "{}", role.label());
        let kinds = ["service_accounts:", "service_account_credentials:"];
        assert_eq!(said("account"), held(&kinds), "{}", role.label());
        assert_eq!(said("credential"), held(&kinds[1..]), "{}", role.label());
    }
}

#[tokio::test]
async fn a_token_with_a_scope_has_and_reports_fewer_permissions() {
    let world = World::new().await;
    let scope = "organizations:read service_accounts:list";
    let caller = world.sign_in_for(&world.admin_account(), Some(scope)).await;
    let query = r#"
        {
          organization(id: "acme") {
            permissions { organizations { read update } }
            serviceAccounts {
              nodes { id }
              permissions { serviceAccounts { create list } }
            }
          }
        }
    "#;
    let reply = caller.graphql(query, json!({})).await;
    assert_eq!(
        reply.data("/organization/permissions/organizations"),
        json!({ "read": true, "update": false })
    );
    let list = reply.data("/organization/serviceAccounts/permissions/serviceAccounts");
    assert_eq!(list, json!({ "create": false, "list": true }));
    caller
        .mutate("updateOrganization", json!({ "id": "acme", "name": "x" }))
        .await
        .is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn every_mutation_is_forbidden_without_its_permission() {
    let world = World::new().await;
    let thing = world.account(&[]).await;
    let variables = json!({ "account": thing.id, "credential": thing.credential });
    let viewer = world.viewer().await;
    for (permission, mutation) in [
        (
            Permission::OrganizationsUpdate,
            r#"updateOrganization(input: { id: "acme", name: "x" })"#,
        ),
        (
            Permission::ServiceAccountsCreate,
            r#"createServiceAccount(input: { organizationId: "acme", name: "x" })"#,
        ),
        (
            Permission::ServiceAccountsUpdate,
            r#"updateServiceAccount(input: { id: $account, name: "x" })"#,
        ),
        (Permission::ServiceAccountsDelete, "deleteServiceAccount(input: { id: $account })"),
        (
            Permission::CredentialsCreate,
            r#"createCredential(input: { serviceAccountId: $account, name: "x" })"#,
        ),
        (
            Permission::CredentialsUpdate,
            r#"updateCredential(input: { id: $credential, name: "x" })"#,
        ),
        (Permission::CredentialsDelete, "deleteCredential(input: { id: $credential })"),
        (
            Permission::RolesGrant,
            r#"grantRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
        ),
        (
            Permission::RolesGrant,
            r#"revokeRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
        ),
    ] {
        assert!(!Role::Viewer.permissions().contains(permission));
        viewer
            .graphql(&mutation_call(mutation), variables.clone())
            .await
            .is_graphql_error("FORBIDDEN");
    }
}
