//! REST: every operation of the OpenAPI document.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::rest::ids;
use crate::support::{Account, Caller, Reply, World};

/// Whom an operation is for.
enum Door {
    /// Anybody: it tells nothing of a tenant, or asks for a client's own secret.
    Open,
    /// Callers with a token; what a viewer gets.
    Guarded { viewer: u16 },
}

/// Every operation, by its id.
const OPERATIONS: &[(&str, Door)] = &[
    ("show_keys", Door::Open),
    ("show_metadata", Door::Open),
    ("issue_token", Door::Open),
    ("issue_service_account_token", Door::Open),
    ("introspect_token", Door::Open),
    ("revoke_token", Door::Open),
    ("list_organizations", Door::Guarded { viewer: 200 }),
    ("get_organization", Door::Guarded { viewer: 200 }),
    ("update_organization", Door::Guarded { viewer: 403 }),
    ("list_roles", Door::Guarded { viewer: 403 }),
    ("list_service_accounts", Door::Guarded { viewer: 200 }),
    ("create_service_account", Door::Guarded { viewer: 403 }),
    ("get_service_account", Door::Guarded { viewer: 200 }),
    ("update_service_account", Door::Guarded { viewer: 403 }),
    ("delete_service_account", Door::Guarded { viewer: 403 }),
    ("list_credentials", Door::Guarded { viewer: 200 }),
    ("create_credential", Door::Guarded { viewer: 403 }),
    ("get_credential", Door::Guarded { viewer: 200 }),
    ("update_credential", Door::Guarded { viewer: 403 }),
    ("delete_credential", Door::Guarded { viewer: 403 }),
];

/// An operation of the document, and the door that it is said to be.
struct Operation {
    id: String,
    method: Method,
    path: String,
    door: &'static Door,
}

impl Operation {
    async fn by(&self, caller: &Caller, account: &Account) -> Reply {
        self.at("acme", caller, account).await
    }

    async fn at(&self, organization: &str, caller: &Caller, account: &Account) -> Reply {
        let path = self
            .path
            .replace("{organization_id}", organization)
            .replace("{service_account_id}", &account.id)
            .replace("{credential_id}", &account.credential);
        let request = caller.request(self.method.clone(), &path);
        let has_body = self.method == Method::POST || self.method == Method::PATCH;
        Reply::of(if has_body { request.json(&json!({ "name": "Harmed" })) } else { request }).await
    }
}

async fn operations(world: &World) -> Vec<Operation> {
    let document = world.anonymous().get("/openapi.json").await.body(200);
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let methods = methods.as_object().expect("methods");
        for (method, operation) in methods.iter().filter(|(_, it)| it.get("responses").is_some()) {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            let listed = OPERATIONS.iter().find(|(listed, _)| *listed == id);
            let (_, door) = listed.unwrap_or_else(|| panic!("{id} is not tried"));
            let method = method.to_uppercase().parse().expect("a method");
            found.push(Operation { id, method, path: path.clone(), door });
        }
    }
    assert_eq!(found.len(), OPERATIONS.len(), "what is tried is there");
    found
}

async fn is_unharmed(world: &World, account: &Account) {
    let admin = world.admin().await;
    let all = admin.get("/organizations/acme/service-accounts").await.body(200);
    assert!(!all.to_string().contains("Harmed"));
    let at = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    let credentials = admin.get(&at).await.body(200);
    let ids = ids(&credentials);
    assert_eq!(
        (ids, credentials["items"][0]["name"].as_str()),
        (vec![account.credential.clone()], Some("Tried"))
    );
    assert_eq!(
        admin.get("/organizations/acme").await.body(200)["name"],
        Value::from(world.first.organization.name.clone())
    );
}

#[tokio::test]
async fn nobody_learns_nothing() {
    let world = World::new().await;
    let victim = world.account(&[]).await;
    for operation in operations(&world).await {
        let reply = operation.by(&world.anonymous(), &victim).await;
        let wrong = operation.by(&world.anonymous().with_token("wrong"), &victim).await;
        match operation.door {
            Door::Open => assert!(reply.status != 401 && reply.status != 404, "{}", operation.id),
            Door::Guarded { .. } => {
                reply.is_error(401, "UNAUTHENTICATED");
                wrong.is_error(401, "UNAUTHENTICATED");
            }
        }
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_stranger_learns_no_more_than_of_what_is_not_there() {
    let world = World::new().await;
    let (stranger, victim) = (world.stranger().await, world.account(&[]).await);
    for operation in operations(&world).await {
        let reply = operation.by(&stranger, &victim).await;
        match operation.door {
            Door::Open => assert!(!reply.text.contains(&victim.client_id), "{}", operation.id),
            Door::Guarded { .. } if operation.path.contains("{organization_id}") => {
                reply.is_error(404, "NOT_FOUND");
                assert_eq!(reply.json()["message"], "no such organization", "{}", operation.id);
                if operation.path.contains("{service_account_id}") {
                    let among_its_own = operation.at("globex", &stranger, &victim).await;
                    among_its_own.is_error(404, "NOT_FOUND");
                }
            }
            Door::Guarded { .. } => {
                let seen = reply.body(200);
                assert_eq!(seen["items"].as_array().map(Vec::len), Some(1), "{}", operation.id);
                assert_eq!(seen["items"][0]["label"], "globex", "{}", operation.id);
            }
        }
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let world = World::new().await;
    let victim = world.account(&[]).await;
    let viewer = world.sign_in(&world.account(&[Role::Viewer]).await).await;
    for operation in operations(&world).await {
        let reply = operation.by(&viewer, &victim).await;
        match operation.door {
            Door::Open => {}
            Door::Guarded { viewer: 403 } => reply.is_error(403, "FORBIDDEN"),
            Door::Guarded { viewer } => assert_eq!(reply.status, *viewer, "{}", operation.id),
        }
    }
    is_unharmed(&world, &victim).await;
}
