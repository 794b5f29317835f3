//! Effective permissions over both surfaces: roles, API scopes and restricted credentials.

use chrono::TimeDelta;
use postern::clock;
use serde_json::{Value, json};

use crate::support::{Account, Caller, World};

const ORDERS: &str = "https://orders.test";

/// The fields of effective permissions that any caller may read of itself.
const OWN: &str = r"
    permissions
    onServiceAccounts { serviceAccountId permissions }
    roles { roleLabel permissions onServiceAccountId expiresAt }
    apiGrants { scopes }
    restrictedCredentials { id restrictions { scopes audiences } }
";

/// A service account with a role in the organization that ends, a role on one service account, scopes of
/// two APIs, and credentials with and without restrictions.
struct Holder {
    world: World,
    admin: Caller,
    account: Account,
    /// The same with a restricted credential.
    restricted: Account,
    target: Account,
    orders: Value,
    bills: Value,
    ends_at: String,
}

async fn create_role(world: &World, label: &str, permissions: &[&str]) {
    world.role(label, permissions.iter().map(|it| (*it).to_owned()).collect()).await;
}

async fn register(world: &World, admin: &Caller, identifier: &str) -> Value {
    world.clock.advance(TimeDelta::seconds(1));
    let scopes = ["read", "write", "delete"];
    let input = json!({ "organizationId": "acme", "identifier": identifier, "name": identifier, "scopes": scopes });
    admin.mutate_selecting("createApi", input, "api { id }").await.data("/createApi/api/id")
}

/// A new credential of an account with these restrictions.
async fn restrict(admin: &Caller, account: &Account, restrictions: Value) -> Account {
    let input = json!({ "serviceAccountId": account.id, "name": "Restricted", "restrictions": restrictions });
    let selection = "credential { id clientId } clientSecret";
    let made = admin.mutate_selecting("createCredential", input, selection).await;
    let made = made.data("/createCredential");
    account.with_credential(&made["credential"], &made["clientSecret"])
}

impl Holder {
    async fn new() -> Self {
        let world = World::new().await;
        let (admin, account, target) =
            (world.admin().await, world.account(&[]).await, world.account(&[]).await);
        let ends_at = clock::to_rfc3339(world.now() + TimeDelta::minutes(10));
        create_role(&world, "editor", &["service_accounts:read", "service_accounts:update"]).await;
        create_role(&world, "auditor", &["service_accounts:delete", "audit_events:list"]).await;
        let grant =
            json!({ "serviceAccountId": account.id, "role": "editor", "expiresAt": ends_at });
        admin.mutate("grantRole", grant).await.data("");
        let grant = json!({ "serviceAccountId": account.id, "role": "auditor", "onServiceAccountId": target.id });
        admin.mutate("grantRole", grant).await.data("");
        let orders = register(&world, &admin, ORDERS).await;
        let bills = register(&world, &admin, "https://bills.test").await;
        for (api, scopes) in [(&orders, json!(["read", "write"])), (&bills, json!(["read"]))] {
            let grant = json!({ "serviceAccountId": account.id, "apiId": api, "scopes": scopes });
            admin.mutate("grantApiScopes", grant).await.data("");
        }
        let restricted = restrict(&admin, &account, Self::restrictions()).await;
        let disabled = restrict(&admin, &account, json!({ "tokenLifetime": 60 })).await;
        let input = json!({ "id": disabled.credential });
        admin.mutate("disableCredential", input).await.data("");
        Self { world, admin, account, restricted, target, orders, bills, ends_at }
    }

    /// Where the account is in REST.
    fn path(&self) -> String {
        format!("/organizations/acme/service-accounts/{}", self.account.id)
    }

    /// Those of the restricted credential.
    fn restrictions() -> Value {
        json!({ "scopes": ["service_accounts:read", "read"], "audiences": [ORDERS, "https://postern.test"] })
    }

    /// Those of the restricted credential, over GraphQL.
    fn of_restricted(&self) -> Value {
        let read = json!(["service_accounts:read"]);
        json!({
            "permissions": read,
            "onServiceAccounts": [],
            "roles": [{ "roleLabel": "editor", "permissions": read, "onServiceAccountId": null, "expiresAt": self.ends_at }],
            "apiGrants": [{ "scopes": ["read"] }],
            "restrictedCredentials": [{ "id": self.restricted.credential, "restrictions": Self::restrictions() }],
        })
    }

    /// The same over REST.
    fn of_restricted_in_rest(&self) -> Value {
        let read = json!(["service_accounts:read"]);
        json!({
            "permissions": read,
            "on_service_accounts": [],
            "roles": [{ "role": "editor", "permissions": read, "expires_at": self.ends_at }],
            "api_grants": [{ "api_id": self.orders, "scopes": ["read"] }],
            "restricted_credentials": [{ "credential_id": self.restricted.credential, "restrictions": Self::restrictions() }],
        })
    }
}

