//! REST: every operation of the OpenAPI document.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

/// The callers that may use an operation.
enum Access {
    /// Everybody: it shows nothing of a tenant, or asks for a client's own secret.
    Public,
    /// Callers with a token, and the status for a viewer.
    Authenticated { viewer: u16 },
}

const READ: Access = Access::Authenticated { viewer: 200 };
const FORBIDDEN: Access = Access::Authenticated { viewer: 403 };

/// Every operation, by its id.
const OPERATIONS: &[(&str, Access)] = &[
    ("show_keys", Access::Public),
    ("show_metadata", Access::Public),
    ("issue_token", Access::Public),
    ("issue_service_account_token", Access::Public),
    ("introspect_token", Access::Public),
    ("revoke_token", Access::Public),
    ("get_viewer", READ),
    ("list_organizations", READ),
    ("get_organization", READ),
    ("update_organization", FORBIDDEN),
    ("get_limits", READ),
    ("list_audit_events", FORBIDDEN),
    ("show_audit_head", FORBIDDEN),
    ("list_audit_event_types", READ),
    ("list_roles", FORBIDDEN),
    ("create_role", FORBIDDEN),
    ("get_role", Access::Authenticated { viewer: 404 }),
    ("update_role", FORBIDDEN),
    ("delete_role", FORBIDDEN),
    ("list_permissions", READ),
    ("show_own_effective_permissions", READ),
    ("list_role_bindings", FORBIDDEN),
    ("may_grant_role", FORBIDDEN),
    ("show_effective_permissions", FORBIDDEN),
    ("show_credential_effective_permissions", FORBIDDEN),
    ("list_apis", READ),
    ("create_api", FORBIDDEN),
    ("list_api_holders", FORBIDDEN),
    ("get_api", READ),
    ("update_api", FORBIDDEN),
    ("delete_api", FORBIDDEN),
    ("list_service_accounts", READ),
    ("create_service_account", FORBIDDEN),
    ("get_service_account", READ),
    ("update_service_account", FORBIDDEN),
    ("delete_service_account", FORBIDDEN),
    ("count_service_accounts", READ),
    ("disable_service_accounts", FORBIDDEN),
    ("enable_service_accounts", FORBIDDEN),
    ("disable_service_account", FORBIDDEN),
    ("enable_service_account", FORBIDDEN),
    ("revoke_service_account_tokens", FORBIDDEN),
    ("list_service_account_roles", FORBIDDEN),
    ("grant_role", FORBIDDEN),
    ("revoke_role", FORBIDDEN),
    ("list_api_grants", FORBIDDEN),
    ("grant_api_scopes", FORBIDDEN),
    ("revoke_api_scopes", FORBIDDEN),
    ("list_organization_credentials", READ),
    ("list_credentials", READ),
    ("create_credential", FORBIDDEN),
    ("get_credential", READ),
    ("get_credential_usage", READ),
    ("update_credential", FORBIDDEN),
    ("delete_credential", FORBIDDEN),
    ("count_credentials", READ),
    ("disable_credentials", FORBIDDEN),
    ("enable_credentials", FORBIDDEN),
    ("disable_credential", FORBIDDEN),
    ("enable_credential", FORBIDDEN),
    ("revoke_credential_tokens", FORBIDDEN),
    ("start_credential_rotation", FORBIDDEN),
    ("get_credential_rotation", READ),
    ("finish_credential_rotation", FORBIDDEN),
    ("cancel_credential_rotation", FORBIDDEN),
];

/// Operations whose response shows nothing of a tenant.
const SAME_FOR_ALL: [&str; 2] = ["list_permissions", "show_own_effective_permissions"];

/// An operation of the document, and who may use it.
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    pub responses: Value,
    has_body: bool,
    door: &'static Access,
}

/// What callers try to read and to change: an account with a role, a credential that is being
/// replaced, and a scope of an API.
pub struct Victim {
    account: Account,
    api: String,
}

impl Victim {
    pub async fn of(world: &World) -> Self {
        let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
        let api = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a", "b"] });
        let api = admin.post("/organizations/acme/apis", &api).await.body(201);
        let api = api["id"].as_str().expect("an id").to_owned();
        let role = json!({ "label": "tried", "name": "Tried", "permissions": ["roles:list"] });
        admin.post("/organizations/acme/roles", &role).await.body(201);
        let at = format!("/organizations/acme/service-accounts/{}", account.id);
        let grant = admin.request(Method::PUT, &format!("{at}/api-grants/{api}"));
        Reply::of(grant.json(&json!({ "scopes": ["a"] }))).await.body(200);
        let rotation = format!("{at}/credentials/{}/rotation", account.credential);
        admin.post_empty(&rotation).await.body(201);
        Self { account, api }
    }

    /// All that could be changed, as an admin reads it.
    pub async fn state(&self, world: &World) -> Vec<Value> {
        let (admin, account) = (world.admin().await, &self.account);
        let at = format!("/organizations/acme/service-accounts/{}", account.id);
        let mut state = Vec::new();
        for path in [
            "/organizations/acme".to_owned(),
            "/organizations/acme/apis".to_owned(),
            "/organizations/acme/roles".to_owned(),
            "/organizations/acme/service-accounts".to_owned(),
            format!("{at}/roles"),
            format!("{at}/api-grants"),
            format!("{at}/credentials"),
            format!("{at}/credentials/{}/rotation", account.credential),
        ] {
            state.push(admin.get(&path).await.body(200));
        }
        state
    }
}

impl Operation {
    pub async fn by(&self, caller: &Caller, victim: &Victim) -> Reply {
        self.at("acme", caller, victim).await
    }

