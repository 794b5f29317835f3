//! What `permissions` says is what the operations do.

use postern::authz::{Permission, Role};
use serde_json::{Value, json};

use crate::support::World;

const ALL: &str = "query($s: ID!, $c: ID!) {
  organization: viewer { organization { permissions {
    organizations { read update } serviceAccounts { list create read update delete }
    serviceAccountCredentials { list create read update delete } roles { list grant } auditEvents { list }
  } } }
  account: node(id: $s) { ... on ServiceAccount { permissions { serviceAccounts { list create read update delete } serviceAccountCredentials { list create read update delete } } } }
  credential: node(id: $c) { ... on Credential { permissions { serviceAccountCredentials { list create read update delete } } } }
}";

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
async fn every_thing_tells_what_the_roles_of_the_caller_hold() {
    let world = World::new().await;
    let thing = world.account(&[]).await;
    for role in Role::ALL {
        let caller = world.sign_in(&world.account(&[*role]).await).await;
        let reply = caller.graphql(ALL, json!({ "s": thing.id, "c": thing.credential })).await;
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
async fn a_narrowed_token_says_and_does_less() {
    let world = World::new().await;
    let scope = "organizations:read service_accounts:list";
    let caller = world.sign_in_for(&world.admin_account(), Some(scope)).await;
    let query = "{ organization(id: \"acme\") { permissions { organizations { read update } } serviceAccounts { nodes { id } permissions { serviceAccounts { create list } } } } }";
    let reply = caller.graphql(query, json!({})).await;
    assert_eq!(
        reply.data("/organization/permissions/organizations"),
        json!({ "read": true, "update": false })
    );
    let list = reply.data("/organization/serviceAccounts/permissions/serviceAccounts");
    assert_eq!(list, json!({ "create": false, "list": true }));
    let update = "mutation { updateOrganization(input: { id: \"acme\", name: \"x\" }) { clientMutationId } }";
    caller.graphql(update, json!({})).await.is_refused("FORBIDDEN");
}

#[tokio::test]
async fn what_is_not_permitted_is_refused_by_every_mutation() {
    let world = World::new().await;
    let thing = world.account(&[]).await;
    let variables = json!({ "s": thing.id, "c": thing.credential });
    let viewer = world.viewer().await;
    for (permission, mutation) in [
        (
            Permission::OrganizationsUpdate,
            "mutation { updateOrganization(input: { id: \"acme\", name: \"x\" }) { clientMutationId } }",
        ),
        (
            Permission::ServiceAccountsCreate,
            "mutation { createServiceAccount(input: { organizationId: \"acme\", name: \"x\" }) { clientMutationId } }",
        ),
        (
            Permission::ServiceAccountsUpdate,
            "mutation($s: ID!) { updateServiceAccount(input: { id: $s, name: \"x\" }) { clientMutationId } }",
        ),
        (
            Permission::ServiceAccountsDelete,
            "mutation($s: ID!) { deleteServiceAccount(input: { id: $s }) { deletedId } }",
        ),
        (
            Permission::CredentialsCreate,
            "mutation($s: ID!) { createCredential(input: { serviceAccountId: $s, name: \"x\" }) { clientSecret } }",
        ),
        (
            Permission::CredentialsUpdate,
            "mutation($c: ID!) { updateCredential(input: { id: $c, name: \"x\" }) { clientMutationId } }",
        ),
        (
            Permission::CredentialsDelete,
            "mutation($c: ID!) { deleteCredential(input: { id: $c }) { deletedId } }",
        ),
        (
            Permission::RolesGrant,
            "mutation($s: ID!) { grantRole(input: { serviceAccountId: $s, role: \"org_viewer\" }) { clientMutationId } }",
        ),
        (
            Permission::RolesGrant,
            "mutation($s: ID!) { revokeRole(input: { serviceAccountId: $s, role: \"org_viewer\" }) { clientMutationId } }",
        ),
    ] {
        assert!(!Role::Viewer.permissions().contains(permission));
        viewer.graphql(mutation, variables.clone()).await.is_refused("FORBIDDEN");
    }
}
