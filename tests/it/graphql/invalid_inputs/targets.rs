//! Inputs of mutations that change things which exist.

use serde_json::{Value, json};

use super::schema::{Schema, base, text};
use crate::support::{Account, Caller, World};

/// Everything that can be selected below a thing in a payload, also what may be denied there.
const BELOW: &[(&str, &str)] = &[
    ("Api", "id name scopes"),
    (
        "Credential",
        "id restrictions { scopes } rotation { safeToRevoke replacedBy { id } } \
         serviceAccount { id roles { label } credentials { totalCount } } \
         permissions { serviceAccountCredentials { update } }",
    ),
    (
        "Organization",
        "id serviceAccounts(first: 1) { totalCount } auditEvents(first: 1) { totalCount } \
         apis { id } roles { label } permissions { auditEvents { list } }",
    ),
    ("Role", "id label permissions"),
    ("BulkResult", "id outcome error { code }"),
    ("RoleHolderChange", "serviceAccountId gains losses"),
    (
        "ServiceAccount",
        "id roles { label } credentials { totalCount } apiGrants { scopes api { id } } \
         organization { id auditEvents(first: 1) { totalCount } } \
         permissions { serviceAccounts { update } }",
    ),
];

/// All that can be selected in the payload of a mutation.
pub fn selection(schema: &Schema, mutation: &str) -> String {
    let field = |field: &Value| {
        let (name, of) = (text(&field["name"]), base(&field["type"]));
        let below = BELOW.iter().find(|(it, _)| *it == text(&of["name"]));
        match (text(&of["kind"]), below) {
            ("OBJECT", Some((_, below))) => format!("{name} {{ {below} }}"),
            ("OBJECT", None) => panic!("{of} is not known"),
            _ => name.to_owned(),
        }
    };
    schema.payload(mutation).iter().map(field).collect::<Vec<_>>().join(" ")
}

async fn run(admin: &Caller, mutation: &str, input: Value) {
    admin.mutate(mutation, input).await.data("");
}

async fn api(admin: &Caller) -> Value {
    let identifier = format!("https://{}.test", postern::random::nonce());
    let input = json!({ "organizationId": "acme", "identifier": identifier, "name": "Target", "scopes": ["read"] });
    let created = admin.mutate_selecting("createApi", input, "api { id }").await;
    created.data("/createApi/api/id")
}

async fn role(admin: &Caller) -> Value {
    let input = target_role();
    let created = admin.mutate_selecting("createRole", input, "role { id }").await;
    created.data("/createRole/role/id")
}

/// A role with a label of its own.
fn target_role() -> Value {
    let label = format!("n{}", postern::random::nonce().to_lowercase().replace(['-', '_'], ""));
    json!({ "organizationId": "acme", "label": label, "name": "New", "permissions": ["roles:list"] })
}

async fn start_rotation(admin: &Caller, account: &Account) {
    let input = json!({ "id": account.credential });
    run(admin, "startCredentialRotation", input).await;
}

/// An input that changes something, and nothing that another one is for: each has things of its own.
pub async fn target(world: &World, admin: &Caller, mutation: &str) -> Value {
    let account = world.account(&[]).await;
    let (id, credential) = (json!(account.id), json!(account.credential));
    let end = postern::clock::to_rfc3339(world.now() + chrono::TimeDelta::minutes(30));
    match mutation {
        "updateOrganization" => {
            json!({ "id": "acme", "name": format!("Acme {}", postern::random::nonce()) })
        }
        "createServiceAccount" => json!({ "organizationId": "acme", "name": "New" }),
        "updateServiceAccount" => json!({ "id": id, "name": "Changed" }),
        "createCredential" => {
            json!({ "serviceAccountId": id, "name": "New", "expiresAt": end, "restrictions": { "tokenLifetime": 60 } })
        }
        "updateCredential" => {
            json!({ "id": credential, "name": "Changed", "restrictions": { "tokenLifetime": 60 } })
        }
        "enableServiceAccount" => {
            run(admin, "disableServiceAccount", json!({ "id": id })).await;
            json!({ "id": id })
        }
        "enableCredential" => {
            run(admin, "disableCredential", json!({ "id": credential })).await;
            json!({ "id": credential })
        }
        "finishCredentialRotation" | "cancelCredentialRotation" => {
            start_rotation(admin, &account).await;
            json!({ "id": credential })
        }
        "createApi" => {
            let identifier = format!("https://{}.test", postern::random::nonce());
            json!({ "organizationId": "acme", "identifier": identifier, "name": "New", "scopes": ["read"] })
        }
        "updateApi" => json!({ "id": api(admin).await, "addScopes": ["write"] }),
        "deleteApi" => json!({ "id": api(admin).await }),
        "grantApiScopes" => {
            json!({ "serviceAccountId": id, "apiId": api(admin).await, "scopes": ["read"] })
        }
        "revokeApiScopes" => {
            let input =
                json!({ "serviceAccountId": id, "apiId": api(admin).await, "scopes": ["read"] });
            run(admin, "grantApiScopes", input.clone()).await;
            input
        }
        "disableServiceAccounts" => json!({ "organizationId": "acme", "ids": [id] }),
        "enableServiceAccounts" => {
            run(admin, "disableServiceAccount", json!({ "id": id })).await;
            json!({ "organizationId": "acme", "ids": [id] })
        }
        "disableCredentials" => json!({ "organizationId": "acme", "ids": [credential] }),
        "enableCredentials" => {
            run(admin, "disableCredential", json!({ "id": credential })).await;
            json!({ "organizationId": "acme", "ids": [credential] })
        }
        "createRole" => target_role(),
        "updateRole" => {
            json!({ "id": role(admin).await, "permissions": ["service_accounts:list"] })
        }
        "deleteRole" => json!({ "id": role(admin).await }),
        "grantRole" => json!({ "serviceAccountId": id, "role": "org_viewer" }),
        "revokeRole" => {
            let input = json!({ "serviceAccountId": id, "role": "org_viewer" });
            run(admin, "grantRole", input.clone()).await;
            input
        }
        "deleteServiceAccount" | "disableServiceAccount" | "revokeServiceAccountTokens" => {
            json!({ "id": id })
        }
        "deleteCredential"
        | "disableCredential"
        | "revokeCredentialTokens"
        | "startCredentialRotation" => json!({ "id": credential }),
        other => panic!("{other} has no target"),
    }
}
