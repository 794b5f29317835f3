//! Nobody hands out more than they hold, and an organization keeps an admin.

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

async fn mint(caller: &Caller, account: &str) -> Reply {
    let mutation = "mutation($id: ID!) { createCredential(input: { serviceAccountId: $id, name: \"x\" }) { clientSecret } }";
    caller.graphql(mutation, json!({ "id": account })).await
}

async fn grant(caller: &Caller, verb: &str, account: &str, role: &str) -> Reply {
    let mutation = format!(
        "mutation($id: ID!, $role: String!) {{ {verb}Role(input: {{ serviceAccountId: $id, role: $role }}) {{ serviceAccount {{ roles {{ label }} }} }} }}"
    );
    caller.graphql(&mutation, json!({ "id": account, "role": role })).await
}

#[tokio::test]
async fn a_member_mints_no_secret_of_an_admin() {
    let world = World::new().await;
    let member = world.member().await;
    mint(&member, &world.admin_account().id).await.is_refused("FORBIDDEN");
    let weaker = world.account(&[Role::Viewer]).await;
    let secret = mint(&member, &weaker.id).await.data("/createCredential/clientSecret");
    assert!(secret.as_str().is_some_and(|secret| secret.starts_with("psk_")));
}

#[tokio::test]
async fn roles_are_granted_by_those_who_hold_what_they_hold() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    grant(&world.member().await, "grant", &account.id, "org_viewer").await.is_refused("FORBIDDEN");
    let narrowed = Some("roles:grant service_accounts:read");
    let narrowed = world.sign_in_for(&world.admin_account(), narrowed).await;
    grant(&narrowed, "grant", &account.id, "org_viewer").await.is_refused("FORBIDDEN");
    let admin = world.admin().await;
    for _ in 0..2 {
        let reply = grant(&admin, "grant", &account.id, "org_viewer").await;
        let roles = reply.data("/grantRole/serviceAccount/roles");
        assert_eq!(roles, json!([{ "label": "org_viewer" }]));
    }
    let member = world.member().await;
    let create = "mutation { createServiceAccount(input: { organizationId: \"acme\", name: \"x\", roles: [\"org_viewer\"] }) { serviceAccount { id } } }";
    member.graphql(create, Value::Null).await.is_refused("FORBIDDEN");
    admin.graphql(create, Value::Null).await.data("/createServiceAccount/serviceAccount/id");
}

#[tokio::test]
async fn an_organization_never_loses_its_last_admin() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account().id);
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": first })).await.is_refused("CONFLICT");
    grant(&admin, "revoke", &first, "org_admin").await.is_refused("CONFLICT");
    let second = world.account(&[Role::Admin]).await;
    let both = [&first, &second.id].map(|id| {
        let (caller, id) = (admin.clone(), id.clone());
        async move { caller.graphql(delete, json!({ "id": id })).await }
    });
    let [a, b] = both;
    let (a, b) = tokio::join!(a, b);
    let refused = [a, b].iter().filter(|reply| !reply.errors().is_empty()).count();
    assert_eq!(refused, 1, "one of two deletes at once is refused");
}

#[tokio::test]
async fn an_account_has_a_limited_number_of_credentials() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    mint(&admin, &account.id).await.data("/createCredential/clientSecret");
    mint(&admin, &account.id).await.is_refused("CONFLICT");
}
