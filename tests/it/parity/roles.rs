//! The catalogue of permissions and the decision on a grant, over both surfaces.

use postern::authz::{Permission, Role};
use reqwest::Method;
use serde_json::json;

use crate::support::{Account, Caller, Reply, World};

#[tokio::test]
async fn the_catalogue_has_every_permission_over_both_surfaces() {
    let world = World::new().await;
    let caller = world.sign_in(&world.account(&[]).await).await;
    let query = "{ permissionCatalog { name description resource_type: resourceType } }";
    let graphql = caller.graphql(query, json!({})).await.data("/permissionCatalog");
    let rest = caller.get("/permissions").await.body(200);
    let entry = |it: &Permission| json!({ "name": it.name(), "description": it.description(), "resource_type": it.kind() });
    let expected: Vec<_> = Permission::ALL.iter().map(entry).collect();
    assert_eq!(graphql, json!(expected));
    assert_eq!(rest["items"], graphql);
}

/// Whether a caller may grant a role, over both surfaces.
async fn may_grant(caller: &Caller, target: &Account, role: &str) -> bool {
    let query = "query($id: ID!, $role: String!) { node(id: $id) { ... on ServiceAccount { mayGrant(role: $role) } } }";
    let graphql = caller.graphql(query, json!({ "id": target.id, "role": role })).await;
    let path = format!("/organizations/acme/service-accounts/{}/roles/{role}/may-grant", target.id);
    let rest = caller.get(&path).await.body(200);
    assert_eq!(rest, json!({ "may_grant": graphql.data("/node/mayGrant") }));
    rest["may_grant"].as_bool().expect("a decision")
}

/// Grants a role over REST.
async fn grant(caller: &Caller, target: &Account, role: &str) -> Reply {
    let path = format!("/organizations/acme/service-accounts/{}/roles/{role}", target.id);
    Reply::of(caller.request(Method::PUT, &path)).await
}

#[tokio::test]
async fn a_role_may_be_granted_over_both_surfaces_exactly_if_granting_it_succeeds() {
    let world = World::new().await;
    let admin = world.admin().await;
    let held = ["service_accounts:read", "roles:list", "roles:grant"].map(str::to_owned);
    world.role("granter", held.to_vec()).await;
    let granter = world.account(&[]).await;
    grant(&admin, &granter, "granter").await.body(200);
    let restricted = world.account(&[Role::Admin]).await;
    let input = json!({ "id": restricted.credential, "restrictions": { "tokenLifetime": 600 } });
    admin.mutate("updateCredential", input).await.data("");
    let (granter, restricted) = (world.sign_in(&granter).await, world.sign_in(&restricted).await);
    let strong = world.account(&[Role::Admin]).await;
    let weak = world.account(&[]).await;
    for (caller, target, role, expected) in [
        (&granter, &weak, "granter", true),
        (&granter, &weak, "org_viewer", false),
        (&granter, &strong, "granter", false),
        // The credential of the target is less restricted than the caller's.
        (&restricted, &weak, "org_viewer", false),
        (&admin, &weak, "org_viewer", true),
        (&admin, &strong, "org_member", true),
    ] {
        assert_eq!(may_grant(caller, target, role).await, expected, "{role}");
        let reply = grant(caller, target, role).await;
        if expected {
            reply.body(200);
        } else {
            reply.is_error(403, "FORBIDDEN");
        }
    }
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roles { label } } } }";
    let roles = admin.graphql(query, json!({ "id": weak.id })).await.data("/node/roles");
    assert_eq!(roles, json!([{ "label": "granter" }, { "label": "org_viewer" }]));
}
