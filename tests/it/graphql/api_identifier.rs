//! Identifiers of APIs: which organization may register which.

use chrono::TimeDelta;
use futures_util::future::join_all;
use postern::context::OpContext;
use postern::domain::apis;
use serde_json::{Value, json};

use super::api::{actions, delete, register};
use crate::support::{Caller, Reply, World};

const ORDERS: &str = "https://orders.example.com";
const CLOSED: &[(&str, &str)] = &[("OPEN_IDENTIFIERS", "false")];

async fn allow(world: &World, label: &str, prefix: &str) {
    apis::allow_prefix(&OpContext::operator(&world.app), label, prefix).await.expect("allowed");
}

/// What is refused, without what differs in each request.
fn refusal(reply: &Reply) -> Value {
    reply.is_graphql_error("CONFLICT");
    let error = reply.json()["errors"][0].clone();
    assert_eq!(error["message"], "the organization may not register this identifier");
    assert_eq!(error["extensions"]["reason"], "IDENTIFIER_NOT_ALLOWED");
    reply.json()
}

fn id(reply: &Reply) -> Value {
    reply.data("/createApi/api/id")
}

/// The admins of two organizations, of which the first may register identifiers of orders.
async fn closed() -> (World, Caller, Caller) {
    let world = World::with(CLOSED).await;
    let (admin, stranger) = (world.admin().await, world.stranger().await);
    allow(&world, "acme", ORDERS).await;
    (world, admin, stranger)
}

#[tokio::test]
async fn only_the_organization_with_the_prefix_can_register_an_identifier() {
    let (world, admin, stranger) = closed().await;
    let table = [
        ("https://orders.example.com", true),
        ("https://orders.example.com/v1", true),
        ("https://orders.example.com/?v=1", true),
        ("https://orders.example.com:8443", false),
        ("https://orders.example.com.evil.test", false),
        ("https://orders.example.com@evil.test", false),
        ("https://orders.example.company", false),
        ("https://example.com", false),
        ("http://orders.example.com", false),
    ];
    for (identifier, allowed) in table {
        refusal(&register(&stranger, "globex", identifier).await);
        let reply = register(&admin, "acme", identifier).await;
        if allowed {
            reply.data("");
        } else {
            refusal(&reply);
        }
    }
    allow(&world, "globex", "https://orders.example.com:8443").await;
    register(&stranger, "globex", "https://orders.example.com:8443/v1").await.data("");
    let traversal = register(&stranger, "globex", "https://orders.example.com:8443/../v1").await;
    traversal.is_graphql_error("BAD_USER_INPUT");
}

#[tokio::test]
async fn registered_reserved_and_foreign_identifiers_get_the_same_error() {
    let (world, admin, stranger) = closed().await;
    let gone = id(&register(&admin, "acme", "https://orders.example.com/deleted").await);
    delete(&admin, &gone).await.data("");
    register(&admin, "acme", ORDERS).await.data("");
    let mut refusals = Vec::new();
    for identifier in [
        ORDERS,
        "https://orders.example.com/deleted",
        "https://orders.example.com/never",
        "https://nobody.example.com",
    ] {
        refusals.push(refusal(&register(&stranger, "globex", identifier).await));
    }
    refusals.push(refusal(&register(&admin, "acme", ORDERS).await));
    // Given to the other organization, what was registered before still belongs to the first.
    apis::disallow_prefix(&OpContext::operator(&world.app), "acme", ORDERS)
        .await
        .expect("disallowed");
    allow(&world, "globex", ORDERS).await;
    refusals.push(refusal(&register(&stranger, "globex", ORDERS).await));
    let deleted = "https://orders.example.com/deleted";
    refusals.push(refusal(&register(&stranger, "globex", deleted).await));
    assert!(refusals.iter().all(|it| *it == refusals[0]), "{refusals:#?}");
    register(&stranger, "globex", "https://orders.example.com/never").await.data("");
}

