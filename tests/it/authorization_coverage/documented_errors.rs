//! Errors of REST: each is answered as the OpenAPI document shows it.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::{Operation, Victim, operations};
use crate::support::{Caller, Reply, World};

/// The example of an error in the document, if the operation has it.
fn example(operation: &Operation, status: u16) -> Option<&Value> {
    let response = operation.responses.get(status.to_string())?;
    Some(&response["content"]["application/json"]["example"])
}

/// Asserts that one of the replies is the example of a status.
fn is_shown(operation: &Operation, status: u16, replies: &[Reply]) {
    let Some(example) = example(operation, status) else {
        let answered: Vec<_> = replies.iter().filter(|it| it.status == status).collect();
        assert!(answered.is_empty(), "{} is not documented: {answered:?}", operation.id);
        return;
    };
    let shown = replies.iter().any(|it| it.status == status && it.json() == *example);
    assert!(shown, "{}: {example} is none of {replies:?}", operation.id);
}

#[tokio::test]
async fn authentication_and_permission_errors_match_the_openapi_examples() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    let reads = "organizations:read service_accounts:read service_account_credentials:read";
    let callers = [
        world.sign_in_for(&world.admin_account(), Some(reads)).await,
        world.sign_in(&world.account(&[]).await).await,
        world.viewer().await,
        world.member().await,
    ];
    for operation in operations(&world).await.iter().filter(|it| it.requires_authentication()) {
        let anonymous = operation.by(&world.anonymous(), &victim).await;
        is_shown(operation, 401, &[anonymous]);
        let mut replies = Vec::new();
        for caller in &callers {
            replies.push(operation.by(caller, &victim).await);
        }
        is_shown(operation, 403, &replies);
    }
}

#[tokio::test]
async fn not_found_errors_match_the_openapi_examples() {
    let world = World::new().await;
    let (admin, victim) = (world.admin().await, Victim::of(&world).await);
    for operation in operations(&world).await.iter().filter(|it| it.requires_authentication()) {
        let Some((rest, name)) = operation.path.rsplit_once('{') else { continue };
        let (name, end) = name.split_once('}').expect("a parameter");
        let unknown = match name {
            "organization_id" => "nowhere",
            "role" => "org_root",
            "service_account_id" => "s0000000000000000000000000",
            "credential_id" => "c0000000000000000000000000",
            "api_id" => "p0000000000000000000000000",
            other => panic!("{other}"),
        };
        let path = format!("{rest}{unknown}{end}");
        let reply = operation.at_path(&path, "acme", &admin, &victim).await;
        is_shown(operation, 404, &[reply]);
    }
}

async fn send(caller: &Caller, method: &Method, path: &str, body: Option<&Value>) -> Reply {
    let request = caller.request(method.clone(), path);
    Reply::of(if let Some(body) = body { request.json(body) } else { request }).await
}

#[tokio::test]
async fn invalid_input_errors_match_the_openapi_examples() {
    let world = World::new().await;
    let (admin, victim) = (world.admin().await, Victim::of(&world).await);
    let before = victim.state(&world).await;
    for operation in operations(&world).await.iter().filter(|it| it.requires_authentication()) {
        let path = operation.path_at("acme", &victim);
        let mut replies = Vec::new();
        if example(operation, 415).is_some() {
            for wrong in [
                json!({ "name": "" }),
                json!({ "name": "", "identifier": "https://y.example", "scopes": ["a"] }),
                json!({ "name": "", "label": "valid", "permissions": ["roles:list"] }),
                json!({ "scopes": ["none"] }),
                json!({ "force": "yes" }),
                json!({ "ids": [] }),
                json!({ "reason": "stolen" }),
            ] {
                replies.push(send(&admin, &operation.method, &path, Some(&wrong)).await);
            }
            let large = json!({ "id": "x".repeat(65_536) });
            replies.push(send(&admin, &operation.method, &path, Some(&large)).await);
            let text = admin.request(operation.method.clone(), &path).body("{}");
            replies.push(Reply::of(text.header("content-type", "text/plain")).await);
        } else if example(operation, 400).is_some() {
            for wrong in
                ["limit=0", "expand=%", "scopes=a", "from=x", "query=", "on_service_account_id=x"]
            {
                let path = format!("{path}?{wrong}");
                replies.push(send(&admin, &operation.method, &path, None).await);
            }
        }
        for status in [400, 413, 415] {
            is_shown(operation, status, &replies);
        }
    }
    assert_eq!(victim.state(&world).await, before);
}

#[tokio::test]
async fn a_viewer_gets_only_documented_statuses() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    let viewer = world.sign_in(&world.account(&[Role::Viewer]).await).await;
    for operation in operations(&world).await {
        let reply = operation.by(&viewer, &victim).await;
        assert!(operation.responses.get(reply.status.to_string()).is_some(), "{reply:?}");
    }
}