/// Those of a node over GraphQL, and the errors.
async fn of_node(caller: &Caller, id: &str, selection: &str) -> (Value, Vec<(String, String)>) {
    let fields = format!("effectivePermissions {{ {selection} }}");
    let query = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on ServiceAccount {{ {fields} }} ... on Credential {{ {fields} }} }} }}"
    );
    let reply = caller.graphql(&query, json!({ "id": id })).await;
    (reply.json()["data"]["node"]["effectivePermissions"].clone(), reply.errors())
}

async fn of_viewer(caller: &Caller) -> Value {
    let query = format!("{{ viewer {{ effectivePermissions {{ {OWN} }} }} }}");
    caller.graphql(&query, json!({})).await.data("/viewer/effectivePermissions")
}

#[tokio::test]
async fn effective_permissions_of_an_account_are_its_roles_api_scopes_and_restricted_credentials() {
    let of = Holder::new().await;
    let selection = OWN.replace("apiGrants {", "apiGrants { api { identifier }");
    let (found, errors) = of_node(&of.admin, &of.account.id, &selection).await;
    assert_eq!(errors, []);
    let (both, delete) = (
        json!(["service_accounts:read", "service_accounts:update"]),
        json!(["service_accounts:delete"]),
    );
    let expected = json!({
        "permissions": both,
        "onServiceAccounts": [{ "serviceAccountId": of.target.id, "permissions": delete }],
        "roles": [
            { "roleLabel": "auditor", "permissions": delete, "onServiceAccountId": of.target.id, "expiresAt": null },
            { "roleLabel": "editor", "permissions": both, "onServiceAccountId": null, "expiresAt": of.ends_at },
        ],
        "apiGrants": [
            { "api": { "identifier": ORDERS }, "scopes": ["read", "write"] },
            { "api": { "identifier": "https://bills.test" }, "scopes": ["read"] },
        ],
        "restrictedCredentials": [{ "id": of.restricted.credential, "restrictions": Holder::restrictions() }],
    });
    assert_eq!(found, expected);
    let path = format!("{}/effective-permissions", of.path());
    let expected = json!({
        "permissions": both,
        "on_service_accounts": [{ "service_account_id": of.target.id, "permissions": delete }],
        "roles": [
            { "role": "auditor", "permissions": delete, "on_service_account_id": of.target.id },
            { "role": "editor", "permissions": both, "expires_at": of.ends_at },
        ],
        "api_grants": [
            { "api_id": of.orders, "scopes": ["read", "write"] },
            { "api_id": of.bills, "scopes": ["read"] },
        ],
        "restricted_credentials": [{ "credential_id": of.restricted.credential, "restrictions": Holder::restrictions() }],
    });
    assert_eq!(of.admin.get(&path).await.body(200), expected);

    of.world.clock.advance(TimeDelta::minutes(10));
    let (found, _) = of_node(&of.admin, &of.account.id, OWN).await;
    assert_eq!(found["permissions"], json!([]));
    assert_eq!(found["roles"].as_array().map(Vec::len), Some(1));
    let rest = of.admin.get(&path).await.body(200);
    assert_eq!(
        (&rest["permissions"], &rest["roles"]),
        (&json!([]), &json!([expected["roles"][0]]))
    );
}

#[tokio::test]
async fn restrictions_reduce_the_effective_permissions_of_a_credential_and_of_its_tokens() {
    let of = Holder::new().await;
    let (found, errors) = of_node(&of.admin, &of.restricted.credential, OWN).await;
    assert_eq!((found, errors), (of.of_restricted(), vec![]));
    let path =
        format!("{}/credentials/{}/effective-permissions", of.path(), of.restricted.credential);
    assert_eq!(of.admin.get(&path).await.body(200), of.of_restricted_in_rest());
    let caller = of.world.sign_in(&of.restricted).await;
    assert_eq!(of_viewer(&caller).await, of.of_restricted());
    let own = caller.get("/effective-permissions").await.body(200);
    assert_eq!(own, of.of_restricted_in_rest());
    assert_eq!(caller.get("/viewer").await.body(200)["effective_permissions"], own);

    let scopes = json!({ "id": of.restricted.credential, "restrictions": { "scopes": ["write"] } });
    of.admin.mutate("updateCredential", scopes).await.data("");
    let reduced = of_viewer(&caller).await;
    assert_eq!((&reduced["permissions"], &reduced["roles"]), (&json!([]), &json!([])));
    assert_eq!(reduced["apiGrants"], json!([{ "scopes": ["write"] }]));
    let input = json!({ "id": of.restricted.credential });
    of.admin.mutate("disableCredential", input).await.data("");
    let (found, _) = of_node(&of.admin, &of.account.id, OWN).await;
    assert_eq!(found["restrictedCredentials"], json!([]), "a disabled one is not active");
    let (found, _) = of_node(&of.admin, &of.restricted.credential, OWN).await;
    assert_eq!(found["restrictedCredentials"][0]["id"], of.restricted.credential);
    assert_eq!(found["restrictedCredentials"][0]["restrictions"]["scopes"], json!(["write"]));
}

