//! GraphQL: everything that names an object is tried with the names of another organization.

mod arguments;
mod documents;

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, Socket, World};
use documents::{DENIED_TO_VIEWERS, Tried, documents};

/// The external ID of the service account of somebody else.
const EXTERNAL_ID: &str = "victim";

/// Somebody else's service account with an API, by the ids of all that is theirs.
struct Victim {
    account: Account,
    api: String,
    role: String,
}

impl Victim {
    async fn of(world: &World) -> Self {
        let made = world.admin().await.mutate_selecting("createApi", json!({ "organizationId": "acme", "identifier": "https://api.test", "name": "Tried", "scopes": ["read"] }), "api { id }").await.data("/createApi/api/id");
        let api = made.as_str().expect("an id").to_owned();
        let role = json!({ "organizationId": "acme", "label": "tried", "name": "Tried", "permissions": ["roles:list"] });
        let role = world
            .admin()
            .await
            .mutate_selecting("createRole", role, "role { id }")
            .await
            .data("/createRole/role/id");
        let role = role.as_str().expect("an id").to_owned();
        let account = world.account(&[]).await;
        let external = json!({ "id": account.id, "externalId": EXTERNAL_ID });
        world.admin().await.mutate("updateServiceAccount", external).await.data("");
        Self { account, api, role }
    }
}

/// The names of things of others, and the ID of the caller's own account.
fn variables(world: &World, victim: &Victim, own: &str) -> Value {
    let Victim { account, api, role } = victim;
    json!({
        "account": account.id,
        "external": EXTERNAL_ID,
        "credential": account.credential,
        "client": account.client_id,
        "organization": world.first.organization.id,
        "label": "acme",
        "api": api,
        "role": role,
        "granted": role,
        "roleLabel": "tried",
        "own": own,
    })
}

/// The names of nothing, and the ID of the caller's own account.
fn nowhere(own: &str) -> Value {
    json!({
        "account": "s0000000000000000000000000",
        "external": "nowhere",
        "credential": "c0000000000000000000000000",
        "client": "000000000000000000000",
        "organization": "o0000000000000000000000000",
        "label": "nowhere",
        "api": "p0000000000000000000000000",
        "role": "r0000000000000000000000000",
        "granted": "r0000000000000000000000000",
        "roleLabel": "nowhere",
        "own": own,
    })
}

/// The response to a document. That to a subscription has an end only if it is refused.
async fn send(caller: &Caller, document: &Tried, variables: &Value) -> Reply {
    if !document.is_subscription() {
        return caller.graphql(&document.text, variables.clone()).await;
    }
    let request = caller.request(Method::POST, "/graphql/stream");
    let request = request.header("accept", "text/event-stream");
    Reply::of(request.json(&json!({ "query": document.text, "variables": variables }))).await
}

async fn is_unharmed(world: &World, victim: &Victim) {
    let query = r#"
        query($account: ID!) {
          node(id: $account) {
            ... on ServiceAccount {
              name disabledAt
              roles { label }
              apiGrants { scopes }
              credentials {
                totalCount
                nodes {
                  name disabledAt expiresAt notBefore
                  restrictions { tokenLifetime }
                  rotation { state }
                }
              }
              organization { name apis { name scopes } roles { label name } }
            }
          }
        }
    "#;
    let admin = world.admin().await;
    let node = admin.graphql(query, json!({ "account": victim.account.id })).await.data("/node");
    let expected = json!({
        "name": "Tried",
        "disabledAt": null,
        "roles": [],
        "apiGrants": [],
        "credentials": {
            "totalCount": 1,
            "nodes": [{ "name": "Tried", "disabledAt": null, "expiresAt": null, "notBefore": null, "restrictions": null, "rotation": null }],
        },
        "organization": {
            "name": world.first.organization.name,
            "apis": [{ "name": "Tried", "scopes": ["read"] }],
            "roles": [
                { "label": "org_admin", "name": "Organization admin" },
                { "label": "org_member", "name": "Organization member" },
                { "label": "org_viewer", "name": "Organization viewer" },
                { "label": "tried", "name": "Tried" },
            ],
        },
    });
    assert_eq!(node, expected);
}

#[tokio::test]
async fn a_caller_without_a_token_is_unauthenticated_everywhere() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    let variables = variables(&world, &victim, &victim.account.id);
    for document in documents() {
        let reply = send(&world.anonymous(), &document, &variables).await;
        assert_eq!((reply.status, reply.json().get("data")), (401, None), "{}", document.name);
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn another_tenant_gets_the_response_for_a_missing_resource() {
    let world = World::new().await;
    let (own, victim) = (world.other_tenant().await, Victim::of(&world).await);
    let stranger = world.sign_in(&own).await;
    let (theirs, nowhere) = (variables(&world, &victim, &own.id), nowhere(&own.id));
    for document in documents() {
        let answer = send(&stranger, &document, &theirs).await;
        let nothing = send(&stranger, &document, &nowhere).await;
        let name = &document.name;
        assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{name}");
        if document.is_subscription() {
            assert!(answer.text.contains(r#""code":"NOT_FOUND""#), "{name}: {}", answer.text);
            continue;
        }
        // A role that is named beside another object is input.
        let codes = ["NOT_FOUND", "BAD_USER_INPUT"];
        let is_unknown = |(_, code): &(_, String)| codes.contains(&code.as_str());
        assert!(answer.errors().iter().all(is_unknown), "{name}: {}", answer.text);
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_viewer_can_read_and_cannot_write() {
    let world = World::new().await;
    let (account, victim) = (world.account(&[Role::Viewer]).await, Victim::of(&world).await);
    let viewer = world.sign_in(&account).await;
    let all = variables(&world, &victim, &account.id);
    for document in documents().iter().filter(|it| !it.is_subscription()) {
        let (name, text) = (document.name.as_str(), document.text.replace("globex", "acme"));
        let mut variables = all.clone();
        if name == "ServiceAccount.credential(id)" {
            variables["credential"] = json!(account.credential);
        }
        let reply = viewer.graphql(&text, variables).await;
        if document.is_mutation() || DENIED_TO_VIEWERS.contains(&name) {
            reply.is_graphql_error("FORBIDDEN");
        } else {
            let data = reply.data("").to_string();
            assert!(!data.contains("null") && !data.contains("[]"), "{name}: {data}");
        }
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_viewer_can_subscribe_to_what_it_can_read() {
    let world = World::new().await;
    let (viewer, victim) = (world.viewer().await, Victim::of(&world).await);
    let variables = variables(&world, &victim, &victim.account.id);
    for document in documents().iter().filter(|it| it.is_subscription()) {
        let mut socket = Socket::of(&viewer).await;
        let issue = async || drop(world.sign_in(&victim.account).await);
        let message = socket.first(&document.text, variables.clone(), issue).await;
        if DENIED_TO_VIEWERS.contains(&document.name.as_str()) {
            assert_eq!(message["payload"][0]["extensions"]["code"], "FORBIDDEN", "{message}");
        } else {
            assert_eq!(message["type"], "next", "{message}");
        }
    }
}