#[tokio::test]
async fn a_disallowed_prefix_keeps_registered_apis_and_allows_no_new_ones() {
    let (world, admin, _) = closed().await;
    let api = id(&register(&admin, "acme", ORDERS).await);
    world.clock.advance(TimeDelta::seconds(1));
    apis::disallow_prefix(&OpContext::operator(&world.app), "acme", ORDERS)
        .await
        .expect("disallowed");
    refusal(&register(&admin, "acme", "https://orders.example.com/v1").await);
    let query = r#"{ organization(id: "acme") { apis { identifier } } }"#;
    let apis = admin.graphql(query, json!({})).await.data("/organization/apis");
    assert_eq!(apis, json!([{ "identifier": ORDERS }]));
    delete(&admin, &api).await.data("");
    refusal(&register(&admin, "acme", ORDERS).await);
    let query = r#"
        {
          organization(id: "acme") {
            id
            auditEvents(last: 100) {
              nodes {
                action actorKind targetKind targetId
                changes { field oldValue newValue }
              }
            }
          }
        }
    "#;
    let organization = admin.graphql(query, json!({})).await.data("/organization");
    let events = organization["auditEvents"]["nodes"].as_array().expect("events").clone();
    let events = events.into_iter().filter(|it| it["action"].to_string().contains("identifier"));
    let event = |action: &str, old: Value, new: Value| {
        json!({
            "action": action, "actorKind": "OPERATOR",
            "targetKind": "organization", "targetId": organization["id"],
            "changes": [{ "field": "identifier_prefixes", "oldValue": old, "newValue": new }],
        })
    };
    let expected = [
        event("organization.allow_identifier", Value::Null, json!(ORDERS)),
        event("organization.disallow_identifier", json!(ORDERS), Value::Null),
    ];
    assert_eq!(events.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_open_identifier_belongs_to_the_first_organization_that_registers_it() {
    let world = World::new().await;
    let (admin, stranger) = (world.admin().await, world.stranger().await);
    let api = id(&register(&admin, "acme", ORDERS).await);
    refusal(&register(&stranger, "globex", ORDERS).await);
    delete(&admin, &api).await.data("");
    refusal(&register(&stranger, "globex", ORDERS).await);
    register(&admin, "acme", ORDERS).await.data("");
    allow(&world, "globex", "https://globex.test").await;
    refusal(&register(&admin, "acme", "https://globex.test/v1").await);
    register(&stranger, "globex", "https://globex.test/v1").await.data("");
}

#[tokio::test]
async fn of_two_organizations_that_register_an_identifier_concurrently_one_owns_it() {
    let world = World::new().await;
    let (_, replica) = world.replica().await;
    let (admin, stranger) = (world.admin().await, world.stranger().await.at(&replica));
    let mut won_by_acme = 0;
    for nth in 0..8 {
        let identifier = &format!("urn:example:{nth}");
        let attempts = (0..3).flat_map(|_| [(&admin, "acme"), (&stranger, "globex")]);
        let attempts =
            attempts.map(|(caller, organization)| register(caller, organization, identifier));
        let replies = join_all(attempts).await;
        let (won, lost): (Vec<_>, Vec<_>) =
            replies.iter().enumerate().partition(|(_, it)| it.errors().is_empty());
        assert_eq!((won.len(), lost.len()), (1, 5));
        lost.iter().for_each(|(_, reply)| drop(refusal(reply)));
        let (winner, loser) = match won[0].0 % 2 {
            0 => ((&admin, "acme"), (&stranger, "globex")),
            _ => ((&stranger, "globex"), (&admin, "acme")),
        };
        delete(winner.0, &id(won[0].1)).await.data("");
        refusal(&register(loser.0, loser.1, identifier).await);
        register(winner.0, winner.1, identifier).await.data("");
        won_by_acme += usize::from(winner.1 == "acme");
    }
    // Each time it registered, deleted and registered an API.
    assert_eq!(actions(&admin, "api.").await.len(), 3 * won_by_acme);
}