#[tokio::test]
async fn the_scope_of_a_token_reduces_the_permissions_of_the_viewer_and_no_api_scopes() {
    let of = Holder::new().await;
    let scope = "service_accounts:delete service_accounts:update";
    let caller = of.world.sign_in_for(&of.account, Some(scope)).await;
    let (update, delete) = (json!(["service_accounts:update"]), json!(["service_accounts:delete"]));
    let expected = json!({
        "permissions": update,
        "onServiceAccounts": [{ "serviceAccountId": of.target.id, "permissions": delete }],
        "roles": [
            { "roleLabel": "auditor", "permissions": delete, "onServiceAccountId": of.target.id, "expiresAt": null },
            { "roleLabel": "editor", "permissions": update, "onServiceAccountId": null, "expiresAt": of.ends_at },
        ],
        "apiGrants": [{ "scopes": ["read", "write"] }, { "scopes": ["read"] }],
        "restrictedCredentials": [],
    });
    assert_eq!(of_viewer(&caller).await, expected);
    let rest = caller.get("/effective-permissions").await.body(200);
    assert_eq!(rest["permissions"], update);
    assert_eq!(rest["api_grants"][1], json!({ "api_id": of.bills, "scopes": ["read"] }));
    assert_eq!(rest["restricted_credentials"], json!([]));
    let narrow = of.world.sign_in_for(&of.account, Some("service_accounts:update")).await;
    let roles = of_viewer(&narrow).await["roles"].clone();
    assert_eq!(roles, json!([expected["roles"][1]]), "a role without a permission is left out");
}

#[tokio::test]
async fn effective_permissions_show_no_credentials_and_apis_that_the_caller_may_not_read() {
    let of = Holder::new().await;
    create_role(&of.world, "lister", &["roles:list", "service_accounts:read"]).await;
    let reader = of.world.account(&[]).await;
    let grant = json!({ "serviceAccountId": reader.id, "role": "lister" });
    of.admin.mutate("grantRole", grant).await.data("");
    let caller = of.world.sign_in(&reader).await;
    let selection = "permissions apiGrants { api { id } scopes } restrictedCredentials { id }";
    let (found, errors) = of_node(&caller, &of.account.id, selection).await;
    let expected = json!({
        "permissions": ["service_accounts:read", "service_accounts:update"],
        "apiGrants": [{ "api": null, "scopes": ["read", "write"] }, { "api": null, "scopes": ["read"] }],
        "restrictedCredentials": null,
    });
    assert_eq!(found, expected);
    let at =
        |field: &str, code: &str| (format!("node.effectivePermissions.{field}"), code.to_owned());
    // Errors of one field that differ in the position only are one.
    let expected = [at("apiGrants.0.api", "NOT_FOUND"), at("restrictedCredentials", "FORBIDDEN")];
    assert_eq!(errors, expected);
    let path = format!("{}/effective-permissions", of.path());
    let rest = caller.get(&path).await.body(200);
    assert_eq!(rest["api_grants"][0]["scopes"], json!(["read", "write"]));
    assert!(rest.get("restricted_credentials").is_none(), "{rest}");
    let viewer = of.world.viewer().await;
    let (found, errors) = of_node(&viewer, &of.account.id, OWN).await;
    assert_eq!(
        (found, errors),
        (json!(null), vec![("node.effectivePermissions".to_owned(), "FORBIDDEN".to_owned())])
    );
    viewer.get(&path).await.is_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn effective_permissions_of_a_page_of_accounts_take_no_statement_per_account() {
    let of = Holder::new().await;
    for _ in 0..10 {
        let account = of.world.account(&[postern::authz::Role::Viewer]).await;
        let grant =
            json!({ "serviceAccountId": account.id, "apiId": of.orders, "scopes": ["read"] });
        of.admin.mutate("grantApiScopes", grant).await.data("");
        restrict(&of.admin, &account, json!({ "tokenLifetime": 60 })).await;
    }
    let query = r#"
        query($first: Int!) {
          organization(id: "acme") {
            serviceAccounts(last: $first) {
              nodes {
                effectivePermissions {
                  roles { permissions }
                  apiGrants { api { name } scopes }
                  restrictedCredentials { id }
                }
              }
            }
          }
        }
    "#;
    for first in [1, 10] {
        let page = of.admin.graphql(query, json!({ "first": first }));
        let (reply, count) = of.world.count(page).await;
        let nodes = reply.data("/organization/serviceAccounts/nodes");
        let nodes = nodes.as_array().expect("nodes");
        let is_whole = |it: &&Value| {
            let effective = &it["effectivePermissions"];
            let lengths = ["roles", "apiGrants", "restrictedCredentials"];
            lengths.iter().all(|field| effective[field].as_array().map(Vec::len) == Some(1))
        };
        assert_eq!(nodes.iter().filter(is_whole).count(), first, "{nodes:?}");
        assert_eq!(count, 5, "who calls, the page, roles, API scopes, credentials");
    }
}
