//! Ids of service accounts in the tools that declare them.

use futures_util::future::join_all;
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, World};

async fn create(caller: &Caller, external_id: &str) -> Reply {
    let input = json!({ "organizationId": "acme", "name": "Declared", "externalId": external_id });
    caller.mutate_selecting("createServiceAccount", input, "serviceAccount { id externalId }").await
}

async fn set(caller: &Caller, id: &str, external_id: &str) -> Reply {
    let input = json!({ "id": id, "externalId": external_id });
    caller
        .mutate_selecting("updateServiceAccount", input, "serviceAccount { externalId updatedAt }")
        .await
}

async fn find(caller: &Caller, organization: &str, external_id: &str) -> Reply {
    let query = "query($o: ID!, $id: String) { organization(id: $o) { serviceAccount(externalId: $id) { id } } }";
    caller.graphql(query, json!({ "o": organization, "id": external_id })).await
}

#[tokio::test]
async fn an_external_id_is_set_once_and_unique_in_the_organization() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let text = "module.jobs[\"é🚪\"]";
    let id = create(&admin, text).await.data("/createServiceAccount/serviceAccount/id");
    let found = find(&admin, "acme", text).await.data("/organization/serviceAccount/id");
    assert_eq!(found, id);
    create(&admin, text).await.is_graphql_conflict("EXTERNAL_ID_TAKEN");
    set(&admin, &account.id, text).await.is_graphql_conflict("EXTERNAL_ID_TAKEN");
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let first = set(&admin, &account.id, "b").await.data("/updateServiceAccount/serviceAccount");
    assert_eq!(first["externalId"], "b");
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let again = set(&admin, &account.id, "b").await.data("/updateServiceAccount/serviceAccount");
    assert_eq!(again, first, "it is the same already");
    set(&admin, &account.id, "c").await.is_graphql_conflict("EXTERNAL_ID_SET");
    let events = r#"{ organization(id: "acme") { auditEvents(last: 1) { nodes { action changes { field oldValue newValue } } } } }"#;
    let event = admin.graphql(events, json!({})).await.data("/organization/auditEvents/nodes/0");
    let changes = json!([{ "field": "external_id", "oldValue": null, "newValue": "b" }]);
    assert_eq!(event, json!({ "action": "service_account.update", "changes": changes }));
    admin.mutate("deleteServiceAccount", json!({ "id": account.id })).await.data("");
    create(&admin, "b").await.data("");
}

#[tokio::test]
async fn tenants_have_external_ids_of_their_own() {
    let world = World::new().await;
    let (admin, stranger) = (world.admin().await, world.stranger().await);
    create(&admin, "a").await.data("");
    find(&stranger, "globex", "a").await.is_graphql_error("NOT_FOUND");
    find(&stranger, "acme", "a").await.is_graphql_error("NOT_FOUND");
    let input = json!({ "organizationId": "globex", "name": "Declared", "externalId": "a" });
    stranger.mutate("createServiceAccount", input).await.data("");
    let roleless = world.sign_in(&world.account(&[]).await).await;
    find(&roleless, "acme", "a").await.is_graphql_error("NOT_FOUND");
    let viewer = world.viewer().await;
    find(&viewer, "acme", "a").await.data("/organization/serviceAccount/id");
    let weak = world.account(&[Role::Viewer]).await;
    set(&viewer, &weak.id, "z").await.is_graphql_error("FORBIDDEN");
}

#[tokio::test]
async fn external_ids_that_cannot_be_are_rejected() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for wrong in ["", " ", "a b", "a\n", "\u{0}", "\u{200B}", &"x".repeat(256)] {
        for reply in [create(&admin, wrong).await, set(&admin, &account.id, wrong).await] {
            reply.is_graphql_error("BAD_USER_INPUT");
            assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "externalId");
        }
        find(&admin, "acme", wrong).await.is_graphql_error("NOT_FOUND");
    }
    create(&admin, &"é".repeat(255)).await.data("");
    let query = r#"query($id: ID, $e: String) { organization(id: "acme") { serviceAccount(id: $id, externalId: $e) { id } } }"#;
    for both in [json!({}), json!({ "id": account.id, "e": "a" })] {
        admin.graphql(query, both).await.is_graphql_error("BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn of_concurrent_creates_and_updates_with_one_external_id_one_wins() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let admin = world.admin().await;
    let mut accounts = Vec::new();
    for _ in 0..4 {
        accounts.push(world.account(&[]).await);
    }
    let callers = [admin.clone(), admin.at(&other)];
    let creates = (0..4).map(|nth| create(&callers[nth % 2], "one"));
    let updates = accounts.iter().enumerate();
    let updates = updates.map(|(nth, account)| set(&callers[nth % 2], &account.id, "one"));
    let (created, updated) = futures_util::future::join(join_all(creates), join_all(updates)).await;
    let replies: Vec<_> = created.into_iter().chain(updated).collect();
    let (won, lost): (Vec<_>, Vec<_>) =
        replies.iter().partition(|reply| reply.json()["errors"] == Value::Null);
    assert_eq!((won.len(), lost.len()), (1, 7));
    lost.into_iter().for_each(|reply| reply.is_graphql_conflict("EXTERNAL_ID_TAKEN"));
}

#[tokio::test]
async fn a_replay_of_a_create_returns_the_external_id_and_another_one_is_another_request() {
    let world = World::new().await;
    let admin = world.admin().await;
    let make = async |external_id: Option<&str>| {
        let input = json!({ "organizationId": "acme", "name": "Declared", "externalId": external_id, "idempotencyKey": "k" });
        let selection = "serviceAccount { id externalId }";
        admin.mutate_selecting("createServiceAccount", input, selection).await
    };
    let first = make(Some("a")).await.data("/createServiceAccount/serviceAccount");
    assert_eq!(make(Some("a")).await.data("/createServiceAccount/serviceAccount"), first);
    make(None).await.is_graphql_conflict("IDEMPOTENCY_KEY_REUSED");
}