    async fn at(&self, organization: &str, caller: &Caller, victim: &Victim) -> Reply {
        self.at_path(&self.path, organization, caller, victim).await
    }

    /// Whether it takes callers with a token alone.
    pub fn requires_authentication(&self) -> bool {
        matches!(self.door, Access::Authenticated { .. })
    }

    /// Where it is for a victim.
    pub fn path_at(&self, organization: &str, victim: &Victim) -> String {
        fill(&self.path, organization, victim)
    }

    /// The same operation at another path, whose parameters are filled in likewise.
    pub async fn at_path(
        &self,
        path: &str,
        organization: &str,
        caller: &Caller,
        victim: &Victim,
    ) -> Reply {
        let path = fill(path, organization, victim);
        let request = caller.request(self.method.clone(), &path);
        Reply::of(if self.has_body { request.json(&self.body(victim)) } else { request }).await
    }

    fn body(&self, victim: &Victim) -> Value {
        match self.id.as_str() {
            "create_role" => {
                json!({ "label": "harmed", "name": "Harmed", "permissions": ["roles:list"] })
            }
            "create_api" => {
                json!({ "identifier": "https://h.example", "name": "Harmed", "scopes": ["a"] })
            }
            "disable_service_accounts" | "enable_service_accounts" => {
                json!({ "ids": [victim.account.id] })
            }
            "disable_credentials" | "enable_credentials" => {
                json!({ "ids": [victim.account.credential] })
            }
            "grant_api_scopes" => json!({ "scopes": ["b"] }),
            "cancel_credential_rotation" => json!({ "force": true }),
            _ => json!({ "name": "Harmed" }),
        }
    }
}

fn fill(path: &str, organization: &str, victim: &Victim) -> String {
    let path = path
        .replace("{organization_id}", organization)
        .replace("{service_account_id}", &victim.account.id)
        .replace("{credential_id}", &victim.account.credential)
        .replace("{api_id}", &victim.api)
        .replace(
            "/roles/{role}",
            if path.contains("service-accounts") { "/roles/org_viewer" } else { "/roles/tried" },
        );
    assert!(!path.contains('{'), "{path}");
    path
}

pub async fn operations(world: &World) -> Vec<Operation> {
    let document = world.anonymous().get("/openapi.json").await.body(200);
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let methods = methods.as_object().expect("methods");
        for (method, operation) in methods.iter().filter(|(_, it)| it.get("responses").is_some()) {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            let listed = OPERATIONS.iter().find(|(listed, _)| *listed == id);
            let (_, door) = listed.unwrap_or_else(|| panic!("{id} is not tried"));
            let method = method.to_uppercase().parse().expect("a method");
            let has_body = operation.get("requestBody").is_some();
            let (path, responses) = (path.clone(), operation["responses"].clone());
            found.push(Operation { id, method, path, responses, has_body, door });
        }
    }
    assert_eq!(found.len(), OPERATIONS.len(), "what is tried is there");
    found
}

#[tokio::test]
async fn a_caller_without_a_valid_token_is_unauthenticated_everywhere() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    let before = victim.state(&world).await;
    for operation in operations(&world).await {
        let reply = operation.by(&world.anonymous(), &victim).await;
        let wrong = operation.by(&world.anonymous().with_token("wrong"), &victim).await;
        match operation.door {
            Access::Public => {
                assert!(reply.status != 401 && reply.status != 404, "{}", operation.id)
            }
            Access::Authenticated { .. } => {
                reply.is_error(401, "UNAUTHENTICATED");
                wrong.is_error(401, "UNAUTHENTICATED");
            }
        }
    }
    assert_eq!(victim.state(&world).await, before);
}

#[tokio::test]
async fn another_tenant_gets_the_response_for_a_missing_resource() {
    let world = World::new().await;
    let (stranger, victim) = (world.stranger().await, Victim::of(&world).await);
    let before = victim.state(&world).await;
    for operation in operations(&world).await {
        let reply = operation.by(&stranger, &victim).await;
        match operation.door {
            Access::Public => assert!(!reply.text.contains(&victim.account.client_id)),
            Access::Authenticated { .. } if operation.path.contains("{organization_id}") => {
                reply.is_error(404, "NOT_FOUND");
                assert_eq!(reply.json()["message"], "no such organization", "{}", operation.id);
                if operation.path.matches('{').count() > 1 {
                    let among_its_own = operation.at("globex", &stranger, &victim).await;
                    among_its_own.is_error(404, "NOT_FOUND");
                }
            }
            Access::Authenticated { .. } => {
                let seen = reply.body(200);
                if SAME_FOR_ALL.contains(&operation.id.as_str()) {
                    continue;
                }
                let own = match operation.id.as_str() {
                    "get_viewer" => &json!([seen["organization"]]),
                    _ => &seen["items"],
                };
                assert_eq!(own.as_array().map(Vec::len), Some(1), "{}", operation.id);
                assert_eq!(own[0]["label"], "globex", "{}", operation.id);
            }
        }
    }
    assert_eq!(victim.state(&world).await, before);
}

#[tokio::test]
async fn a_viewer_can_read_and_cannot_write() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    let viewer = world.sign_in(&world.account(&[Role::Viewer]).await).await;
    let before = victim.state(&world).await;
    for operation in operations(&world).await {
        let reply = operation.by(&viewer, &victim).await;
        match operation.door {
            Access::Public => {}
            Access::Authenticated { viewer: 403 } => reply.is_error(403, "FORBIDDEN"),
            Access::Authenticated { viewer } => {
                assert_eq!(reply.status, *viewer, "{}", operation.id)
            }
        }
    }
    assert_eq!(victim.state(&world).await, before);
}
