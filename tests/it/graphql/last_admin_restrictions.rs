//! A credential whose restrictions do not allow administration is no credential of an admin.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::clock;
use serde_json::{Value, json};

use super::last_admin::is_last;
use crate::support::World;

/// The names of all permissions of an org_admin but one.
fn all_but(missing: &str) -> Vec<&'static str> {
    let names = Role::Admin.permissions().names();
    names.into_iter().filter(|name| *name != missing).collect()
}

#[tokio::test]
async fn the_last_credential_that_can_administer_cannot_be_restricted() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let audience = &world.app.config.audience;
    let restrict =
        |restrictions: Value| json!({ "id": first.credential, "restrictions": restrictions });
    let useless = [
        json!({ "scopes": ["roles:list"] }),
        json!({ "scopes": all_but("roles:grant") }),
        json!({ "scopes": all_but("audit_events:list"), "audiences": [audience] }),
    ];
    for restrictions in &useless {
        is_last(&admin.mutate("updateCredential", restrict(restrictions.clone())).await);
    }
    let path = format!(
        "/organizations/acme/service-accounts/{}/credentials/{}",
        first.id, first.credential
    );
    let scopes = json!({ "restrictions": useless[0] });
    admin.patch(&path, &scopes).await.is_conflict("LAST_ADMIN");
    // With these it can still administer.
    let harmless = json!({ "scopes": Role::Admin.permissions().names(), "audiences": [audience], "tokenLifetime": 600 });
    admin.mutate("updateCredential", restrict(harmless)).await.data("");
    is_last(&admin.mutate("disableCredential", json!({ "id": first.credential })).await);
    // With another one it need not.
    world.account(&[Role::Admin]).await;
    world.admin().await.mutate("updateCredential", restrict(useless[0].clone())).await.data("");
}

#[tokio::test]
async fn a_credential_that_cannot_administer_does_not_count() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let second = world.account(&[Role::Admin]).await;
    let restrictions = json!({ "scopes": all_but("roles:grant") });
    let restrict = json!({ "id": second.credential, "restrictions": restrictions });
    admin.mutate("updateCredential", restrict).await.data("");
    let expires_at = clock::to_rfc3339(world.now() + TimeDelta::hours(1));
    for (mutation, input) in [
        ("deleteServiceAccount", json!({ "id": first.id })),
        ("disableServiceAccount", json!({ "id": first.id })),
        ("deleteCredential", json!({ "id": first.credential, "force": true })),
        ("disableCredential", json!({ "id": first.credential })),
        ("updateCredential", json!({ "id": first.credential, "expiresAt": expires_at })),
        ("updateCredential", json!({ "id": first.credential, "restrictions": restrictions })),
        ("startCredentialRotation", json!({ "id": first.credential, "expiresAt": expires_at })),
        ("revokeRole", json!({ "serviceAccountId": first.id, "role": "org_admin" })),
        (
            "grantRole",
            json!({ "serviceAccountId": first.id, "role": "org_admin", "expiresAt": expires_at }),
        ),
    ] {
        let reply = admin.mutate(mutation, input).await;
        reply.is_graphql_error("CONFLICT");
        let reason = &reply.json()["errors"][0]["extensions"]["reason"];
        assert_eq!(reason, "LAST_ADMIN", "{mutation}: {reply:?}");
    }
    for (mutation, input, item) in [
        ("disableServiceAccounts", json!({ "ids": [first.id] }), "results { error { reason } }"),
        (
            "disableCredentials",
            json!({ "ids": [first.credential] }),
            "results { error { reason } }",
        ),
    ] {
        let mut input = input;
        input["organizationId"] = json!("acme");
        let reply = admin.mutate_selecting(mutation, input, item).await;
        let results = reply.data(&format!("/{mutation}/results"));
        assert_eq!(results[0]["error"]["reason"], "LAST_ADMIN", "{mutation}: {reply:?}");
    }
    // Once it can administer again, it counts.
    let free = json!({ "id": second.credential, "restrictions": { "scopes": null } });
    admin.mutate("updateCredential", free).await.data("");
    admin.mutate("deleteServiceAccount", json!({ "id": first.id })).await.data("");
}
