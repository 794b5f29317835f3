//! Every mutation and every REST operation that changes something leaves an event of its success and
//! an event of its denial.

use std::collections::{BTreeSet, HashSet};

use entity::audit_event;
use postern::authz::Role;
use serde_json::Value;

use super::events;
use super::operations::{OPERATIONS, On, Operation, Surface, Target};
use crate::support::{Caller, World, eventually, snake};

const SURFACES: [Surface; 2] = [Surface::GraphQl, Surface::Rest];

/// The mutations of the committed schema, in snake case.
fn mutations() -> BTreeSet<String> {
    let schema = include_str!("../../../schema.graphql");
    let (_, fields) = schema.split_once("\ntype Mutation {\n").expect("mutations");
    let (fields, _) = fields.split_once("\n}").expect("the end of the type");
    let is_field = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = fields.lines().filter(is_field).filter_map(|line| line.trim().split_once('('));
    let is_name = |name: &&str| name.bytes().all(|it| it.is_ascii_alphanumeric());
    names.map(|(name, _)| name).filter(is_name).map(snake).collect()
}

/// The operations of the committed OpenAPI document that change something, other than those of OAuth.
fn writes() -> BTreeSet<String> {
    let document = include_str!("../../openapi.json");
    let document: Value = serde_json::from_str(document).expect("JSON");
    let items = document["paths"].as_object().expect("paths").values();
    let methods = items.flat_map(|item| item.as_object().expect("methods"));
    let writes = methods
        .filter(|(method, _)| ["post", "put", "patch", "delete"].contains(&method.as_str()))
        .filter(|(_, it)| it["tags"].as_array().is_none_or(|tags| !tags.contains(&"OAuth".into())));
    writes.map(|(_, it)| it["operationId"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn every_mutation_and_every_rest_write_is_tried() {
    let tried: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.id.to_owned()).collect();
    assert_eq!(mutations(), tried, "each mutation is an operation of the table");
    assert_eq!(writes(), tried, "each write of REST is an operation of the table");
}

#[tokio::test]
async fn every_operation_leaves_an_event_of_its_success() {
    for surface in SURFACES {
        let world = World::new().await;
        let admin = world.admin().await;
        for operation in OPERATIONS {
            let target = Target::new(&world, &operation.id.replace('_', "-")).await;
            if let Some(first) = operation.after {
                run(first, surface, &admin, &target).await;
            }
            let before = ids(&events(&world, operation.action).await);
            run(operation.id, surface, &admin, &target).await;
            let new = events(&world, operation.action).await;
            let new: Vec<_> = new.iter().filter(|it| !before.contains(it.id.as_str())).collect();
            assert_eq!(new.len(), 1, "{} by {surface:?}", operation.id);
            let (outcome, count) = (new[0].outcome.as_str(), new[0].event_count);
            assert_eq!((outcome, &new[0].reason, count), ("success", &None, 1), "{}", operation.id);
        }
    }
}

fn ids(events: &[audit_event::Model]) -> HashSet<String> {
    events.iter().map(|event| event.id.to_string()).collect()
}

async fn run(id: &str, surface: Surface, by: &Caller, target: &Target) {
    let operation = OPERATIONS.iter().find(|it| it.id == id).expect("an operation");
    let reply = operation.run(surface, by, target).await;
    let failed = reply.status >= 400 || reply.text.contains(r#""errors""#);
    assert!(!failed, "{id} by {surface:?}: {}", reply.text);
}

#[tokio::test]
async fn every_denied_operation_leaves_an_event() {
    let world = World::new().await;
    let target = Target::new(&world, "denied").await;
    for surface in SURFACES {
        let account = world.account(&[Role::Viewer]).await;
        let viewer = world.sign_in(&account).await;
        for operation in OPERATIONS {
            let reply = operation.run(surface, &viewer, &target).await;
            assert!(reply.text.contains("FORBIDDEN"), "{}: {}", operation.id, reply.text);
        }
        for operation in OPERATIONS {
            eventually(operation.id, async || {
                let denied = events(&world, operation.action).await;
                denied.iter().any(|event| is_denial(event, &account.id, operation, &target))
            })
            .await;
        }
    }
}

/// Whether an event is about a viewer who was denied an operation.
fn is_denial(
    event: &audit_event::Model,
    viewer: &str,
    operation: &Operation,
    target: &Target,
) -> bool {
    let by_viewer = event.actor_id.as_deref() == Some(viewer) && event.actor_name.is_some();
    let denied = event.outcome == "denied" && event.reason.as_deref() == Some("MISSING_PERMISSION");
    by_viewer
        && denied
        && event.detail.as_deref().is_some_and(|permission| permission.contains(':'))
        && event.target_id == target.id(operation.on)
        && event.target_kind == kind(operation.on)
        && event.client_address.as_deref() == Some("127.0.0.1")
}

fn kind(on: On) -> &'static str {
    match on {
        On::Organization => "organization",
        On::Account => "service_account",
        On::Credential => "credential",
        On::Role => "role",
        On::Api => "api",
    }
}
