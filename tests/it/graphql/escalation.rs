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
        "mutation($id: ID!, $role: String!) {{ {verb}Role(input: {{ serviceAccountId: $id, role: $role }}) {{ serviceAccount {{ id }} }} }}"
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
        grant(&admin, "grant", &account.id, "org_viewer").await.data("");
        let query =
            "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roles { label } } } }";
        let reply = admin.graphql(query, json!({ "id": account.id })).await;
        assert_eq!(reply.data("/node/roles"), json!([{ "label": "org_viewer" }]));
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
}

#[tokio::test]
async fn of_two_admins_that_give_up_their_role_at_once_one_stays() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let second = world.account(&[Role::Admin]).await;
    // Each gives up its own: neither request depends on the other's caller.
    let (one, two) = (world.admin().await, world.sign_in(&second).await.at(&other));
    let (first, second) = (world.admin_account().id, second.id);
    let (a, b) = tokio::join!(
        grant(&one, "revoke", &first, "org_admin"),
        grant(&two, "revoke", &second, "org_admin")
    );
    let refused: Vec<_> = [&a, &b].into_iter().filter(|it| !it.errors().is_empty()).collect();
    let [refused] = refused.as_slice() else { panic!("{a:?} {b:?}") };
    assert_eq!(refused.json()["errors"][0]["extensions"]["reason"], "LAST_ADMIN", "{refused:?}");
}

#[tokio::test]
async fn an_admin_that_cannot_authenticate_does_not_count_as_one() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let second = world.account(&[Role::Admin]).await;
    let disable = "mutation($id: ID!) { disableCredential(input: { id: $id }) { credential { disabledAt } } }";
    admin.graphql(disable, json!({ "id": second.credential })).await.data("");
    let delete_account =
        "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    let delete =
        "mutation($id: ID!) { deleteCredential(input: { id: $id, force: true }) { deletedId } }";
    let expire = "mutation($id: ID!) { updateCredential(input: { id: $id, expiresAt: \"2099-01-01T00:00:00Z\" }) { clientMutationId } }";
    for (mutation, id) in [
        (delete_account, &first.id),
        (delete, &first.credential),
        (disable, &first.credential),
        (expire, &first.credential),
    ] {
        let reply = admin.graphql(mutation, json!({ "id": id })).await;
        reply.is_refused("CONFLICT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["reason"], "LAST_ADMIN", "{mutation}");
    }
    let path = format!(
        "/organizations/acme/service-accounts/{}/credentials/{}",
        first.id, first.credential
    );
    admin.delete(&path).await.body(409);
    let enable = "mutation($id: ID!) { enableCredential(input: { id: $id }) { clientMutationId } }";
    admin.graphql(enable, json!({ "id": second.credential })).await.data("");
    admin.graphql(delete, json!({ "id": first.credential })).await.data("");
}

#[tokio::test]
async fn an_account_has_a_limited_number_of_credentials() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    mint(&admin, &account.id).await.data("/createCredential/clientSecret");
    mint(&admin, &account.id).await.is_refused("CONFLICT");
}
